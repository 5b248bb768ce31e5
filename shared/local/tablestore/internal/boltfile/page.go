package boltfile

import (
	"encoding/binary"
	"fmt"
)

const (
	headerSize  = 16
	elementSize = 16 // of branch and leaf elements alike

	flagBranch = 0x01
	flagLeaf   = 0x02
	flagMeta   = 0x04

	flagBucket = 0x01 // of a leaf element: its value is a bucket
)

// header is what every page starts with.
type header struct {
	id       uint64
	flags    uint16
	count    uint16
	overflow uint32 // pages that follow and belong to this one
}

func decodeHeader(raw []byte) header {
	order := binary.NativeEndian
	return header{
		id:       order.Uint64(raw),
		flags:    order.Uint16(raw[8:]),
		count:    order.Uint16(raw[10:]),
		overflow: order.Uint32(raw[12:]),
	}
}

// page is a page with its overflow, or a bucket small enough to lie in its
// parent's page.
type page struct {
	header
	raw []byte
}

func (p *page) isLeaf() bool { return p.flags == flagLeaf }

// checkHeader requires a branch or leaf page of that number, whose elements
// fit.
func (p *page) checkHeader(id uint64) error {
	switch {
	case p.id != id:
		return fmt.Errorf("it says to be page %d", p.id)
	case p.flags != flagBranch && p.flags != flagLeaf:
		return fmt.Errorf("page type %#x", p.flags)
	case headerSize+int(p.count)*elementSize > len(p.raw):
		return fmt.Errorf("%d elements do not fit", p.count)
	}
	return nil
}

// repairHeader restores what the rest of the page implies, for a page known to
// have been whole once. The elements are followed by the first one's data, so
// its offset says how many there are.
func (p *page) repairHeader(id uint64) {
	p.id = id
	first := p.raw[headerSize:]
	asLeaf := binary.NativeEndian.Uint32(first[4:])
	asBranch := binary.NativeEndian.Uint32(first)
	if p.flags != flagLeaf && p.flags != flagBranch {
		p.flags = flagBranch
		if asLeaf%elementSize == 0 && asLeaf > 0 && int(asLeaf) < len(p.raw) {
			p.flags = flagLeaf
		}
	}

	offset := asBranch
	if p.isLeaf() {
		offset = asLeaf
	}
	if count := offset / elementSize; offset%elementSize == 0 && count > 0 && headerSize+int(count)*elementSize <= len(p.raw) {
		p.count = uint16(min(count, 0xffff))
	}
}

// element is one key of a page, with its value in a leaf page, its child in a
// branch page.
type element struct {
	flags uint32
	key   []byte
	value []byte
	child uint64
}

// element decodes the i-th element. The data of elements follow each other
// without a gap: start is where this one's must begin, end where the next's
// must.
func (p *page) element(i, start int) (e element, end int, err error) {
	at := headerSize + i*elementSize
	raw, order := p.raw[at:at+elementSize], binary.NativeEndian
	var offset, keySize, valueSize uint32
	if p.isLeaf() {
		e.flags, offset, keySize, valueSize = order.Uint32(raw), order.Uint32(raw[4:]), order.Uint32(raw[8:]), order.Uint32(raw[12:])
	} else {
		offset, keySize, e.child = order.Uint32(raw), order.Uint32(raw[4:]), order.Uint64(raw[8:])
	}

	begin := uint64(at) + uint64(offset)
	finish := begin + uint64(keySize) + uint64(valueSize)
	if finish > uint64(len(p.raw)) || begin < headerSize {
		return element{}, start, fmt.Errorf("element %d lies outside of the page", i)
	}
	e.key = p.raw[begin : begin+uint64(keySize)]
	e.value = p.raw[begin+uint64(keySize) : finish]

	if begin != uint64(start) {
		err = fmt.Errorf("element %d is out of place", i)
	}
	return e, int(finish), err
}

// dataStart is where the first element's data must begin.
func (p *page) dataStart() int { return headerSize + int(p.count)*elementSize }
