// Package engine is the durable, ordered key-value store under the server:
// bbolt behind one commit goroutine.
//
// Every write is a function that runs inside the commit goroutine, one after
// the other, so writes are serializable and a condition can be read and acted
// upon in one step. The goroutine takes everything that waits into one bbolt
// transaction and syncs the file once for all of them (group commit); under load
// it first waits a moment for the writers that it expects back (see window). A
// caller returns only after the sync. What a function wrote is applied entirely
// or, if it returned an error, not at all, without touching its neighbours. Reads
// run in bbolt's read transactions in parallel with the writer and never wait for it. A
// read may see a commit whose sync is still under way; the writer's own answer
// never leaves before it.
//
// Every commit also records, per bucket, how many rows it holds and a sum of
// their hashes. Open reads the whole file, page by page, and compares: a file
// that lost rows without a trace, through a flipped bit or a page put back to an
// earlier state, is refused. A second file of commits shows when the newest
// ones are missing.
//
// What this cannot see: a file forged with intent; the newest commits lost
// together with the sequence file, or after a power failure that the
// sequence file did not survive up to date; and damage to the file while it is
// open, beyond the checksum of each value that is read.
//
// A failed commit leaves nothing behind, and the next one is tried as usual,
// unless the commit's last step failed, the sync of its meta page. Whether it is
// durable is then in doubt, so the engine refuses every later write until it is
// opened again.
package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// ErrClosed is returned when the engine was closed before the call.
var ErrClosed = errors.New("the store is closed")

const (
	fileName   = "tablestore.db"
	lockWait   = 200 * time.Millisecond
	queueSize  = 1024
	groupLimit = 1024 // writes taken into one commit
	mapSize    = 1 << 30
)

// Engine is an open store. Its methods are safe for concurrent use.
type Engine struct {
	db    *bbolt.DB
	queue chan *write
	quit  chan struct{} // closed by Close: no more writes
	done  chan struct{} // closed when the commit goroutine has ended
	close func() error  // once

	// Of the commit goroutine.
	window   *window
	digests  digests
	commits  uint64 // the newest commit
	sequence *sequence
	stuck    bool // bbolt's locks are lost: the file cannot be closed
}

// Open opens the store in the folder, creating both if need be. An empty
// folder name means a store in memory: same code, no sync, gone after Close.
//
// It fails with one line when the folder cannot be written, when another
// process has the store open, and when the file is truncated or corrupt: the
// whole file is verified before it is used.
func Open(folder string) (*Engine, error) {
	e := &Engine{
		queue:  make(chan *write, queueSize),
		quit:   make(chan struct{}),
		done:   make(chan struct{}),
		window: newWindow(),
	}
	if err := e.open(folder); err != nil {
		return nil, err
	}

	e.close = sync.OnceValue(func() error {
		close(e.quit)
		<-e.done
		if e.stuck {
			return e.sequence.close()
		}
		return errors.Join(e.db.Close(), e.sequence.close())
	})
	go e.commitLoop()
	return e, nil
}

func (e *Engine) open(folder string) (err error) {
	if folder == "" {
		e.digests = digests{{bucket: Catalog}}
		if e.db, err = openUnlinked(); err == nil {
			e.commits, err = newestCommit(e.db)
		}
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("create data folder: %w", err)
	}

	path := filepath.Join(folder, fileName)
	if err := create(folder, path); err != nil {
		return err
	}

	return e.openVerified(folder, path)
}

func (e *Engine) openVerified(folder, path string) error {
	c, err := verify(folder)
	if err != nil {
		return err
	}
	if e.db, err = openGuarded(path, options()); err != nil {
		return describe(path, err)
	}
	if err := e.begin(folder, c); err != nil {
		return errors.Join(describe(path, err), e.db.Close())
	}

	return nil
}

// begin takes over what was verified, if it still is what the file holds: for
// a moment the file was not locked.
func (e *Engine) begin(folder string, c *content) (err error) {
	if e.commits, err = newestCommit(e.db); err != nil {
		return err
	}
	if e.commits != c.commit {
		return errors.New("another process changed it meanwhile, try again")
	}

	e.digests = c.found
	if c.format == format1 {
		if err := e.db.Update(func(tx *bbolt.Tx) error { return writeFormat(tx, e.digests) }); err != nil {
			return fmt.Errorf("add digests: %w", err)
		}
		e.commits++
	}

	e.sequence, err = openSequence(folder, e.commits)
	return err
}

// newestCommit is the number of the commit that a read sees.
func newestCommit(db *bbolt.DB) (commit uint64, err error) {
	err = guarded(func() error {
		return db.View(func(tx *bbolt.Tx) error { commit = uint64(tx.ID()); return nil })
	})
	return commit, err
}

// options leave the free list out of the file: it is rebuilt on opening, so a
// damaged one cannot make a commit overwrite live pages.
func options() *bbolt.Options {
	return &bbolt.Options{
		Timeout:         lockWait,
		NoFreelistSync:  true,
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: mapSize,
		NoStatistics:    true,
	}
}

func readOnly() *bbolt.Options {
	o := options()
	o.ReadOnly = true
	return o
}

// Close waits for the commit under way, refuses what still queues with
// ErrClosed, and closes the file once reads under way have ended. Closing again
// does nothing more.
func (e *Engine) Close() error { return e.close() }

// Size is the size of the store's file in bytes.
func (e *Engine) Size() int64 {
	var size int64
	_ = e.db.View(func(tx *bbolt.Tx) error { size = tx.Size(); return nil })
	return size
}
