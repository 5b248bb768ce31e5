package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"
)

// Bucket names an ordered key space. Catalog is always there; others exist
// from Tx.Create to Tx.Drop.
type Bucket uint64

// Catalog is the bucket of the tables' definitions.
const Catalog Bucket = 0

func (b Bucket) name() []byte { return binary.BigEndian.AppendUint64(nil, uint64(b)) }

// Tx is a consistent view of the store with writes staged over it. Keys and
// values it returns are valid until it ends and must not be changed.
type Tx struct {
	bolt   *bbolt.Tx
	writes *Writes
	after  []func()
}

// View runs read on a consistent view that no write blocks or changes. Writes,
// unless nil, are laid over it, and what read writes is added to them.
func (e *Engine) View(writes *Writes, read func(*Tx) error) error {
	select {
	case <-e.quit:
		return ErrClosed
	default:
	}
	tx, err := e.db.Begin(false)
	if err != nil {
		return fmt.Errorf("begin a read: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // of a read: cannot fail once begun

	// The file was whole when it was opened, and may have been damaged since.
	return guarded(func() error { return read(&Tx{bolt: tx, writes: writes}) })
}

// Get is the value of the key, or nil if it has none.
func (t *Tx) Get(b Bucket, key []byte) []byte {
	if value, staged := t.writes.get(b, key); staged {
		return value
	}
	if bucket := t.bolt.Bucket(b.name()); bucket != nil {
		return bucket.Get(key)
	}
	return nil
}

// Put stages a value; it keeps both slices.
func (t *Tx) Put(b Bucket, key, value []byte) { t.writes.set(b, key, value) }

// Delete stages the removal of a key, which need not exist.
func (t *Tx) Delete(b Bucket, key []byte) { t.writes.set(b, key, nil) }

// Create stages a new, empty bucket.
func (t *Tx) Create(b Bucket) { t.writes.created = append(t.writes.created, b) }

// Drop stages the removal of a bucket with all it holds.
func (t *Tx) Drop(b Bucket) { t.writes.dropped = append(t.writes.dropped, b) }

// AfterCommit has fn run in the commit goroutine once the writes are durable.
func (t *Tx) AfterCommit(fn func()) { t.after = append(t.after, fn) }

func (t *Tx) committed() {
	for _, fn := range t.after {
		fn()
	}
}

// Absorb adds writes staged elsewhere, the later ones winning.
func (t *Tx) Absorb(w *Writes) { t.writes.absorb(w) }

// NextSequence is a number greater than any it returned for the bucket before,
// starting at 1. Numbers of a failed write may come again.
func (t *Tx) NextSequence(b Bucket) uint64 {
	last, staged := t.writes.sequences[b]
	if !staged {
		if bucket := t.bolt.Bucket(b.name()); bucket != nil {
			last = bucket.Sequence()
		}
	}
	t.writes.advance(b, last+1)
	return last + 1
}

// Range iterates over a bucket's keys from start, inclusive, to end,
// exclusive: upwards, or downwards if backward. A nil start means from the
// very first (or last), a nil end to the very last (or first).
func (t *Tx) Range(b Bucket, start, end []byte, backward bool) iter.Seq2[[]byte, []byte] {
	stored := t.stored(b, start, end, backward)
	if t.writes == nil || len(t.writes.values[b]) == 0 {
		return stored
	}
	return t.writes.over(b, stored, start, end, backward)
}

func (t *Tx) stored(b Bucket, start, end []byte, backward bool) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		bucket := t.bolt.Bucket(b.name())
		if bucket == nil {
			return
		}

		cursor := bucket.Cursor()
		key, value := first(cursor, start, backward)
		for key != nil && before(key, end, backward) && yield(key, value) {
			if backward {
				key, value = cursor.Prev()
			} else {
				key, value = cursor.Next()
			}
		}
	}
}

func first(cursor *bbolt.Cursor, start []byte, backward bool) (key, value []byte) {
	switch {
	case start == nil && backward:
		return cursor.Last()
	case start == nil:
		return cursor.First()
	}

	key, value = cursor.Seek(start)
	if !backward || bytes.Equal(key, start) {
		return key, value
	}
	if key == nil {
		return cursor.Last()
	}

	return cursor.Prev()
}

// before reports whether a walk in the given direction meets key before end.
func before(key, end []byte, backward bool) bool {
	if end == nil {
		return true
	}
	order := bytes.Compare(key, end)
	return order < 0 && !backward || order > 0 && backward
}
