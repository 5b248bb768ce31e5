package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// A bbolt file starts with two meta pages, written in turn, so that the one
// not being written is whole whatever happens. Each fits a disk sector, so
// neither is ever left torn: one that does not check out was damaged later.
const (
	metaMagic   = 0xED0CDAED
	metaVersion = 2
	pageHeader  = 16 // bytes of a page before its content
	metaSize    = 64
	metaSum     = 56 // offset of the checksum, which covers what precedes it
)

// verifyLength checks both meta pages and that the file is as long as the
// newer one says. bbolt maps the file into memory and would fault on pages
// that are missing.
func verifyLength(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing to lose
	info, err := f.Stat()
	if err != nil {
		return err
	}
	first, err := readMeta(f, 0)
	if err != nil {
		return err
	}
	second, err := readMeta(f, int64(first.pageSize))
	if err != nil {
		return err
	}
	if second.commit > first.commit {
		first = second
	}
	if want := int64(first.pages) * int64(first.pageSize); info.Size() < want {
		return fmt.Errorf("%w: truncated to %d bytes of %d", ErrCorrupt, info.Size(), want)
	}
	return nil
}

type meta struct {
	pageSize uint32
	pages    uint64
	commit   uint64
}

func readMeta(f io.ReaderAt, offset int64) (meta, error) {
	var page [pageHeader + metaSize]byte
	if _, err := f.ReadAt(page[:], offset); err != nil {
		if errors.Is(err, io.EOF) {
			return meta{}, fmt.Errorf("%w: truncated before its first page", ErrCorrupt)
		}
		return meta{}, err
	}
	raw, order := page[pageHeader:], binary.NativeEndian
	sum := fnv.New64a()
	_, _ = sum.Write(raw[:metaSum]) // a hash's Write never fails
	if order.Uint32(raw) != metaMagic || order.Uint32(raw[4:]) != metaVersion || order.Uint64(raw[metaSum:]) != sum.Sum64() {
		return meta{}, fmt.Errorf("%w: its meta page at byte %d does not check out", ErrCorrupt, offset)
	}
	return meta{pageSize: order.Uint32(raw[8:]), pages: order.Uint64(raw[40:]), commit: order.Uint64(raw[48:])}, nil
}
