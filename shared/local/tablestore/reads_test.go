package tablestore_test

import (
	"fmt"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"
)

// names are the columns a GetRow with the criteria returns, in order.
func (f *fixture) names(change func(*sdk.SingleRowQueryCriteria)) []string {
	f.Helper()
	c := &sdk.SingleRowQueryCriteria{TableName: "sales", PrimaryKey: key("o", "1"), MaxVersion: 1}
	change(c)
	response, err := f.client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: c})
	require.NoError(f, err)
	found := []string{}
	for _, column := range response.Columns {
		found = append(found, column.ColumnName)
	}
	return found
}

func TestParts(t *testing.T) {
	f := start(t)
	f.table("sales")
	f.put("sales", key("o", "1"), "d", "4", "b", "2", "a", "1", "c", "3")

	for name, c := range map[string]struct {
		change func(*sdk.SingleRowQueryCriteria)
		want   []string
	}{
		"columns come by name":             {func(*sdk.SingleRowQueryCriteria) {}, []string{"a", "b", "c", "d"}},
		"only those asked for":             {func(c *sdk.SingleRowQueryCriteria) { c.ColumnsToGet = []string{"d", "b", "none"} }, []string{"b", "d"}},
		"from a start, inclusive":          {func(c *sdk.SingleRowQueryCriteria) { c.StartColumn = ptr("b") }, []string{"b", "c", "d"}},
		"to an end, exclusive":             {func(c *sdk.SingleRowQueryCriteria) { c.EndColumn = ptr("c") }, []string{"a", "b"}},
		"a page of them":                   {func(c *sdk.SingleRowQueryCriteria) { c.Filter = &sdk.PaginationFilter{Offset: 1, Limit: 2} }, []string{"b", "c"}},
		"none of a row that is filtered":   {func(c *sdk.SingleRowQueryCriteria) { c.Filter = sdk.NewSingleColumnCondition("a", sdk.CT_EQUAL, "2") }, []string{}},
		"all of a row that is let through": {func(c *sdk.SingleRowQueryCriteria) { c.Filter = sdk.NewSingleColumnCondition("a", sdk.CT_EQUAL, "1") }, []string{"a", "b", "c", "d"}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, f.names(c.change)) })
	}
	t.Run("a row without the columns asked for is an empty answer", func(t *testing.T) {
		response, err := f.client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: &sdk.SingleRowQueryCriteria{
			TableName: "sales", PrimaryKey: key("o", "1"), MaxVersion: 1, ColumnsToGet: []string{"none"},
		}})
		require.NoError(t, err)
		require.Empty(t, response.PrimaryKey.PrimaryKeys)
	})
	t.Run("one time and a number of versions exclude each other", func(t *testing.T) {
		_, err := f.client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: &sdk.SingleRowQueryCriteria{
			TableName: "sales", PrimaryKey: key("o", "1"), MaxVersion: 1, TimeRange: &sdk.TimeRange{Specific: 1},
		}})
		requireCode(t, err, "OTSParameterInvalid")
	})
	t.Run("a put returns its key if asked to", func(t *testing.T) {
		change := putChange("sales", key("o", "2"), ignore)
		change.SetReturnPk()
		response, err := f.client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
		require.NoError(t, err)
		require.Equal(t, "2", response.PrimaryKey.PrimaryKeys[1].Value)
	})
}

func TestMatricesHoldWhatPlainRowsDo(t *testing.T) {
	f := start(t)
	f.table("sales")
	f.put("sales", key("o", "1"), "s", "text", "i", int64(1), "d", 2.5, "b", true, "x", []byte{0, 1})
	f.put("sales", key("o", "2"), "i", int64(2))
	ask := func(as sdk.DataBlockType) *sdk.GetRangeResponse {
		c := criteria("sales", lowest("o"), highest("o"), sdk.FORWARD)
		c.ColumnsToGet = []string{"s", "i", "d", "b", "x"}
		c.DataBlockType = as
		return f.scan(c)
	}
	plain, matrix := ask(sdk.PlainBuffer), ask(sdk.SimpleRowMatrix)
	require.Equal(t, sdk.SimpleRowMatrix, matrix.DataBlockType)
	require.Equal(t, items(plain.Rows), items(matrix.Rows))
	for i := range plain.Rows {
		require.Equal(t, columnsOf(plain.Rows[i].Columns), columnsOf(matrix.Rows[i].Columns))
	}
}

func TestSplitPointsCutTheTable(t *testing.T) {
	f := start(t)
	f.table("sales")
	for i := range 10 {
		f.put("sales", key(fmt.Sprint(i), "1"), "x", make([]byte, 400<<10))
	}
	response, err := f.client.ComputeSplitPointsBySize(&sdk.ComputeSplitPointsBySizeRequest{TableName: "sales", SplitSize: 1, SplitSizeUnitInByte: ptr(int64(1 << 20))})
	require.NoError(t, err)
	rows := 0
	for _, split := range response.Splits {
		rows += len(f.scan(criteria("sales", split.LowerBound, split.UpperBound, sdk.FORWARD)).Rows)
	}
	require.Len(t, response.Splits, 4)
	require.Equal(t, 10, rows, "every row is in one split")
}

func TestCapacityUnits(t *testing.T) {
	f := start(t)
	f.table("sales")
	put := func(expect sdk.RowExistenceExpectation, size int) *sdk.ConsumedCapacityUnit {
		response, err := f.client.PutRow(&sdk.PutRowRequest{PutRowChange: putChange("sales", key("o", "1"), expect, "x", make([]byte, size))})
		require.NoError(t, err)
		return response.ConsumedCapacityUnit
	}
	get := func(item string) int32 {
		response, err := f.client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: &sdk.SingleRowQueryCriteria{TableName: "sales", PrimaryKey: key("o", item), MaxVersion: 1}})
		require.NoError(t, err)
		return response.ConsumedCapacityUnit.Read
	}
	const around = len("owner") + len("o") + len("item") + len("1") + len("x")
	require.Equal(t, &sdk.ConsumedCapacityUnit{Write: 1}, put(ignore, 4096-around))
	require.EqualValues(t, 1, get("1"))
	require.Equal(t, &sdk.ConsumedCapacityUnit{Write: 2}, put(ignore, 4096-around+1))
	require.EqualValues(t, 2, get("1"))
	require.Equal(t, &sdk.ConsumedCapacityUnit{Read: 1, Write: 1}, put(mustBe, 1), "a condition reads")
	require.EqualValues(t, 1, get("absent"))

	put(ignore, 3000)
	_, err := f.client.PutRow(&sdk.PutRowRequest{PutRowChange: putChange("sales", key("o", "2"), ignore, "x", make([]byte, 3000))})
	require.NoError(t, err)
	c := criteria("sales", lowest("o"), highest("o"), sdk.FORWARD)
	c.Filter = sdk.NewSingleColumnCondition("x", sdk.CT_EQUAL, "none")
	require.EqualValues(t, 2, f.scan(c).ConsumedCapacityUnit.Read, "rows that the filter leaves out are read")
}
