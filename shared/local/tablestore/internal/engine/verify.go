package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"aegis/shared/local/tablestore/internal/seal"
)

// format marks a file as one this package wrote. It changes with the layout.
const format = "aegis tablestore 1"

var (
	metaBucket = []byte("meta") // shorter than any Bucket's name
	formatKey  = []byte("format")
)

// ErrCorrupt tells that a store's file is damaged.
var ErrCorrupt = errors.New("the data file is corrupt")

// verify reads the whole file before it is used: its length, its structure,
// every value's seal. A file that does not exist yet is fine.
func verify(path string) error {
	err := verifyLength(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return describe(path, err)
	}
	o := options()
	o.ReadOnly = true
	if err := guarded(func() error { return verifyContent(path, o) }); err != nil {
		return describe(path, err)
	}
	return nil
}

// describe makes one line of an opening error.
func describe(path string, err error) error {
	if errors.Is(err, berrors.ErrTimeout) {
		return fmt.Errorf("open %s: in use by another process", path)
	}
	if errors.Is(err, berrors.ErrInvalid) || errors.Is(err, berrors.ErrChecksum) || errors.Is(err, berrors.ErrVersionMismatch) {
		return fmt.Errorf("open %s: %w: %w", path, ErrCorrupt, err)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// guarded turns the panics and memory faults that damaged pages provoke in
// bbolt into ErrCorrupt.
func guarded(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v", ErrCorrupt, cause)
		}
	}()
	return fn()
}

func verifyContent(path string, o *bbolt.Options) error {
	db, err := bbolt.Open(path, 0o600, o)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // opened for reading: nothing to lose
	return db.View(func(tx *bbolt.Tx) error {
		if err := checkFormat(tx); err != nil {
			return err
		}
		return tx.ForEach(verifyBucket)
	})
}

// verifyBucket checks that keys ascend and that every value is as it was
// written.
func verifyBucket(name []byte, bucket *bbolt.Bucket) error {
	if string(name) == string(metaBucket) {
		return nil
	}
	var last []byte
	return bucket.ForEach(func(key, value []byte) error {
		if last != nil && string(last) >= string(key) {
			return fmt.Errorf("%w: keys out of order", ErrCorrupt)
		}
		last = key
		if _, err := seal.Check(key, value); err != nil {
			return fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		return nil
	})
}

func checkFormat(tx *bbolt.Tx) error {
	meta := tx.Bucket(metaBucket)
	if meta == nil {
		return fmt.Errorf("%w: it holds no tables of this server", ErrCorrupt)
	}
	if got := string(meta.Get(formatKey)); got != format {
		return fmt.Errorf("the data file has format %q, this server reads %q", got, format)
	}
	return nil
}

// ensureFormat marks a new file as ours, and makes its catalog.
func ensureFormat(db *bbolt.DB) error {
	return db.Update(func(tx *bbolt.Tx) error {
		if tx.Bucket(metaBucket) != nil {
			return checkFormat(tx)
		}
		meta, err := tx.CreateBucket(metaBucket)
		if err != nil {
			return err
		}
		if _, err := tx.CreateBucket(Catalog.name()); err != nil {
			return err
		}
		return meta.Put(formatKey, []byte(format))
	})
}
