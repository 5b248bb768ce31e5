package plainbuffer

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrShort is returned when a buffer ended inside a row.
var ErrShort = errors.New("plain buffer ends inside a row")

// Decode reads a buffer of any number of rows. Values alias buf. Anything from
// a zero tag on is padding: the Node SDK sends buffers larger than their
// content. An empty buffer holds no row.
func Decode(buf []byte) ([]Row, error) {
	if len(buf) == 0 {
		return nil, nil
	}

	r := &reader{buf: buf}
	if magic := r.long32(); r.err == nil && magic != headerMagic {
		return nil, fmt.Errorf("plain buffer starts with 0x%x, not 0x%x", magic, headerMagic)
	}

	var rows []Row
	for r.err == nil && r.peek() != 0 {
		rows = append(rows, r.row())
	}

	if r.err != nil {
		return nil, r.err
	}
	return rows, nil
}

// DecodeOne reads a buffer that must hold exactly one row.
func DecodeOne(buf []byte) (Row, error) {
	rows, err := Decode(buf)
	if err != nil {
		return Row{}, err
	}
	if len(rows) != 1 {
		return Row{}, fmt.Errorf("plain buffer holds %d rows where one is expected", len(rows))
	}
	return rows[0], nil
}

// DecodeValue reads a value in its bare form, as AppendValue writes it, and
// requires that nothing follows.
func DecodeValue(buf []byte) (Value, error) {
	r := &reader{buf: buf}
	v := r.value()
	if r.err == nil && r.pos != len(buf) {
		r.fail(fmt.Errorf("%d bytes follow the value", len(buf)-r.pos))
	}
	return v, r.err
}

// reader walks a buffer. The first failure sticks, and makes every later read
// return zeros.
type reader struct {
	buf []byte
	pos int
	err error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// peek is the next byte, or 0 at the end.
func (r *reader) peek() byte {
	if r.pos < len(r.buf) {
		return r.buf[r.pos]
	}
	return 0
}

// accept consumes the next byte if it is the tag.
func (r *reader) accept(tag byte) bool {
	if r.err == nil && r.peek() == tag {
		r.pos++
		return true
	}
	return false
}

func (r *reader) expect(tag byte) {
	if !r.accept(tag) {
		r.fail(fmt.Errorf("plain buffer has tag 0x%x at byte %d where 0x%x is expected", r.peek(), r.pos, tag))
	}
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.buf)-r.pos {
		r.fail(ErrShort)
		return nil
	}
	r.pos += n
	return r.buf[r.pos-n : r.pos : r.pos]
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) long32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) long64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}
