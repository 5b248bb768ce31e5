package plainbuffer_test

import (
	"encoding/hex"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/local/tablestore/internal/plainbuffer"
)

func TestTheSDKsRowsAreRead(t *testing.T) {
	change := &sdk.UpdateRowChange{PrimaryKey: &sdk.PrimaryKey{}}
	change.PrimaryKey.AddPrimaryKeyColumn("k", "key")
	change.PrimaryKey.AddPrimaryKeyColumn("n", int64(-3))
	change.PutColumn("put", 2.5)
	change.PutColumnWithTimestamp("timed", true, 17)
	change.DeleteColumn("all")
	change.DeleteColumnWithTimestamp("one", 18)
	change.IncrementColumn("more", 4)

	row, err := plainbuffer.DecodeOne(change.Serialize())
	require.NoError(t, err)
	require.Equal(t, []plainbuffer.Cell{
		{Name: "k", Value: plainbuffer.Text("key"), HasValue: true},
		{Name: "n", Value: plainbuffer.Int(-3), HasValue: true},
	}, row.Key)
	require.Equal(t, []plainbuffer.Cell{
		{Name: "put", Value: plainbuffer.Float(2.5), HasValue: true},
		{Name: "timed", Value: plainbuffer.Bool(true), HasValue: true, Time: 17, HasTime: true},
		{Name: "all", Op: plainbuffer.DeleteAll},
		{Name: "one", Op: plainbuffer.DeleteOne, Time: 18, HasTime: true},
		{Name: "more", Value: plainbuffer.Int(4), HasValue: true, Op: plainbuffer.Increment},
	}, row.Cells)
	require.Equal(t, change.Serialize(), plainbuffer.Encode(row), "what is read is written alike")
}

func TestDeleteMarkersAreRead(t *testing.T) {
	k := &sdk.PrimaryKey{}
	k.AddPrimaryKeyColumn("k", []byte{0})
	row, err := plainbuffer.DecodeOne(k.Build(true))
	require.NoError(t, err)
	require.True(t, row.Delete)
	require.Equal(t, k.Build(true), plainbuffer.Encode(row))
}

func TestPaddingIsIgnored(t *testing.T) {
	wire := plainbuffer.Encode(plainbuffer.Row{Key: []plainbuffer.Cell{{Name: "k", Value: plainbuffer.Int(1), HasValue: true}}})
	row, err := plainbuffer.DecodeOne(append(wire, 0, 0, 0))
	require.NoError(t, err)
	require.Equal(t, "k", row.Key[0].Name)
}

func TestDamageIsNoticed(t *testing.T) {
	whole := plainbuffer.Encode(plainbuffer.Row{
		Key:   []plainbuffer.Cell{{Name: "k", Value: plainbuffer.Text("v"), HasValue: true}},
		Cells: []plainbuffer.Cell{{Name: "c", Value: plainbuffer.Int(1), HasValue: true, Time: 5, HasTime: true}},
	})
	for i := range whole {
		for bit := range 8 {
			damaged := append([]byte(nil), whole...)
			damaged[i] ^= 1 << bit
			_, err := plainbuffer.DecodeOne(damaged)
			require.Error(t, err, "bit %d of byte %d in %s", bit, i, hex.EncodeToString(whole))
		}
	}
	for n := 1; n < len(whole); n++ {
		_, err := plainbuffer.DecodeOne(whole[:n])
		require.Error(t, err, "%d bytes of %d", n, len(whole))
	}
}

// values draws any value an attribute can have.
func values() *rapid.Generator[plainbuffer.Value] {
	return rapid.OneOf(
		rapid.Map(rapid.Int64(), plainbuffer.Int),
		rapid.Map(rapid.Float64(), plainbuffer.Float),
		rapid.Map(rapid.Bool(), plainbuffer.Bool),
		rapid.Map(rapid.String(), plainbuffer.Text),
		rapid.Map(rapid.SliceOf(rapid.Byte()), plainbuffer.Binary),
	)
}

func TestValuesSurviveBothForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := values().Draw(t, "value")
		bare, err := plainbuffer.DecodeValue(plainbuffer.AppendValue(nil, v))
		require.NoError(t, err)
		require.True(t, plainbuffer.Equal(v, bare))
		compact, rest, ok := plainbuffer.ReadCompact(append(plainbuffer.AppendCompact(nil, v), 'x'))
		require.True(t, ok)
		require.Equal(t, []byte("x"), rest)
		require.True(t, plainbuffer.Equal(v, compact))
	})
}

func FuzzDecode(f *testing.F) {
	k := &sdk.PrimaryKey{}
	k.AddPrimaryKeyColumn("k", "v")
	k.AddPrimaryKeyColumnWithMaxValue("m")
	f.Add(k.Build(true))
	change := &sdk.PutRowChange{PrimaryKey: k}
	change.AddColumn("c", []byte{1, 2})
	f.Add(change.Serialize())
	f.Add([]byte{0x75, 0, 0, 0, 1, 3, 4, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, wire []byte) {
		rows, err := plainbuffer.Decode(wire)
		if err != nil {
			return
		}
		again := plainbuffer.AppendHeader(nil)
		for _, row := range rows {
			again = plainbuffer.AppendRow(again, row)
		}
		reread, err := plainbuffer.Decode(again)
		require.NoError(t, err)
		require.Equal(t, len(rows), len(reread))
	})
}

// The Java SDK checks the matrix's last byte against all bytes before it.
func TestAMatrixsChecksumCoversItsTag(t *testing.T) {
	encoded := plainbuffer.NewMatrix(nil, []string{"v"}, false).Encode()
	body, sum := encoded[:len(encoded)-1], encoded[len(encoded)-1]

	var crc byte
	for _, b := range body { // CRC-8, polynomial x^8 + x^2 + x + 1
		crc ^= b
		for range 8 {
			if crc&0x80 != 0 {
				crc = crc<<1 ^ 0x07
			} else {
				crc <<= 1
			}
		}
	}
	require.Equal(t, crc, sum)
}
