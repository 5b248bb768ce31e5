package store

import "slices"

// Column is an attribute of a row. String, Int, Bool, Bytes and None make one.
type Column struct {
	Name   string
	kind   columnKind
	text   string // also bytes
	number int64  // also a truth value
}

type columnKind uint8

const (
	isNone columnKind = iota
	isString
	isInt
	isBool
	isBytes
)

// String returns a column of text.
func String[T ~string](name string, value T) Column {
	return Column{Name: name, kind: isString, text: string(value)}
}

// Int returns a column of a whole number.
func Int[T ~int | ~int64](name string, value T) Column {
	return Column{Name: name, kind: isInt, number: int64(value)}
}

// Bool returns a column of a truth value.
func Bool(name string, value bool) Column {
	c := Column{Name: name, kind: isBool}
	if value {
		c.number = 1
	}
	return c
}

// Bytes returns a column of bytes.
func Bytes(name string, value []byte) Column {
	return Column{Name: name, kind: isBytes, text: string(value)}
}

// None returns a column without a value. An Update removes it.
func None(name string) Column { return Column{Name: name} }

// IsNone reports whether None made the column.
func (c Column) IsNone() bool { return c.kind == isNone }

// Value returns a string, int64, bool or []byte, as the SDK takes it; nil for None.
func (c Column) Value() any {
	switch c.kind {
	case isString:
		return c.text
	case isInt:
		return c.number
	case isBool:
		return c.number != 0
	case isBytes:
		return []byte(c.text)
	}

	return nil
}

// columnOf returns the column of a value, as Value returns it.
func columnOf(name string, value any) Column {
	switch v := value.(type) {
	case string:
		return String(name, v)
	case int64:
		return Int(name, v)
	case bool:
		return Bool(name, v)
	case []byte:
		return Bytes(name, v)
	}

	return None(name)
}

// Columns are a row's attributes, each name once. A linear search is faster than a map
// for a few columns, and the slice takes one allocation.
type Columns []Column

// Get returns the column with a name, or None.
func (c Columns) Get(name string) Column {
	if at := c.find(name); at >= 0 {
		return c[at]
	}
	return None(name)
}

// Has reports whether there is a column with the name, possibly None.
func (c Columns) Has(name string) bool { return c.find(name) >= 0 }

// Changed keeps, in place, the columns that an Update of a row with the stored columns
// has to write. A column that is equal or None in both is not written again.
func (c Columns) Changed(stored Columns) Columns {
	return slices.DeleteFunc(c, func(column Column) bool { return stored.Get(column.Name) == column })
}

func (c Columns) find(name string) int {
	for i := range c {
		if c[i].Name == name {
			return i
		}
	}
	return -1
}

// String returns a column's text, "" if it is not there or something else.
func (c Columns) String(name string) string {
	if at := c.find(name); at >= 0 && c[at].kind == isString {
		return c[at].text
	}
	return ""
}

// Int returns a column's number, 0 if it is not there or something else.
func (c Columns) Int(name string) int64 {
	if at := c.find(name); at >= 0 && c[at].kind == isInt {
		return c[at].number
	}
	return 0
}

// HasInt reports whether a column is there and is a number.
func (c Columns) HasInt(name string) bool {
	at := c.find(name)
	return at >= 0 && c[at].kind == isInt
}

// Bool returns a column's truth value, false if it is not there or something else.
func (c Columns) Bool(name string) bool {
	at := c.find(name)
	return at >= 0 && c[at].kind == isBool && c[at].number != 0
}

// Bytes returns a column's bytes, nil if it is not there or something else.
func (c Columns) Bytes(name string) []byte {
	if at := c.find(name); at >= 0 && c[at].kind == isBytes {
		return []byte(c[at].text)
	}
	return nil
}
