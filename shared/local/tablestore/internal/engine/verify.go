package engine

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"aegis/shared/local/tablestore/internal/boltfile"
	"aegis/shared/local/tablestore/internal/checksum"
)

// The formats mark a file as one this package wrote. Files of the first hold no
// digests; opening one adds them.
const (
	format1 = "aegis tablestore 1"
	format  = "aegis tablestore 2"
)

var (
	metaBucket = []byte("meta") // shorter than any Bucket's name
	formatKey  = []byte("format")
	digestsKey = []byte("digests")
)

// ErrCorrupt is returned when a store's file is damaged.
var ErrCorrupt = errors.New("the data file is corrupt")

// ErrInUse is returned when another process has the store open.
var ErrInUse = errors.New("in use by another process")

// content is what a data file holds, in sum.
type content struct {
	format         string
	commit         uint64  // of the meta page
	recordedCommit uint64  // of the record of digests
	recorded       digests // as committed
	found          digests // as read
}

// Report is what Verify found in a data file that is whole.
type Report struct {
	Path    string
	Commit  uint64 // number of the newest commit
	Buckets int
	Rows    uint64
}

// Verify reads the folder's whole data file, which must not be in use, and
// changes nothing. Its error is one line that names the file and what is wrong.
func Verify(folder string) (Report, error) {
	path := filepath.Join(folder, fileName)
	if _, err := os.Stat(path); err != nil {
		return Report{}, fmt.Errorf("verify the data file: %w", err)
	}
	c, err := verify(folder)
	if err != nil {
		return Report{}, err
	}
	return Report{Path: path, Commit: c.commit, Buckets: len(c.found), Rows: c.found.rows()}, nil
}

// verify reads the whole file before it is used. The file stays locked until
// that is done, so that no other process writes to it meanwhile.
func verify(folder string) (*content, error) {
	path := filepath.Join(folder, fileName)
	lock, locked := openGuarded(path, readOnly())
	if locked == nil {
		defer func() { _ = lock.Close() }() // opened for reading: nothing to lose
	}
	if errors.Is(locked, berrors.ErrTimeout) {
		return nil, describe(path, locked)
	}

	// A file that bbolt cannot open is read all the same: what is wrong with it
	// is said more clearly here.
	c, err := verifyFile(path)
	if err == nil {
		err = checkSequence(folder, c)
	}
	if err = cmp.Or(err, locked); err != nil {
		return nil, describe(path, err)
	}
	return c, nil
}

// verifyFile requires the file's structure to be as bbolt writes it, every
// value to match its checksum, and every bucket to hold what its digest says.
func verifyFile(path string) (*content, error) {
	var c *content
	err := withFile(path, func(f *boltfile.File) error {
		if err := f.CheckMetas(); err != nil {
			return err
		}
		c = &content{commit: f.Newest().Commit}
		return f.Walk(f.Newest(), boltfile.Visitor{Bucket: c.bucket, Entry: c.entry})
	})
	if _, damaged := errors.AsType[*boltfile.Error](err); damaged {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if err != nil {
		return nil, err
	}

	return c, c.check()
}

func withFile(path string, read func(*boltfile.File) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing to lose
	info, err := f.Stat()
	if err != nil {
		return err
	}

	bolt, err := boltfile.Open(f, info.Size())
	if err != nil {
		return err
	}

	return read(bolt)
}

func (c *content) bucket(name []byte, sequence uint64) error {
	if bytes.Equal(name, metaBucket) {
		return nil
	}
	b, err := bucketNamed(name)
	if err != nil {
		return err
	}
	c.found.insert(b).sequence = sequence
	return nil
}

func bucketNamed(name []byte) (Bucket, error) {
	if len(name) != wordSize {
		return 0, fmt.Errorf("%w: it holds a bucket named %q", ErrCorrupt, name)
	}
	return Bucket(binary.BigEndian.Uint64(name)), nil
}

func (c *content) entry(bucket, key, value []byte) error {
	if bytes.Equal(bucket, metaBucket) {
		return c.metaEntry(key, value)
	}

	b, err := bucketNamed(bucket)
	if err != nil {
		return err
	}
	if _, err := checksum.Check(key, value); err != nil {
		return fmt.Errorf("%w: bucket %d, key %x: %w", ErrCorrupt, b, key, err)
	}

	c.found.of(b).add(key, value)
	return nil
}

func (c *content) metaEntry(key, value []byte) (err error) {
	switch string(key) {
	case string(formatKey):
		c.format = string(value)
	case string(digestsKey):
		if c.recordedCommit, c.recorded, err = decodeRecord(value); err != nil {
			return fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
	default:
		return fmt.Errorf("%w: it holds a setting %q", ErrCorrupt, key)
	}
	return nil
}

// check compares what was found with the record of the same commit.
func (c *content) check() error {
	switch {
	case c.format == "":
		return fmt.Errorf("%w: it holds no tables of this server", ErrCorrupt)
	case c.format == format1 && c.recorded == nil:
		return nil
	case c.format != format:
		return fmt.Errorf("the data file has format %q, this server reads %q", c.format, format)
	case c.recordedCommit != c.commit:
		return fmt.Errorf("%w: it holds the digests of commit %d, its newest commit is %d", ErrCorrupt, c.recordedCommit, c.commit)
	}

	if err := c.recorded.compare(c.found); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil
}

// checkSequence refuses a file that lacks commits which were acknowledged.
func checkSequence(folder string, c *content) error {
	acknowledged, err := readSequence(folder)
	if err != nil {
		return err
	}
	if acknowledged > c.commit || acknowledged > 0 && c.format == format1 {
		return fmt.Errorf("%w: its newest commit is %d, but commit %d was acknowledged; to use the older state, remove %s",
			ErrCorrupt, c.commit, acknowledged, filepath.Join(folder, sequenceName))
	}
	return nil
}

// describe makes one line of an opening error: the file, what is wrong, what
// to do.
func describe(path string, err error) error {
	if errors.Is(err, berrors.ErrTimeout) {
		return fmt.Errorf("open %s: %w", path, ErrInUse)
	}
	if errors.Is(err, berrors.ErrInvalid) || errors.Is(err, berrors.ErrChecksum) || errors.Is(err, berrors.ErrVersionMismatch) {
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if errors.Is(err, ErrCorrupt) {
		return fmt.Errorf("open %s: %w (restore a snapshot, or keep what is whole with: tablestore verify -data %s -salvage NEW)", path, err, filepath.Dir(path))
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

func openGuarded(path string, o *bbolt.Options) (db *bbolt.DB, err error) {
	err = guarded(func() error {
		db, err = bbolt.Open(path, 0o600, o)
		return err
	})
	return db, err
}

// ensureFormat marks a new file as ours, and makes its catalog.
func ensureFormat(db *bbolt.DB) error {
	return db.Update(func(tx *bbolt.Tx) error {
		if _, err := tx.CreateBucket(Catalog.name()); err != nil {
			return err
		}
		return writeFormat(tx, digests{{bucket: Catalog}})
	})
}

// writeFormat marks the file as one of the newest format, with its digests.
func writeFormat(tx *bbolt.Tx, ds digests) error {
	meta, err := tx.CreateBucketIfNotExists(metaBucket)
	if err != nil {
		return err
	}
	if err := meta.Put(formatKey, []byte(format)); err != nil {
		return err
	}
	return writeDigests(tx, ds)
}

// writeDigests records the digests in the commit that they are of.
func writeDigests(tx *bbolt.Tx, ds digests) error {
	if err := tx.Bucket(metaBucket).Put(digestsKey, ds.encode(uint64(tx.ID()))); err != nil {
		return fmt.Errorf("record the digests: %w", err)
	}
	return nil
}
