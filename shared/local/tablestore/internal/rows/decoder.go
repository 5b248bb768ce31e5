package rows

import (
	"encoding/binary"

	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// decoder walks a stored row. The first failure makes it bad for good, and
// every later read returns zeros.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) fail() {
	d.bad, d.rest = true, nil
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// count is a number of things that take at least a byte each, so that what is
// made room for never exceeds the input.
func (d *decoder) count() int {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 || v > uint64(len(d.rest)-n) {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return int(v)
}

func (d *decoder) text() []byte {
	n := d.count()
	text := d.rest[:n:n]
	d.rest = d.rest[n:]
	return text
}

func (d *decoder) column() Column {
	c := Column{Name: string(d.text())}
	n := d.count()
	c.Versions = make([]Version, 0, n)
	for range n {
		at := d.varint()
		c.Versions = append(c.Versions, Version{Time: at, Value: d.value()})
	}

	if n == 0 {
		d.fail()
	}
	return c
}

func (d *decoder) value() plainbuffer.Value {
	v, rest, ok := plainbuffer.ReadCompact(d.rest)
	if !ok {
		d.fail()
		return v
	}
	d.rest = rest
	return v
}
