// Package boltfile reads bbolt data files page by page and trusts none of
// them.
//
// bbolt maps its file into memory and follows whatever a page says, so a
// damaged page makes it panic, fault, or leave rows out without an error. This
// package reads the same pages with every length, offset and reference checked
// first. It never panics, whatever the file holds.
//
// A strict walk ends with the first thing that is wrong. A lenient one reports
// the damage and goes on with what is whole, to salvage it.
package boltfile

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// Error is an error about a file's content, not about reading it.
type Error struct{ cause error }

func (e *Error) Error() string { return e.cause.Error() }

func (e *Error) Unwrap() error { return e.cause }

func damaged(format string, args ...any) error {
	return &Error{fmt.Errorf(format, args...)}
}

// A bbolt file starts with two meta pages, written in turn, so that the one
// not being written is whole whatever happens. Each fits a disk sector, so
// neither is ever left torn: one with a wrong checksum was damaged later.
const (
	metaMagic   = 0xED0CDAED
	metaVersion = 2
	metaSize    = 64
	metaSum     = 56 // offset of the checksum, which covers what precedes it
	minPageSize = 512
	maxPageSize = 64 << 10
)

// Meta is the content of a meta page: one commit's root.
type Meta struct {
	PageSize int
	Root     uint64 // page of the root bucket
	Pages    uint64 // pages in use, free ones included: the high water mark
	Commit   uint64 // transaction id
}

// File is a bbolt file to be read.
type File struct {
	reader   io.ReaderAt
	size     int64
	pageSize int
	metas    [2]Meta
	errs     [2]error // why a meta page cannot be used
}

// Open reads the meta pages. It fails only if neither can be used or the file
// cannot be read.
func Open(reader io.ReaderAt, size int64) (*File, error) {
	f := &File{reader: reader, size: size}
	f.metas[0], f.errs[0] = f.readMeta(0, 0)

	// The first meta page says where the second is; without it, any page size
	// that leads to a valid one will do.
	sizes := []int{f.metas[0].PageSize}
	if f.errs[0] != nil {
		sizes = pageSizes()
	}
	for _, pageSize := range sizes {
		f.metas[1], f.errs[1] = f.readMeta(1, pageSize)
		if f.errs[1] == nil {
			break
		}
	}

	f.pageSize = max(f.metas[0].PageSize, f.metas[1].PageSize)
	if f.errs[0] != nil && f.errs[1] != nil {
		return nil, f.errs[0]
	}
	return f, nil
}

func pageSizes() []int {
	var sizes []int
	for size := minPageSize; size <= maxPageSize; size *= 2 {
		sizes = append(sizes, size)
	}
	return sizes
}

func (f *File) readMeta(id, pageSize int) (Meta, error) {
	var raw [headerSize + metaSize]byte
	if _, err := f.reader.ReadAt(raw[:], int64(id)*int64(pageSize)); err != nil {
		if errors.Is(err, io.EOF) {
			return Meta{}, damaged("truncated to %d bytes, before the end of meta page %d", f.size, id)
		}
		return Meta{}, fmt.Errorf("read meta page %d: %w", id, err)
	}

	m, err := decodeMeta(raw[:])
	header := decodeHeader(raw[:])
	switch {
	case err != nil:
		return Meta{}, damaged("meta page %d: %w", id, err)
	case header.id != uint64(id) || header.flags != flagMeta || m.Commit%2 != uint64(id):
		return Meta{}, damaged("meta page %d does not belong there", id)
	case pageSize != 0 && m.PageSize != pageSize:
		return Meta{}, damaged("meta page %d names another page size", id)
	}
	return m, nil
}

func decodeMeta(page []byte) (Meta, error) {
	raw, order := page[headerSize:], binary.NativeEndian
	sum := fnv.New64a()
	_, _ = sum.Write(raw[:metaSum]) // a hash's Write never fails
	m := Meta{
		PageSize: int(order.Uint32(raw[8:])),
		Root:     order.Uint64(raw[16:]),
		Pages:    order.Uint64(raw[40:]),
		Commit:   order.Uint64(raw[48:]),
	}

	switch {
	case order.Uint32(raw) != metaMagic || order.Uint32(raw[4:]) != metaVersion:
		return Meta{}, errors.New("not a bbolt file")
	case order.Uint64(raw[metaSum:]) != sum.Sum64():
		return Meta{}, errors.New("wrong checksum")
	case m.PageSize < minPageSize || m.PageSize > maxPageSize || m.PageSize&(m.PageSize-1) != 0:
		return Meta{}, fmt.Errorf("page size %d", m.PageSize)
	}
	return m, nil
}

// Newest is the meta page of the newest commit that has a whole one.
func (f *File) Newest() Meta {
	if f.errs[1] == nil && f.metas[1].Commit > f.metas[0].Commit || f.errs[0] != nil {
		return f.metas[1]
	}
	return f.metas[0]
}

// Older is the meta page of the commit before the newest, if it is whole.
func (f *File) Older() (Meta, bool) {
	if f.errs[0] != nil || f.errs[1] != nil {
		return Meta{}, false
	}
	if f.metas[1].Commit > f.metas[0].Commit {
		return f.metas[0], true
	}
	return f.metas[1], true
}

// CheckMetas requires both meta pages to be whole and of consecutive commits,
// and the file to be as long as the newer one says.
func (f *File) CheckMetas() error {
	older, whole := f.Older()
	if !whole {
		return cmp.Or(f.errs[0], f.errs[1])
	}
	newest := f.Newest()
	if newest.Commit != older.Commit+1 {
		return damaged("its meta pages are of commits %d and %d, which do not follow each other", older.Commit, newest.Commit)
	}
	return f.checkLength(newest)
}

func (f *File) checkLength(m Meta) error {
	if m.Pages > uint64(f.size)/uint64(m.PageSize) {
		return damaged("truncated to %d bytes, %d pages of %d bytes are in use", f.size, m.Pages, m.PageSize)
	}
	return nil
}
