package tablestore_test

import (
	"fmt"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestoretest"
)

// byDue indexes a table by its defined columns (shard STRING, due INTEGER) and
// carries the column note.
func byDue(name string) *sdk.IndexMeta {
	meta := &sdk.IndexMeta{IndexName: name}
	meta.AddPrimaryKeyColumn("shard")
	meta.AddPrimaryKeyColumn("due")
	meta.AddDefinedColumn("note")
	return meta
}

func defined(r *sdk.CreateTableRequest) {
	r.TableMeta.AddDefinedColumn("shard", sdk.DefinedColumn_STRING)
	r.TableMeta.AddDefinedColumn("due", sdk.DefinedColumn_INTEGER)
	r.TableMeta.AddDefinedColumn("note", sdk.DefinedColumn_STRING)
}

func indexed(r *sdk.CreateTableRequest) {
	defined(r)
	r.AddIndexMeta(byDue("sales_by_due"))
}

// dueKey is a key of the index; owner and item may be left out at the end,
// where the filler stands.
func dueKey(shard string, due any, filler func(*sdk.PrimaryKey, string)) *sdk.PrimaryKey {
	k := &sdk.PrimaryKey{}
	k.AddPrimaryKeyColumn("shard", shard)
	if due == nil {
		filler(k, "due")
	} else {
		k.AddPrimaryKeyColumn("due", due)
	}
	filler(k, "owner")
	filler(k, "item")
	return k
}

func least(k *sdk.PrimaryKey, name string) { k.AddPrimaryKeyColumnWithMinValue(name) }
func most(k *sdk.PrimaryKey, name string)  { k.AddPrimaryKeyColumnWithMaxValue(name) }

// due is the index's rows of the shard as "due owner/item note".
func (f *fixture) due(index, shard string) []string {
	f.Helper()
	found := []string{}
	for _, row := range f.scan(criteria(index, dueKey(shard, nil, least), dueKey(shard, nil, most), sdk.FORWARD)).Rows {
		k := row.PrimaryKey.PrimaryKeys
		found = append(found, fmt.Sprint(k[1].Value, " ", k[2].Value, "/", k[3].Value, " ", columnsOf(row.Columns)["note"]))
	}
	return found
}

func TestIndexes(t *testing.T) {
	f := start(t, tablestoretest.Durable())
	f.table("sales", indexed)

	t.Run("rows are found by the indexed columns, in their order", func(t *testing.T) {
		f.put("sales", key("b", "1"), "shard", "s", "due", int64(20), "note", "x", "more", "not carried")
		f.put("sales", key("a", "1"), "shard", "s", "due", int64(30), "note", "y")
		f.put("sales", key("c", "1"), "shard", "s", "due", int64(10))
		f.put("sales", key("d", "1"), "shard", "other", "due", int64(10))
		require.Equal(t, []string{"10 c/1 <nil>", "20 b/1 x", "30 a/1 y"}, f.due("sales_by_due", "s"))
	})
	t.Run("a part of the range can be asked for", func(t *testing.T) {
		rows := f.scan(criteria("sales_by_due", dueKey("s", nil, least), dueKey("s", int64(30), least), sdk.FORWARD)).Rows
		require.Len(t, rows, 2)
	})
	t.Run("a row without an indexed column is not in the index", func(t *testing.T) {
		f.put("sales", key("e", "1"), "shard", "s", "note", "no due")
		require.Len(t, f.due("sales_by_due", "s"), 3)
	})
	t.Run("an update moves the entry", func(t *testing.T) {
		change := updateChange("sales", key("a", "1"))
		change.PutColumn("due", int64(5))
		f.update(change)
		require.Equal(t, []string{"5 a/1 y", "10 c/1 <nil>", "20 b/1 x"}, f.due("sales_by_due", "s"))
	})
	t.Run("deleting an indexed column takes the entry away", func(t *testing.T) {
		change := updateChange("sales", key("a", "1"))
		change.DeleteColumn("due")
		f.update(change)
		require.Equal(t, []string{"10 c/1 <nil>", "20 b/1 x"}, f.due("sales_by_due", "s"))
	})
	t.Run("deleting the row takes the entry away", func(t *testing.T) {
		require.NoError(t, f.tryDelete("sales", key("c", "1"), ignore))
		require.Equal(t, []string{"20 b/1 x"}, f.due("sales_by_due", "s"))
	})
	t.Run("a failed atomic batch leaves the index as it was", func(t *testing.T) {
		move := updateChange("sales", key("b", "1"))
		move.PutColumn("due", int64(99))
		f.batch(true, move, putChange("sales", key("b", "2"), mustBe))
		require.Equal(t, []string{"20 b/1 x"}, f.due("sales_by_due", "s"))
	})
	t.Run("an entry can be read like a row", func(t *testing.T) {
		k := &sdk.PrimaryKey{}
		k.AddPrimaryKeyColumn("shard", "s")
		k.AddPrimaryKeyColumn("due", int64(20))
		k.AddPrimaryKeyColumn("owner", "b")
		k.AddPrimaryKeyColumn("item", "1")
		require.Equal(t, map[string]any{"note": "x"}, f.get("sales_by_due", k))
	})
	t.Run("an index cannot be written", func(t *testing.T) {
		requireCode(t, f.tryPut("sales_by_due", dueKey("s", int64(1), func(k *sdk.PrimaryKey, n string) {
			k.AddPrimaryKeyColumn(n, "x")
		}), ignore), "OTSParameterInvalid", "Index table: 'sales_by_due' can not be written.")
	})
	t.Run("an indexed value too long for a key is refused", func(t *testing.T) {
		requireCode(t, f.tryPut("sales", key("x", "1"), ignore, "shard", strings.Repeat("x", 1025), "due", int64(1)), "OTSParameterInvalid")
	})
	t.Run("a value of another type than defined is refused", func(t *testing.T) {
		requireCode(t, f.tryPut("sales", key("x", "1"), ignore, "due", "soon"), "OTSParameterInvalid")
	})
	t.Run("the table describes its indexes, also after a restart", func(t *testing.T) {
		f.store.Restart()
		d, err := f.client.DescribeTable(&sdk.DescribeTableRequest{TableName: "sales"})
		require.NoError(t, err)
		require.Len(t, d.IndexMetas, 1)
		require.Equal(t, []string{"shard", "due"}, d.IndexMetas[0].Primarykey)
		require.Equal(t, []string{"note"}, d.IndexMetas[0].DefinedColumns)
		require.Equal(t, []string{"20 b/1 x"}, f.due("sales_by_due", "s"))
	})
}

func TestIndexesMadeLater(t *testing.T) {
	f := start(t)
	f.table("sales", defined)
	f.put("sales", key("old", "1"), "shard", "s", "due", int64(1))
	for index, base := range map[string]bool{"with_base": true, "without_base": false} {
		_, err := f.client.CreateIndex(&sdk.CreateIndexRequest{MainTableName: "sales", IndexMeta: byDue(index), IncludeBaseData: base})
		require.NoError(t, err)
	}
	f.put("sales", key("new", "1"), "shard", "s", "due", int64(2))
	require.Equal(t, []string{"1 old/1 <nil>", "2 new/1 <nil>"}, f.due("with_base", "s"))
	require.Equal(t, []string{"2 new/1 <nil>"}, f.due("without_base", "s"))

	t.Run("a dropped index is gone, its table is not", func(t *testing.T) {
		_, err := f.client.DeleteIndex(&sdk.DeleteIndexRequest{MainTableName: "sales", IndexName: "with_base"})
		require.NoError(t, err)
		_, err = f.client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: criteria("with_base", dueKey("s", nil, least), dueKey("s", nil, most), sdk.FORWARD)})
		requireCode(t, err, "OTSObjectNotExist")
		require.NotNil(t, f.get("sales", key("old", "1")))
	})
	t.Run("deleting the table takes its indexes along", func(t *testing.T) {
		_, err := f.client.DeleteTable(&sdk.DeleteTableRequest{TableName: "without_base"})
		requireCode(t, err, "OTSParameterInvalid", "'without_base' is an index of table 'sales'.")
		_, err = f.client.DeleteTable(&sdk.DeleteTableRequest{TableName: "sales"})
		require.NoError(t, err)
		f.table("sales", indexed)
		require.Empty(t, f.due("sales_by_due", "s"))
	})
}

func TestIndexesThatCannotBe(t *testing.T) {
	f := start(t)
	f.table("sales", defined)
	try := func(change func(*sdk.IndexMeta)) error {
		meta := byDue("ix")
		change(meta)
		_, err := f.client.CreateIndex(&sdk.CreateIndexRequest{MainTableName: "sales", IndexMeta: meta})
		return err
	}
	for name, change := range map[string]func(*sdk.IndexMeta){
		"on a column that is not defined":     func(m *sdk.IndexMeta) { m.AddPrimaryKeyColumn("absent") },
		"carrying a column that is no column": func(m *sdk.IndexMeta) { m.AddDefinedColumn("absent") },
		"on a column twice":                   func(m *sdk.IndexMeta) { m.AddPrimaryKeyColumn("due") },
		"on no column":                        func(m *sdk.IndexMeta) { m.Primarykey = nil },
		"of a name that is none":              func(m *sdk.IndexMeta) { m.IndexName = "a-b" },
		"local on another partition":          func(m *sdk.IndexMeta) { m.IndexType = sdk.IT_LOCAL_INDEX },
	} {
		t.Run(name, func(t *testing.T) { requireCode(t, try(change), "OTSParameterInvalid") })
	}
	t.Run("named as a table", func(t *testing.T) {
		requireCode(t, try(func(m *sdk.IndexMeta) { m.IndexName = "sales" }), "OTSObjectAlreadyExist")
	})
	t.Run("on a table of several versions", func(t *testing.T) {
		f.table("old", defined, versions(2))
		_, err := f.client.CreateIndex(&sdk.CreateIndexRequest{MainTableName: "old", IndexMeta: byDue("ix")})
		requireCode(t, err, "OTSParameterInvalid")
	})
	t.Run("a sixth", func(t *testing.T) {
		for i := range 5 {
			require.NoError(t, try(func(m *sdk.IndexMeta) { m.IndexName = fmt.Sprint("ix", i) }))
		}
		requireCode(t, try(func(m *sdk.IndexMeta) { m.IndexName = "ix5" }), "OTSParameterInvalid", "Number of index per table exceeds the quota:5.")
	})
	t.Run("an indexed column cannot be undefined", func(t *testing.T) {
		request := &sdk.DeleteDefinedColumnRequest{TableName: "sales", DefinedColumns: []string{"due"}}
		_, err := f.client.DeleteDefinedColumn(request)
		requireCode(t, err, "OTSParameterInvalid", "Defined column: 'due' is used by index: 'ix0'.")
	})
}

func TestDefinedColumnsComeAndGo(t *testing.T) {
	f := start(t)
	f.table("sales")
	add := &sdk.AddDefinedColumnRequest{TableName: "sales"}
	add.AddDefinedColumn("due", sdk.DefinedColumn_INTEGER)
	_, err := f.client.AddDefinedColumn(add)
	require.NoError(t, err)
	requireCode(t, f.tryPut("sales", key("o", "1"), ignore, "due", "soon"), "OTSParameterInvalid")
	_, err = f.client.DeleteDefinedColumn(&sdk.DeleteDefinedColumnRequest{TableName: "sales", DefinedColumns: []string{"due"}})
	require.NoError(t, err)
	f.put("sales", key("o", "1"), "due", "soon")
}
