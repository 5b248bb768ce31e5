// Package keyorder encodes primary keys as bytes that sort as the keys do.
//
// Keys compare column by column; an integer by value, strings and blobs byte by
// byte, INF_MIN below and INF_MAX above everything. The encoding keeps that
// order under bytes.Compare, no encoded key is a prefix of another of the same
// table, and the encoding of the first columns is a prefix of the whole, which
// is what makes "all rows of a partition key" a contiguous range.
package keyorder

import (
	"encoding/binary"
	"errors"
	"fmt"

	"aegis/shared/local/tablestore/internal/plainbuffer"
)

const (
	markMin  = 0x00
	markInt  = 0x10
	markText = 0x20
	markBlob = 0x30
	markMax  = 0xFF

	escape    = 0x00 // inside text: 0x00 0xFF stands for a zero byte,
	escaped   = 0xFF
	endOfText = 0x01 // and 0x00 0x01 ends the text
)

// ErrCorrupt is returned when bytes are not an encoded key.
var ErrCorrupt = errors.New("corrupt key")

// Append appends the encoding of one key column. Only the kinds a key can hold
// have one; for others the key is refused.
func Append(dst []byte, v plainbuffer.Value) ([]byte, error) {
	switch v.Kind {
	case plainbuffer.InfMin:
		return append(dst, markMin), nil
	case plainbuffer.InfMax:
		return append(dst, markMax), nil
	case plainbuffer.Integer:
		return binary.BigEndian.AppendUint64(append(dst, markInt), uint64(v.Int())^(1<<63)), nil
	case plainbuffer.String:
		return appendText(append(dst, markText), v.Bytes), nil
	case plainbuffer.Blob:
		return appendText(append(dst, markBlob), v.Bytes), nil
	}
	return nil, fmt.Errorf("%v has no place in a key", v.Kind)
}

func appendText(dst, text []byte) []byte {
	for _, b := range text {
		dst = append(dst, b)
		if b == escape {
			dst = append(dst, escaped)
		}
	}
	return append(dst, escape, endOfText)
}

// Decode reads all columns of an encoded key. The values do not alias key.
func Decode(key []byte) ([]plainbuffer.Value, error) {
	values := make([]plainbuffer.Value, 0, 4)
	for len(key) > 0 {
		v, rest, err := decodeColumn(key)
		if err != nil {
			return nil, err
		}
		values, key = append(values, v), rest
	}
	return values, nil
}

func decodeColumn(key []byte) (plainbuffer.Value, []byte, error) {
	mark, rest := key[0], key[1:]
	switch mark {
	case markInt:
		if len(rest) < 8 {
			return plainbuffer.Value{}, nil, ErrCorrupt
		}
		return plainbuffer.Int(int64(binary.BigEndian.Uint64(rest) ^ (1 << 63))), rest[8:], nil
	case markText, markBlob:
		text, rest, err := decodeText(rest)
		if err != nil {
			return plainbuffer.Value{}, nil, err
		}
		if mark == markText {
			return plainbuffer.Value{Kind: plainbuffer.String, Bytes: text}, rest, nil
		}
		return plainbuffer.Binary(text), rest, nil
	}

	return plainbuffer.Value{}, nil, ErrCorrupt
}

func decodeText(key []byte) (text, rest []byte, err error) {
	text = make([]byte, 0, len(key))
	for i := 0; i < len(key); i++ {
		if key[i] != escape {
			text = append(text, key[i])
			continue
		}
		if i++; i == len(key) {
			break
		}
		switch key[i] {
		case endOfText:
			return text, key[i+1:], nil
		case escaped:
			text = append(text, escape)
		default:
			return nil, nil, ErrCorrupt
		}
	}

	return nil, nil, ErrCorrupt
}

// After is the lowest bound above every key that starts with prefix.
func After(prefix []byte) []byte { return append(prefix[:len(prefix):len(prefix)], markMax, markMax) }
