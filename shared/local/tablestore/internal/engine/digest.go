package engine

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// digest sums up a bucket's content. The sum is that of a 64-bit hash of every
// key with its value, modulo 2⁶⁴: it is the same in whatever order rows come
// and go, and unlike an XOR it does not cancel out when a row appears twice.
type digest struct {
	bucket   Bucket
	sequence uint64
	rows     uint64
	sum      uint64
}

func (d *digest) add(key, value []byte) {
	d.rows++
	d.sum += hash(key, value)
}

func (d *digest) remove(key, value []byte) {
	d.rows--
	d.sum -= hash(key, value)
}

// hash is seeded with the key's length, so that no byte can move from the key
// to the value.
func hash(key, value []byte) uint64 {
	h := xxhash.NewWithSeed(uint64(len(key)))
	_, _ = h.Write(key) // a hash's Write never fails
	_, _ = h.Write(value)
	return h.Sum64()
}

// digests are those of all buckets, by bucket.
type digests []digest

func (ds digests) find(b Bucket) (i int, found bool) {
	return slices.BinarySearchFunc(ds, b, func(d digest, b Bucket) int { return cmp.Compare(d.bucket, b) })
}

// of is the bucket's digest, which is changed in place, or nil.
func (ds digests) of(b Bucket) *digest {
	if i, found := ds.find(b); found {
		return &ds[i]
	}
	return nil
}

// insert adds an empty digest unless the bucket has one.
func (ds *digests) insert(b Bucket) *digest {
	i, found := ds.find(b)
	if !found {
		*ds = slices.Insert(*ds, i, digest{bucket: b})
	}
	return &(*ds)[i]
}

func (ds *digests) remove(b Bucket) {
	if i, found := ds.find(b); found {
		*ds = slices.Delete(*ds, i, i+1)
	}
}

// rows counts the rows of all buckets.
func (ds digests) rows() uint64 {
	total := uint64(0)
	for i := range ds {
		total += ds[i].rows
	}
	return total
}

// A record is the digests of a commit as they are stored in that commit:
//
//	commit | digest... | checksum
//	digest = bucket | sequence | rows | sum
//
// with every number in eight bytes.
const (
	wordSize   = 8
	digestSize = 4 * wordSize
)

func (ds digests) encode(commit uint64) []byte {
	record := make([]byte, 0, 2*wordSize+len(ds)*digestSize)
	record = binary.LittleEndian.AppendUint64(record, commit)
	for _, d := range ds {
		for _, word := range [...]uint64{uint64(d.bucket), d.sequence, d.rows, d.sum} {
			record = binary.LittleEndian.AppendUint64(record, word)
		}
	}
	return binary.LittleEndian.AppendUint64(record, xxhash.Sum64(record))
}

func decodeRecord(record []byte) (commit uint64, ds digests, err error) {
	if len(record) < 2*wordSize || (len(record)-2*wordSize)%digestSize != 0 {
		return 0, nil, errors.New("the record of digests has a wrong length")
	}
	content, checksum := record[:len(record)-wordSize], record[len(record)-wordSize:]
	if xxhash.Sum64(content) != binary.LittleEndian.Uint64(checksum) {
		return 0, nil, errors.New("the record of digests has a wrong checksum")
	}

	next := func() (word uint64) {
		word, content = binary.LittleEndian.Uint64(content), content[wordSize:]
		return word
	}
	commit = next()
	for len(content) > 0 {
		ds = append(ds, digest{bucket: Bucket(next()), sequence: next(), rows: next(), sum: next()})
	}
	return commit, ds, nil
}

// compare reports the first difference of what was found to what was recorded.
func (ds digests) compare(found digests) error {
	for _, want := range ds {
		got := found.of(want.bucket)
		switch {
		case got == nil:
			return fmt.Errorf("bucket %d is missing, with %d rows", want.bucket, want.rows)
		case got.rows != want.rows:
			return fmt.Errorf("bucket %d holds %d rows, %d were committed", want.bucket, got.rows, want.rows)
		case *got != want:
			return fmt.Errorf("bucket %d does not hold the rows that were committed", want.bucket)
		}
	}

	if len(found) != len(ds) {
		return fmt.Errorf("it holds %d buckets, %d were committed", len(found), len(ds))
	}
	return nil
}
