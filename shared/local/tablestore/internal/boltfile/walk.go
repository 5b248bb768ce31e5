package boltfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxDepth bounds the height of a tree; bbolt's stay far below it.
const maxDepth = 32

// bucketHeader is what a bucket's value starts with: root page and sequence.
const bucketHeader = 16

// Visitor receives what a walk finds. Slices are valid during the call only.
// An error of Bucket or Entry ends the walk.
type Visitor struct {
	// Bucket is called for every bucket, before its entries.
	Bucket func(name []byte, sequence uint64) error

	// Entry is called for every key of a bucket, in the file's order.
	Entry func(bucket, key, value []byte) error

	// Damage is called for each part that is left out, and makes the walk lenient. Nil
	// means that the first damage ends the walk.
	Damage func(Damage)
}

// Damage is a part of a file that cannot be read.
type Damage struct {
	Bucket []byte // nil: the list of buckets itself
	Page   uint64
	From   []byte // keys from here are affected, nil: from the first
	To     []byte // up to here, nil: to the last
	Cause  error
}

// Walk visits every bucket and entry of a commit.
//
// A strict walk requires the structure that bbolt writes: every page where it
// says it is and used once, no gap between elements, keys in order, and each
// branch key equal to the first key below it. A file that passes reads the same
// through bbolt, by iteration and by key.
func (f *File) Walk(m Meta, v Visitor) error {
	if v.Damage == nil {
		if err := f.checkLength(m); err != nil {
			return err
		}
	}
	w := &walk{file: f, meta: m, visitor: v, seen: make([]uint64, min(m.Pages, uint64(f.size)/uint64(f.pageSize))/64+1)}
	return w.tree(tree{root: m.Root, entry: w.bucket})
}

// Buckets are nested one level deep, as this project writes them.
type walk struct {
	file    *File
	meta    Meta
	visitor Visitor
	seen    []uint64 // bit set: pages visited
	buffers [2 * maxDepth][]byte
}

// tree is one bucket's tree of pages.
type tree struct {
	name   []byte // of the bucket, nil for the root
	root   uint64
	level  int // of nesting: which buffers to use
	entry  func(element) error
	bounds // of the page under way
}

// bounds are the keys that a page may hold.
type bounds struct {
	first []byte // what its first key must be, nil: anything
	end   []byte // all keys are below, nil: no limit
}

func (w *walk) tree(t tree) error { return w.page(t, t.root, 0) }

// damage ends a strict walk and lets a lenient one go on.
func (w *walk) damage(t tree, id uint64, from []byte, cause error) error {
	if w.visitor.Damage == nil {
		return damaged("page %d: %w", id, cause)
	}
	w.visitor.Damage(Damage{Bucket: t.name, Page: id, From: bytes.Clone(from), To: bytes.Clone(t.end), Cause: cause})
	return nil
}

func (w *walk) lenient() bool { return w.visitor.Damage != nil }

func (w *walk) page(t tree, id uint64, depth int) error {
	if depth >= maxDepth {
		return w.damage(t, id, t.first, errors.New("the tree is too deep"))
	}

	p, err := w.read(id, &w.buffers[t.level*maxDepth+depth])
	if p == nil {
		return w.damage(t, id, t.first, err)
	}
	if err != nil {
		if err := w.damage(t, id, t.first, err); err != nil {
			return err
		}
	}

	return w.elements(t, p, id, depth)
}

// read reads and checks a page. A lenient walk may get a repaired page together
// with what was wrong with it; nil cannot be repaired.
func (w *walk) read(id uint64, buffer *[]byte) (*page, error) {
	p, err := w.readRaw(id, buffer)
	if err != nil {
		return nil, err
	}
	err = w.header(p, id)
	if p.checkHeader(id) != nil {
		return nil, err
	}
	return p, cmp.Or(err, w.mark(p))
}

// header checks a page's header, and repairs it in a lenient walk.
func (w *walk) header(p *page, id uint64) error {
	err, count := p.checkHeader(id), p.count
	if !w.lenient() || len(p.raw) < headerSize+elementSize {
		return err
	}
	p.repairHeader(id)
	if err == nil && p.count != count {
		err = fmt.Errorf("it says to hold %d elements and has %d", count, p.count)
	}
	return err
}

// readRaw reads a page with its overflow. An overflow that cannot be true is
// left out: the check of the elements then decides.
func (w *walk) readRaw(id uint64, buffer *[]byte) (*page, error) {
	if id < 2 || id >= w.meta.Pages {
		return nil, errors.New("no such page")
	}
	size := w.file.pageSize
	if err := w.readAt(id, grow(buffer, size)); err != nil {
		return nil, err
	}
	p := &page{header: decodeHeader(*buffer), raw: *buffer}

	if uint64(p.overflow) >= w.meta.Pages-id {
		if !w.lenient() {
			return nil, fmt.Errorf("%d pages of overflow", p.overflow)
		}
		p.overflow = 0
	}
	if p.overflow > 0 {
		if err := w.readAt(id, grow(buffer, size*(1+int(p.overflow)))); err != nil {
			return nil, err
		}
		p.raw = *buffer
	}
	return p, nil
}

func grow(buffer *[]byte, size int) []byte {
	if cap(*buffer) < size {
		*buffer = make([]byte, size)
	}
	*buffer = (*buffer)[:size]
	return *buffer
}

func (w *walk) readAt(id uint64, raw []byte) error {
	_, err := w.file.reader.ReadAt(raw, int64(id)*int64(w.file.pageSize))
	if errors.Is(err, io.EOF) {
		return errors.New("it lies beyond the end of the file")
	}
	return err
}

// mark notes the page's use. A second use is damage.
func (w *walk) mark(p *page) error {
	for id := p.id; id <= p.id+uint64(p.overflow); id++ {
		bit := uint64(1) << (id % 64)
		if w.seen[id/64]&bit != 0 {
			return fmt.Errorf("page %d is used twice", id)
		}
		w.seen[id/64] |= bit
	}
	return nil
}

// elements visits a page's elements, in a branch page their children.
func (w *walk) elements(t tree, p *page, id uint64, depth int) error {
	if p.count == 0 && (depth > 0 || !p.isLeaf()) {
		return w.damage(t, id, t.first, errors.New("it is empty"))
	}
	next, last := p.dataStart(), []byte(nil)
	for i := range int(p.count) {
		e, end, err := p.element(i, next)
		if err == nil {
			err = w.checkKey(t, i, e.key, last)
		}
		if err == nil {
			next, last = end, e.key
			err = w.element(t, p, e, i, depth)
			if err != nil {
				return err
			}
			continue
		}

		// A lenient walk goes on with the next element where the elements say it
		// is, and keeps this one's place in the order as it was.
		next = end
		if err := w.damage(t, id, last, err); err != nil {
			return err
		}
	}
	return nil
}

// checkKey leaves what depends on other pages to strict walks: in a lenient one
// the other page may be the damaged one.
func (w *walk) checkKey(t tree, i int, key, last []byte) error {
	switch {
	case len(key) == 0:
		return fmt.Errorf("key %d is empty", i)
	case w.lenient():
		return nil
	case i == 0 && t.first != nil && !bytes.Equal(key, t.first):
		return errors.New("its first key is not the one that leads to it")
	case last != nil && bytes.Compare(last, key) >= 0:
		return fmt.Errorf("key %d is out of order", i)
	case t.end != nil && bytes.Compare(key, t.end) >= 0:
		return fmt.Errorf("key %d belongs to another page", i)
	}
	return nil
}

func (w *walk) element(t tree, p *page, e element, i, depth int) error {
	if p.isLeaf() {
		return t.entry(e)
	}

	child := t
	child.first = e.key
	if i+1 < int(p.count) {
		following, _, _ := p.element(i+1, 0) // an error is found in its turn
		child.end = following.key
	}

	return w.page(child, e.child, depth+1)
}

// bucket visits a bucket, whose value is its root page and sequence, followed
// by the page itself if it is small.
func (w *walk) bucket(e element) error {
	name := bytes.Clone(e.key)
	if e.flags != flagBucket || len(e.value) < bucketHeader {
		return w.damage(tree{}, 0, e.key, fmt.Errorf("bucket %x is not one", name))
	}
	order := binary.NativeEndian
	root, sequence := order.Uint64(e.value), order.Uint64(e.value[8:])
	if w.visitor.Bucket != nil {
		if err := w.visitor.Bucket(name, sequence); err != nil {
			return err
		}
	}

	t := tree{name: name, root: root, level: 1}
	t.entry = func(e element) error { return w.entry(t, e) }
	if root != 0 {
		return w.tree(t)
	}
	return w.inline(t, e.value[bucketHeader:])
}

func (w *walk) entry(t tree, e element) error {
	if e.flags != 0 {
		return w.damage(t, 0, e.key, fmt.Errorf("key %x has flags %#x", e.key, e.flags))
	}
	return w.visitor.Entry(t.name, e.key, e.value)
}

// inline visits a bucket that lies in its parent's page.
func (w *walk) inline(t tree, raw []byte) error {
	if len(raw) < headerSize {
		return w.damage(t, 0, nil, errors.New("an inline bucket is too short"))
	}

	p := &page{header: decodeHeader(raw), raw: raw}
	err := w.header(p, 0)
	if err == nil && (!p.isLeaf() || p.overflow != 0) {
		err = errors.New("an inline bucket is not a leaf")
	}
	if err != nil {
		if err := w.damage(t, 0, nil, err); err != nil {
			return err
		}
	}
	if p.flags = flagLeaf; p.checkHeader(0) != nil {
		return nil
	}

	return w.elements(t, p, 0, 0)
}
