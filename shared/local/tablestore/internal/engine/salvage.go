package engine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	berrors "go.etcd.io/bbolt/errors"

	"aegis/shared/local/tablestore/internal/boltfile"
	"aegis/shared/local/tablestore/internal/checksum"
)

// salvageBatch is how many bytes are copied in one commit.
const salvageBatch = 4 << 20

// Salvaged is what Salvage kept of a data file, and what it did not.
type Salvaged struct {
	Commit  uint64           // the commit whose rows were read
	Buckets []SalvagedBucket // by bucket
	Damage  []string         // what was left out, a line each
}

// SalvagedBucket is what was kept of one bucket.
type SalvagedBucket struct {
	Bucket Bucket
	Rows   uint64
	Whole  bool // these are the rows that were committed
	Known  bool // the record of digests says how many rows were committed
	Lost   int64
}

// Salvage copies what is whole of the folder's data file into a new store in
// another folder. The damaged file is only read. A row is whole if its checksum
// matches; where a bucket lost rows without a trace, its digest shows it.
func Salvage(folder, to string) (*Salvaged, error) {
	path := filepath.Join(folder, fileName)
	if _, err := os.Stat(filepath.Join(to, fileName)); err == nil {
		return nil, fmt.Errorf("salvage %s: %s holds a data file already", path, to)
	}
	lock, err := openGuarded(path, readOnly())
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, describe(path, err)
	}
	if err == nil {
		defer func() { _ = lock.Close() }() // opened for reading: nothing to lose
	}

	var result *Salvaged
	if err := withFile(path, func(f *boltfile.File) error {
		m := readableMeta(f)
		result, err = salvageInto(to, f, m)
		return err
	}); err != nil {
		return nil, fmt.Errorf("salvage %s: %w", path, err)
	}
	return result, nil
}

// readableMeta is the newest commit, unless the one before it leads to more
// buckets: the newest list of them is damaged then.
func readableMeta(f *boltfile.File) boltfile.Meta {
	buckets := func(m boltfile.Meta) (count int) {
		_ = f.Walk(m, boltfile.Visitor{ // nothing here returns an error
			Bucket: func([]byte, uint64) error { count++; return nil },
			Entry:  func(_, _, _ []byte) error { return nil },
			Damage: func(boltfile.Damage) {},
		})
		return count
	}
	newest := f.Newest()
	if older, whole := f.Older(); whole && buckets(older) > buckets(newest) {
		return older
	}

	return newest
}

func salvageInto(to string, f *boltfile.File, m boltfile.Meta) (_ *Salvaged, err error) {
	e, err := Open(to)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()

	s := &salvage{engine: e, content: content{commit: m.Commit}, report: &Salvaged{Commit: m.Commit}, writes: NewWrites()}
	if err := f.CheckMetas(); err != nil {
		s.report.Damage = append(s.report.Damage, err.Error())
	}
	if err := f.Walk(m, boltfile.Visitor{Bucket: s.bucket, Entry: s.entry, Damage: s.damage}); err != nil {
		return nil, err
	}
	if err := s.flush(); err != nil {
		return nil, err
	}
	s.compare()
	return s.report, nil
}

// salvage is a store being filled with what is whole of another.
type salvage struct {
	engine  *Engine
	content content // of the damaged file, as far as it is whole
	report  *Salvaged
	writes  *Writes
}

func (s *salvage) damage(d boltfile.Damage) {
	where := "the list of tables"
	if d.Bucket != nil {
		where = fmt.Sprintf("bucket %x", d.Bucket)
		if b, err := bucketNamed(d.Bucket); err == nil {
			where = fmt.Sprintf("bucket %d", b)
		}
	}
	s.report.Damage = append(s.report.Damage, fmt.Sprintf("%s, page %d, keys from %x: %v", where, d.Page, d.From, d.Cause))
}

func (s *salvage) bucket(name []byte, sequence uint64) error {
	if err := s.content.bucket(name, sequence); err != nil || bytes.Equal(name, metaBucket) {
		return s.leaveOut(err)
	}
	b, _ := bucketNamed(name) // checked
	s.writes.created = append(s.writes.created, b)
	s.writes.advance(b, sequence)
	return nil
}

func (s *salvage) entry(bucket, key, value []byte) error {
	if bytes.Equal(bucket, metaBucket) {
		return s.leaveOut(s.content.metaEntry(key, value))
	}
	b, err := bucketNamed(bucket)
	if err == nil {
		_, err = checksum.Check(key, value)
	}
	if err != nil {
		return s.leaveOut(fmt.Errorf("bucket %x, key %x: %w", bucket, key, err))
	}

	s.content.found.insert(b).add(key, value)
	s.writes.set(b, key, bytes.Clone(value))
	if s.writes.Size() < salvageBatch {
		return nil
	}
	return s.flush()
}

func (s *salvage) leaveOut(err error) error {
	if err != nil {
		s.report.Damage = append(s.report.Damage, err.Error())
	}
	return nil
}

func (s *salvage) flush() error {
	writes := s.writes
	s.writes = NewWrites()
	return s.engine.Update(func(tx *Tx) error { tx.Absorb(writes); return nil })
}

// compare says for each bucket whether it is what was committed.
func (s *salvage) compare() {
	recorded := s.content.recorded
	if s.content.recordedCommit != s.content.commit {
		s.report.Damage = append(s.report.Damage, "the record of digests is missing: what was lost without a trace is not known")
		recorded = nil
	}

	for _, want := range recorded {
		if s.content.found.of(want.bucket) == nil {
			s.content.found.insert(want.bucket)
		}
	}

	for _, got := range s.content.found {
		kept := SalvagedBucket{Bucket: got.bucket, Rows: got.rows}
		if want := recorded.of(got.bucket); want != nil {
			kept.Known, kept.Whole = true, *want == got
			kept.Lost = int64(want.rows) - int64(got.rows)
		}
		s.report.Buckets = append(s.report.Buckets, kept)
	}

	s.report.Damage = slices.Compact(s.report.Damage)
}
