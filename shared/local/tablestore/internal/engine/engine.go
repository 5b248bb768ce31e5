// Package engine is the durable, ordered key-value store under the server:
// bbolt behind one commit goroutine.
//
// Every write is a function that runs inside the commit goroutine, one after
// the other, so writes are serializable and a condition can be read and acted
// upon in one step. The goroutine takes everything that waits into one bbolt
// transaction and syncs the file once for all of them (group commit); a caller
// returns only after that. What a function wrote is applied entirely or, if it
// returned an error, not at all, without touching its neighbours. Reads run in
// bbolt's read transactions beside the writer and never wait for it. A read
// may see a commit whose sync is still under way; the writer's own answer never
// leaves before it.
//
// After a failed commit the file's state is in doubt, so the engine refuses
// every later write until it is opened again.
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

// ErrClosed tells that the engine was closed before the call.
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
}

// Open opens the store in the folder, creating both if need be. An empty
// folder name means a store in memory: same code, no sync, gone after Close.
//
// It fails with one line when the folder cannot be written, when another
// process has the store open, and when the file is truncated or corrupt: the
// whole file is verified before it is used.
func Open(folder string) (*Engine, error) {
	db, err := open(folder)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		db:    db,
		queue: make(chan *write, queueSize),
		quit:  make(chan struct{}),
		done:  make(chan struct{}),
	}
	e.close = sync.OnceValue(func() error {
		close(e.quit)
		<-e.done
		return db.Close()
	})
	go e.commitLoop()
	return e, nil
}

func open(folder string) (*bbolt.DB, error) {
	if folder == "" {
		return openUnlinked()
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("create data folder: %w", err)
	}
	path := filepath.Join(folder, fileName)
	if err := create(folder, path); err != nil {
		return nil, err
	}
	if err := verify(path); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, options())
	if err != nil {
		return nil, describe(path, err)
	}
	return db, nil
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
