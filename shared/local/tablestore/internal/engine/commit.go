package engine

import (
	"errors"
	"fmt"

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
// takes effect; any other error leaves open whether it did.
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
	var failed error // the first failed commit; every later one is refused
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
		if failed == nil {
			failed = e.commit(group)
			continue
		}
		answer(group, fmt.Errorf("an earlier commit failed, restart the server: %w", failed))
	}
}

// gather takes what waits behind first into one group. A write that wants to
// be alone ends the group before it and is handed back as the next first.
func (e *Engine) gather(first *write) (group []*write, next *write) {
	group = []*write{first}
	for !first.alone && len(group) < groupLimit {
		select {
		case w := <-e.queue:
			if w.alone {
				return group, w
			}
			group = append(group, w)
		default:
			return group, nil
		}
	}
	return group, nil
}

// commit applies the group in one transaction, syncs, and answers. Its error
// is a failure of the store itself.
func (e *Engine) commit(group []*write) error {
	tx, err := e.db.Begin(true)
	if err != nil {
		err = fmt.Errorf("begin a commit: %w", err)
		answer(group, err)
		return err
	}
	outcomes, wrote, err := applyAll(tx, group)
	if err == nil && len(wrote) > 0 {
		err = tx.Commit()
	} else {
		err = errors.Join(err, tx.Rollback())
	}
	if err != nil {
		err = fmt.Errorf("commit: %w", err)
		answer(group, err)
		return err
	}
	for _, t := range wrote {
		t.committed()
	}
	for i, w := range group {
		w.done <- outcomes[i]
	}
	return nil
}

// applyAll runs the group's functions and writes what they staged. It returns
// each function's own outcome and the transactions that wrote something.
func applyAll(tx *bbolt.Tx, group []*write) (outcomes []error, wrote []*Tx, err error) {
	outcomes = make([]error, len(group))
	for i, w := range group {
		t := &Tx{bolt: tx, writes: NewWrites()}
		if outcomes[i] = w.apply(t); outcomes[i] != nil || t.writes.empty() {
			continue
		}
		if err := t.writes.flush(tx); err != nil {
			return nil, nil, err
		}
		wrote = append(wrote, t)
	}
	return outcomes, wrote, nil
}

func answer(group []*write, err error) {
	for _, w := range group {
		w.done <- err
	}
}
