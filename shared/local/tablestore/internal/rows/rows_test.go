package rows_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/local/tablestore/internal/checksum"
	"aegis/shared/local/tablestore/internal/plainbuffer"
	"aegis/shared/local/tablestore/internal/rows"
)

func row(t *rapid.T) *rows.Row {
	r := &rows.Row{Touched: rapid.Int64().Draw(t, "touched")}
	for range rapid.IntRange(0, 6).Draw(t, "cells") {
		r.Set(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name"), rows.Version{
			Time:  rapid.Int64Range(0, 5).Draw(t, "time"),
			Value: rapid.Custom(value).Draw(t, "value"),
		})
	}
	return r
}

func value(t *rapid.T) plainbuffer.Value {
	if rapid.Bool().Draw(t, "integer") {
		return plainbuffer.Int(rapid.Int64().Draw(t, "int"))
	}
	return plainbuffer.Text(rapid.String().Draw(t, "text"))
}

func TestRowsSurviveStorage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, key := row(t), []byte(rapid.String().Draw(t, "key"))
		again, err := rows.Decode(key, r.Encode(key))
		require.NoError(t, err)
		require.Equal(t, r.Encode(key), again.Encode(key))
		_, err = rows.Decode(append(key, 'x'), r.Encode(key))
		require.ErrorIs(t, err, rows.ErrCorrupt, "a row under another's key")
	})
}

func TestVersionsStayNewestFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := row(t)
		r.Trim(2)
		for _, c := range r.Columns {
			require.LessOrEqual(t, len(c.Versions), 2)
			for i := 1; i < len(c.Versions); i++ {
				require.Greater(t, c.Versions[i-1].Time, c.Versions[i].Time)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	r := &rows.Row{Touched: 1}
	r.Set("a", rows.Version{Time: 2, Value: plainbuffer.Text("v")})
	f.Add(r.Encode(nil)[checksum.Size:])
	f.Fuzz(func(t *testing.T, content []byte) {
		stored := checksum.Stamp(nil, append(make([]byte, checksum.Size), content...))
		if r, err := rows.Decode(nil, stored); err == nil {
			_, err = rows.Decode(nil, r.Encode(nil))
			require.NoError(t, err)
		}
	})
}
