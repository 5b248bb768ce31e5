package engine

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// write is one caller waiting for its function to be committed.
type write struct {
	apply func(*Tx) error
	alone bool       // commits in a group of its own
	done  chan error // buffered: the commit goroutine never waits for a caller
}

// Update runs apply in the commit goroutine and returns when what it wrote is
// durable. An error of apply is returned as it is, and nothing apply wrote
// takes effect. After any other error it may have taken effect or not.
func (e *Engine) Update(apply func(*Tx) error) error {
	return e.submit(&write{apply: apply, done: make(chan error, 1)})
}

// UpdateAlone is Update in a commit of its own: everything submitted before is
// durable when apply runs, and what it hands to Tx.AfterCommit has run before
// anything submitted later begins.
func (e *Engine) UpdateAlone(apply func(*Tx) error) error {
	return e.submit(&write{apply: apply, alone: true, done: make(chan error, 1)})
}

func (e *Engine) submit(w *write) error {
	select {
	case e.queue <- w:
	case <-e.quit:
		return ErrClosed
	}

	select {
	case err := <-w.done:
		return err
	case <-e.done:
	}

	select { // answered just before the end?
	case err := <-w.done:
		return err
	default:
		return ErrClosed
	}
}

func (e *Engine) commitLoop() {
	defer close(e.done)
	var broken error // why every later commit is refused
	var next *write
	for {
		if next == nil {
			select {
			case next = <-e.queue:
			case <-e.quit:
				return
			}
		}
		var group []*write
		group, next = e.gather(next)
		if broken == nil {
			began := time.Now()
			broken = e.commit(group)
			e.window.note(len(group), len(e.queue), time.Since(began))
			continue
		}
		answer(group, fmt.Errorf("an earlier commit failed, restart the server: %w", broken))
	}
}

// gather takes what waits behind first, or is about to, into one group. A write that wants to
// be alone ends the group before it and is handed back as the next first.
func (e *Engine) gather(first *write) (group []*write, next *write) {
	group = []*write{first}
	defer e.window.close()
	for !first.alone && len(group) < groupLimit {
		w := e.window.next(e.queue, e.quit, len(group))
		if w == nil || w.alone {
			return group, w
		}
		group = append(group, w)
	}

	return group, nil
}

// attempt is one bbolt transaction on its way to be committed.
type attempt struct {
	tx       *bbolt.Tx
	digests  digests
	outcomes []error // of each function
	wrote    []*Tx   // of the functions that wrote something
}

// commit applies the group in one transaction, syncs, and answers. It returns
// an error only if no later commit can be trusted.
func (e *Engine) commit(group []*write) (broken error) {
	a := &attempt{digests: slices.Clone(e.digests)}
	if err := guarded(func() error { return a.run(e.db, group) }); err != nil {
		err = fmt.Errorf("commit: %w", err)
		broken = e.recover(a, err)
		answer(group, err)
		return broken
	}

	if len(a.wrote) > 0 {
		e.digests = a.digests
		e.commits++
		_ = e.sequence.set(e.commits) // it may lag: see sequence
	}
	for _, t := range a.wrote {
		t.committed()
	}
	for i, w := range group {
		w.done <- a.outcomes[i]
	}
	return nil
}

func (a *attempt) run(db *bbolt.DB, group []*write) (err error) {
	if a.tx, err = db.Begin(true); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := a.applyAll(group); err != nil {
		return err
	}
	if len(a.wrote) == 0 {
		return a.tx.Rollback()
	}
	if err := writeDigests(a.tx, a.digests); err != nil {
		return err
	}

	return a.tx.Commit()
}

// applyAll runs the group's functions and writes what they staged. Its error is
// a failure of the store itself.
func (a *attempt) applyAll(group []*write) error {
	a.outcomes = make([]error, len(group))
	for i, w := range group {
		t := &Tx{bolt: a.tx, writes: NewWrites()}
		if a.outcomes[i] = w.apply(t); a.outcomes[i] != nil || t.writes.empty() {
			continue
		}
		if err := t.writes.flush(a.tx, &a.digests); err != nil {
			return err
		}
		a.wrote = append(a.wrote, t)
	}

	return nil
}

// recover undoes a failed commit, such as one for which the disk had no room.
// What it wrote went to free pages, which nothing refers to while the newest
// commit is still the one before. Otherwise the meta page was written and the
// sync after it failed, so whether the commit is durable is in doubt.
func (e *Engine) recover(a *attempt, cause error) (broken error) {
	if errors.Is(cause, ErrCorrupt) {
		e.abandon(a)
		return cause
	}
	if a.tx != nil {
		_ = a.tx.Rollback() // a failed Commit has done so already
	}

	newest, err := newestCommit(e.db)
	if err != nil || newest != e.commits {
		return errors.Join(cause, err)
	}

	return nil
}

// abandon ends a transaction that panicked. If even that fails, bbolt's locks
// stay taken, and the file cannot be closed.
func (e *Engine) abandon(a *attempt) {
	if a.tx == nil {
		return
	}
	err := guarded(a.tx.Rollback)
	e.stuck = errors.Is(err, ErrCorrupt)
}

func answer(group []*write, err error) {
	for _, w := range group {
		w.done <- err
	}
}
