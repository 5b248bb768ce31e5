// Package plainbuffer reads and writes PlainBuffer, the row encoding inside
// Tablestore's protobuf messages.
//
// A buffer is a header and rows; a row is key cells, attribute cells, perhaps a
// delete marker, and a checksum over the cells' checksums. Every integer is
// little endian and every length is fixed width, so decoding is one pass that
// allocates no more than a small multiple of its input, whatever the input
// claims about itself. Both checksums are verified on reading: three of the
// four official SDKs do so too.
//
//	buffer = LE32 0x75, row...
//	row    = [0x01 cell...] [0x02 cell...] [0x08] 0x09 crc8
//	cell   = 0x03 [0x04 LE32 name] [0x05 value] [0x06 op] [0x07 LE64 ms] 0x0A crc8
//	value  = LE32 size, kind, data
package plainbuffer

import (
	"bytes"
	"cmp"
	"math"
	"strconv"
)

// Kind is the type of a value, numbered as on the wire.
type Kind byte

// The kinds of value. The last three occur in primary keys only.
const (
	Integer       Kind = 0x0
	Double        Kind = 0x1
	Boolean       Kind = 0x2
	String        Kind = 0x3
	Null          Kind = 0x6
	Blob          Kind = 0x7
	InfMin        Kind = 0x9
	InfMax        Kind = 0xA
	AutoIncrement Kind = 0xB
)

// String is the kind's name as the service's messages spell it.
func (k Kind) String() string {
	switch k {
	case Integer:
		return "VT_INTEGER"
	case Double:
		return "VT_DOUBLE"
	case Boolean:
		return "VT_BOOLEAN"
	case String:
		return "VT_STRING"
	case Null:
		return "VT_NULL"
	case Blob:
		return "VT_BLOB"
	case InfMin:
		return "VT_INF_MIN"
	case InfMax:
		return "VT_INF_MAX"
	case AutoIncrement:
		return "VT_AUTO_INCREMENT"
	}
	return "VT_" + strconv.Itoa(int(k))
}

// Value is one value of a cell. The zero value is the integer 0.
type Value struct {
	Kind  Kind
	bits  uint64 // integers, doubles and booleans
	Bytes []byte // strings and blobs
}

// Int is an integer value.
func Int(v int64) Value { return Value{Kind: Integer, bits: uint64(v)} }

// Float is a double value.
func Float(v float64) Value { return Value{Kind: Double, bits: math.Float64bits(v)} }

// Bool is a boolean value.
func Bool(v bool) Value {
	if v {
		return Value{Kind: Boolean, bits: 1}
	}
	return Value{Kind: Boolean}
}

// Text is a string value.
func Text(v string) Value { return Value{Kind: String, Bytes: []byte(v)} }

// Binary is a blob value; it keeps v.
func Binary(v []byte) Value { return Value{Kind: Blob, Bytes: v} }

// Int is the value of an integer; 0 for other kinds' meaningless bits.
func (v Value) Int() int64 { return int64(v.bits) }

// Float is the value of a double.
func (v Value) Float() float64 { return math.Float64frombits(v.bits) }

// Bool is the value of a boolean.
func (v Value) Bool() bool { return v.bits != 0 }

// Size is what the value counts for in sizes and capacity units, in bytes.
func (v Value) Size() int {
	switch v.Kind {
	case Integer, Double:
		return 8
	case Boolean:
		return 1
	case String, Blob:
		return len(v.Bytes)
	}
	return 0
}

// Compare orders two values of one kind. It reports false when the kinds
// differ: such values have no order.
func Compare(a, b Value) (int, bool) {
	if a.Kind != b.Kind {
		return 0, false
	}

	switch a.Kind {
	case Integer:
		return cmp.Compare(a.Int(), b.Int()), true
	case Double:
		return cmp.Compare(a.Float(), b.Float()), true
	case Boolean:
		return cmp.Compare(a.bits, b.bits), true
	}

	return bytes.Compare(a.Bytes, b.Bytes), true
}

// Display is the value as the service's messages show it.
func (v Value) Display() string {
	switch v.Kind {
	case Integer:
		return strconv.FormatInt(v.Int(), 10)
	case Double:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case Boolean:
		return strconv.FormatBool(v.Bool())
	case String, Blob:
		return string(v.Bytes)
	}
	return v.Kind.String()
}

// Equal reports whether two values have one kind and one value; doubles by
// their bits.
func Equal(a, b Value) bool {
	return a.Kind == b.Kind && a.bits == b.bits && bytes.Equal(a.Bytes, b.Bytes)
}
