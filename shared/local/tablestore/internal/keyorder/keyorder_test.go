package keyorder_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/local/tablestore/internal/keyorder"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// kinds draws the types of a table's key columns.
func kinds() *rapid.Generator[[]plainbuffer.Kind] {
	return rapid.SliceOfN(rapid.SampledFrom([]plainbuffer.Kind{plainbuffer.Integer, plainbuffer.String, plainbuffer.Blob}), 1, 4)
}

// key draws a key of those types, with short texts of few letters so that keys
// share beginnings.
func key(t *rapid.T, kinds []plainbuffer.Kind, label string) []plainbuffer.Value {
	values := make([]plainbuffer.Value, len(kinds))
	for i, kind := range kinds {
		if kind == plainbuffer.Integer {
			values[i] = plainbuffer.Int(rapid.Int64().Draw(t, label))
			continue
		}
		text := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 'a', 0xFF}), 0, 4).Draw(t, label)
		values[i] = plainbuffer.Value{Kind: kind, Bytes: text}
	}
	return values
}

func encode(t require.TestingT, values []plainbuffer.Value) []byte {
	var encoded []byte
	var err error
	for _, v := range values {
		encoded, err = keyorder.Append(encoded, v)
		require.NoError(t, err)
	}
	return encoded
}

func compare(a, b []plainbuffer.Value) int {
	for i := range a {
		if order, _ := plainbuffer.Compare(a[i], b[i]); order != 0 {
			return order
		}
	}
	return 0
}

func TestEncodedKeysSortAsKeysDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		types := kinds().Draw(t, "types")
		a, b := key(t, types, "a"), key(t, types, "b")
		require.Equal(t, compare(a, b), bytes.Compare(encode(t, a), encode(t, b)))
	})
}

func TestKeysSurviveEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := key(t, kinds().Draw(t, "types"), "key")
		decoded, err := keyorder.Decode(encode(t, values))
		require.NoError(t, err)
		require.Len(t, decoded, len(values))
		for i := range values {
			require.True(t, plainbuffer.Equal(values[i], decoded[i]))
		}
	})
}

func TestInfinitiesEncloseEveryKeyOfAPartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := key(t, kinds().Draw(t, "types"), "key")
		low, high := []plainbuffer.Value{values[0]}, []plainbuffer.Value{values[0]}
		for range values[1:] {
			low = append(low, plainbuffer.Value{Kind: plainbuffer.InfMin})
			high = append(high, plainbuffer.Value{Kind: plainbuffer.InfMax})
		}
		encoded := encode(t, values)
		require.LessOrEqual(t, bytes.Compare(encode(t, low), encoded), 0)
		require.LessOrEqual(t, bytes.Compare(encoded, encode(t, high)), 0)
		require.Negative(t, bytes.Compare(encoded, keyorder.After(encode(t, values[:1]))))
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x20, 'a', 0, 0xFF, 0, 1, 0x10, 0x80, 0, 0, 0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, encoded []byte) {
		values, err := keyorder.Decode(encoded)
		if err == nil {
			require.Equal(t, string(encoded), string(encode(t, values)))
		}
	})
}
