package engine

import (
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Writes are changes staged but not applied: those of one Update, or of a
// transaction that spans several calls.
type Writes struct {
	values    map[Bucket]map[string][]byte // nil value: deleted
	sequences map[Bucket]uint64
	created   []Bucket
	dropped   []Bucket
	size      int
}

// NewWrites is an empty set of changes.
func NewWrites() *Writes {
	return &Writes{values: make(map[Bucket]map[string][]byte, 1)}
}

// Size is the total of the keys and values staged, in bytes, counting one
// overwritten meanwhile again.
func (w *Writes) Size() int { return w.size }

// Clone is a copy that changes apart from the original.
func (w *Writes) Clone() *Writes {
	c := NewWrites()
	c.absorb(w)
	c.size = w.size
	return c
}

func (w *Writes) empty() bool {
	return len(w.values) == 0 && len(w.sequences) == 0 && len(w.created) == 0 && len(w.dropped) == 0
}

func (w *Writes) get(b Bucket, key []byte) (value []byte, staged bool) {
	if w == nil {
		return nil, false
	}
	value, staged = w.values[b][string(key)]
	return value, staged
}

func (w *Writes) set(b Bucket, key, value []byte) {
	bucket := w.values[b]
	if bucket == nil {
		bucket = make(map[string][]byte)
		w.values[b] = bucket
	}
	bucket[string(key)] = value
	w.size += len(key) + len(value)
}

func (w *Writes) advance(b Bucket, last uint64) {
	if w.sequences == nil {
		w.sequences = make(map[Bucket]uint64)
	}
	w.sequences[b] = last
}

func (w *Writes) absorb(other *Writes) {
	for b, values := range other.values {
		for key, value := range values {
			w.set(b, []byte(key), value)
		}
	}

	for b, last := range other.sequences {
		w.advance(b, max(w.sequences[b], last))
	}
	w.created = append(w.created, other.created...)
	w.dropped = append(w.dropped, other.dropped...)
}

// flush applies the changes to the file's transaction, and to the digests.
// Values for a bucket that is gone are left out: dropping it removed them too.
func (w *Writes) flush(tx *bbolt.Tx, ds *digests) error {
	for _, b := range w.created {
		if _, err := tx.CreateBucketIfNotExists(b.name()); err != nil {
			return fmt.Errorf("create bucket %d: %w", b, err)
		}
		ds.insert(b)
	}

	for b, values := range w.values {
		if err := flushBucket(tx.Bucket(b.name()), values, ds.of(b)); err != nil {
			return fmt.Errorf("write to bucket %d: %w", b, err)
		}
	}

	for b, last := range w.sequences {
		if err := advance(tx.Bucket(b.name()), last, ds.of(b)); err != nil {
			return fmt.Errorf("advance the sequence of bucket %d: %w", b, err)
		}
	}

	for _, b := range w.dropped {
		if err := tx.DeleteBucket(b.name()); err != nil && !errors.Is(err, berrors.ErrBucketNotFound) {
			return fmt.Errorf("drop bucket %d: %w", b, err)
		}
		ds.remove(b)
	}

	return nil
}

// advance never takes a sequence back: others may have advanced it since these
// changes were staged.
func advance(bucket *bbolt.Bucket, last uint64, d *digest) error {
	if bucket == nil || bucket.Sequence() >= last {
		return nil
	}
	d.sequence = last
	return bucket.SetSequence(last)
}

func flushBucket(bucket *bbolt.Bucket, values map[string][]byte, d *digest) error {
	if bucket == nil {
		return nil
	}
	for key, value := range values {
		if err := flushValue(bucket, []byte(key), value, d); err != nil {
			return err
		}
	}
	return nil
}

func flushValue(bucket *bbolt.Bucket, key, value []byte, d *digest) error {
	if old := bucket.Get(key); old != nil {
		d.remove(key, old)
	}
	if value == nil {
		return bucket.Delete(key)
	}
	d.add(key, value)
	return bucket.Put(key, value)
}
