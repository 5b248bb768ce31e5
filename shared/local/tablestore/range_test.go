package tablestore_test

import (
	"fmt"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"
)

// criteria is a range over an owner's items in the table.
func criteria(table string, from, to *sdk.PrimaryKey, direction sdk.Direction) *sdk.RangeRowQueryCriteria {
	return &sdk.RangeRowQueryCriteria{TableName: table, StartPrimaryKey: from, EndPrimaryKey: to, Direction: direction, MaxVersion: 1}
}

// lowest and highest bound an owner's items.
func lowest(owner string) *sdk.PrimaryKey {
	k := &sdk.PrimaryKey{}
	k.AddPrimaryKeyColumn("owner", owner)
	k.AddPrimaryKeyColumnWithMinValue("item")
	return k
}

func highest(owner string) *sdk.PrimaryKey {
	k := &sdk.PrimaryKey{}
	k.AddPrimaryKeyColumn("owner", owner)
	k.AddPrimaryKeyColumnWithMaxValue("item")
	return k
}

func (f *fixture) scan(c *sdk.RangeRowQueryCriteria) *sdk.GetRangeResponse {
	f.Helper()
	response, err := f.client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: c})
	require.NoError(f, err)
	return response
}

func TestGetRange(t *testing.T) {
	f := start(t)
	f.table("sales")
	for _, item := range []string{"a", "b", "b\x00", "ba", "c"} {
		f.put("sales", key("o", item), "v", item)
	}
	f.put("sales", key("n", "z"))
	f.put("sales", key("p", "a"))

	t.Run("forward takes the start and leaves the end", func(t *testing.T) {
		require.Equal(t, []string{"a", "b", "b\x00", "ba"}, items(f.scan(criteria("sales", key("o", "a"), key("o", "c"), sdk.FORWARD)).Rows))
	})
	t.Run("backward takes the start and leaves the end", func(t *testing.T) {
		require.Equal(t, []string{"c", "ba", "b\x00", "b"}, items(f.scan(criteria("sales", key("o", "c"), key("o", "a"), sdk.BACKWARD)).Rows))
	})
	t.Run("the infinities hold all of a partition key and no more", func(t *testing.T) {
		require.Len(t, f.scan(criteria("sales", lowest("o"), highest("o"), sdk.FORWARD)).Rows, 5)
		require.Len(t, f.scan(criteria("sales", highest("o"), lowest("o"), sdk.BACKWARD)).Rows, 5)
	})
	t.Run("pages follow one another without gap or overlap", func(t *testing.T) {
		for _, direction := range []sdk.Direction{sdk.FORWARD, sdk.BACKWARD} {
			from, to := lowest("o"), highest("o")
			if direction == sdk.BACKWARD {
				from, to = to, from
			}
			c := criteria("sales", from, to, direction)
			c.Limit = 2
			var sizes []int
			for c.StartPrimaryKey != nil {
				page := f.scan(c)
				sizes = append(sizes, len(page.Rows))
				c.StartPrimaryKey = page.NextStartPrimaryKey
			}
			require.Equal(t, []int{2, 2, 1}, sizes)
		}
	})
	t.Run("a limit met exactly leaves no next page", func(t *testing.T) {
		c := criteria("sales", lowest("o"), highest("o"), sdk.FORWARD)
		c.Limit = 5
		require.Nil(t, f.scan(c).NextStartPrimaryKey)
	})
	t.Run("rows without the columns wanted are left out", func(t *testing.T) {
		c := criteria("sales", lowest("n"), highest("o"), sdk.FORWARD)
		c.ColumnsToGet = []string{"v"}
		require.Len(t, f.scan(c).Rows, 5)
	})
	t.Run("a filter leaves rows out", func(t *testing.T) {
		c := criteria("sales", lowest("o"), highest("o"), sdk.FORWARD)
		c.Filter = sdk.NewSingleColumnCondition("v", sdk.CT_GREATER_EQUAL, "ba")
		require.Equal(t, []string{"ba", "c"}, items(f.scan(c).Rows))
	})
	t.Run("bounds the wrong way round are refused", func(t *testing.T) {
		_, err := f.client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: criteria("sales", key("o", "b"), key("o", "a"), sdk.FORWARD)})
		requireCode(t, err, "OTSParameterInvalid", "Begin key must less than end key in FORWARD")
		_, err = f.client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: criteria("sales", key("o", "a"), key("o", "b"), sdk.BACKWARD)})
		requireCode(t, err, "OTSParameterInvalid", "Begin key must more than end key in BACKWARD")
	})
	t.Run("a negative limit is refused", func(t *testing.T) {
		c := criteria("sales", lowest("o"), highest("o"), sdk.FORWARD)
		c.Limit = -1
		_, err := f.client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: c})
		requireCode(t, err, "OTSParameterInvalid", "The limit must be greater than 0.")
	})
}

func TestGetRangePagesBySize(t *testing.T) {
	f := start(t)
	f.table("sales")
	for i := range 6 {
		f.put("sales", key("o", fmt.Sprint(i)), "x", make([]byte, 1<<20))
	}
	c := criteria("sales", lowest("o"), highest("o"), sdk.FORWARD)
	page := f.scan(c)
	require.Len(t, page.Rows, 3)
	c.StartPrimaryKey = page.NextStartPrimaryKey
	require.Equal(t, []string{"3", "4", "5"}, items(f.scan(c).Rows))
}

func TestKeysOfEveryTypeSort(t *testing.T) {
	f := start(t)
	meta := &sdk.TableMeta{TableName: "mixed"}
	meta.AddPrimaryKeyColumn("i", sdk.PrimaryKeyType_INTEGER)
	meta.AddPrimaryKeyColumn("x", sdk.PrimaryKeyType_BINARY)
	f.create(meta)
	for _, i := range []int64{5, -1, -1 << 63, 1<<63 - 1, 0} {
		k := &sdk.PrimaryKey{}
		k.AddPrimaryKeyColumn("i", i)
		k.AddPrimaryKeyColumn("x", []byte{0, 0xFF})
		f.put("mixed", k)
	}
	from, to := &sdk.PrimaryKey{}, &sdk.PrimaryKey{}
	from.AddPrimaryKeyColumnWithMinValue("i")
	from.AddPrimaryKeyColumnWithMinValue("x")
	to.AddPrimaryKeyColumnWithMaxValue("i")
	to.AddPrimaryKeyColumnWithMaxValue("x")
	var order []int64
	for _, row := range f.scan(criteria("mixed", from, to, sdk.FORWARD)).Rows {
		order = append(order, row.PrimaryKey.PrimaryKeys[0].Value.(int64))
		require.Equal(t, []byte{0, 0xFF}, row.PrimaryKey.PrimaryKeys[1].Value)
	}
	require.Equal(t, []int64{-1 << 63, -1, 0, 5, 1<<63 - 1}, order)
}
