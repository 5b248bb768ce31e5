package rows

import (
	"encoding/binary"
	"errors"
	"fmt"

	"aegis/shared/local/tablestore/internal/checksum"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// ErrCorrupt is returned when a stored row fails its checksum or cannot be read.
var ErrCorrupt = errors.New("corrupt row")

// The stored form of a row is
//
//	checksum | touched | count | column...
//	column  = name | count | version...
//	version = time | kind | data
//
// with every number a varint but for the eight bytes of integers and doubles.

// Encode is the row's stored form under the key.
func (r *Row) Encode(key []byte) []byte {
	buf := make([]byte, checksum.Size, 64+r.sizeHint())
	buf = binary.AppendVarint(buf, r.Touched)
	buf = binary.AppendUvarint(buf, uint64(len(r.Columns)))
	for i := range r.Columns {
		buf = appendColumn(buf, &r.Columns[i])
	}
	return checksum.Stamp(key, buf)
}

func (r *Row) sizeHint() int {
	size := 0
	for i := range r.Columns {
		size += len(r.Columns[i].Name) + 4
		for j := range r.Columns[i].Versions {
			size += 16 + len(r.Columns[i].Versions[j].Value.Bytes)
		}
	}
	return size
}

func appendColumn(buf []byte, c *Column) []byte {
	buf = appendText(buf, c.Name)
	buf = binary.AppendUvarint(buf, uint64(len(c.Versions)))
	for i := range c.Versions {
		buf = binary.AppendVarint(buf, c.Versions[i].Time)
		buf = plainbuffer.AppendCompact(buf, c.Versions[i].Value)
	}
	return buf
}

func appendText[T string | []byte](buf []byte, text T) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(text))), text...)
}

// Decode reads a stored row and verifies its checksum. Strings and blobs alias
// stored.
func Decode(key, stored []byte) (*Row, error) {
	rest, err := checksum.Check(key, stored)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}

	d := decoder{rest: rest}
	row := &Row{Touched: d.varint()}
	columns := d.count()
	row.Columns = make([]Column, 0, columns)
	for range columns {
		row.Columns = append(row.Columns, d.column())
	}

	if d.bad || len(d.rest) > 0 {
		return nil, ErrCorrupt
	}
	return row, nil
}
