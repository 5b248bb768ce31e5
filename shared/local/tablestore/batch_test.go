package tablestore_test

import (
	"fmt"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"
)

func (f *fixture) batch(atomic bool, changes ...sdk.RowChange) []sdk.RowResult {
	f.Helper()
	results, err := f.tryBatch(atomic, changes...)
	require.NoError(f, err)
	return results
}

// tryBatch returns the outcomes of the rows of the first change's table.
func (f *fixture) tryBatch(atomic bool, changes ...sdk.RowChange) ([]sdk.RowResult, error) {
	request := &sdk.BatchWriteRowRequest{IsAtomic: atomic}
	for _, c := range changes {
		request.AddRowChange(c)
	}
	response, err := f.client.BatchWriteRow(request)
	if err != nil {
		return nil, err
	}
	return response.TableToRowsResult[changes[0].GetTableName()], nil
}

func TestAtomicBatches(t *testing.T) {
	f := start(t)
	f.table("sales")
	f.put("sales", key("o", "account"), "balance", int64(100))

	t.Run("put, update and delete commit together", func(t *testing.T) {
		f.put("sales", key("o", "old"), "a", "1")
		update := updateChange("sales", key("o", "account"))
		update.IncrementColumn("balance", -10)
		remove := &sdk.DeleteRowChange{TableName: "sales", PrimaryKey: key("o", "old")}
		remove.SetCondition(mustBe)
		for _, r := range f.batch(true, update, putChange("sales", key("o", "order"), mustMiss, "n", int64(1)), remove) {
			require.True(t, r.IsSucceed, r.Error)
		}
		require.Equal(t, map[string]any{"balance": int64(90)}, f.get("sales", key("o", "account")))
		require.NotNil(t, f.get("sales", key("o", "order")))
		require.Nil(t, f.get("sales", key("o", "old")))
	})
	t.Run("a failed condition leaves every row as it was and fails all alike", func(t *testing.T) {
		update := updateChange("sales", key("o", "account"))
		update.PutColumn("balance", int64(0))
		results := f.batch(true, update, putChange("sales", key("o", "order"), mustMiss), putChange("sales", key("o", "new"), ignore))
		require.Len(t, results, 3)
		for _, r := range results {
			require.False(t, r.IsSucceed)
			require.Equal(t, mustFail, r.Error.Code)
		}
		require.Equal(t, map[string]any{"balance": int64(90)}, f.get("sales", key("o", "account")))
		require.Nil(t, f.get("sales", key("o", "new")))
	})
	t.Run("two partition keys fail every row", func(t *testing.T) {
		results := f.batch(true, putChange("sales", key("o", "p1"), ignore), putChange("sales", key("other", "p2"), ignore))
		for _, r := range results {
			require.False(t, r.IsSucceed)
			require.Equal(t, "OTSDataOutOfRange", r.Error.Code)
			require.Equal(t, "Data out of scope of atomic. Atomic PartKey:o. Data PartKey:other", r.Error.Message)
		}
		require.Nil(t, f.get("sales", key("o", "p1")))
	})
	t.Run("a later row sees an earlier one of the same key", func(t *testing.T) {
		results := f.batch(true, putChange("sales", key("o", "twice"), mustMiss, "n", int64(1)), putChange("sales", key("o", "twice"), mustBe, "n", int64(2)))
		for _, r := range results {
			require.True(t, r.IsSucceed, r.Error)
		}
		require.Equal(t, map[string]any{"n": int64(2)}, f.get("sales", key("o", "twice")))
	})
	t.Run("each table of an atomic batch is atomic for itself", func(t *testing.T) {
		f.table("audit")
		request := &sdk.BatchWriteRowRequest{IsAtomic: true}
		request.AddRowChange(putChange("audit", key("a", "1"), ignore))
		request.AddRowChange(putChange("sales", key("o", "account"), mustMiss))
		response, err := f.client.BatchWriteRow(request)
		require.NoError(t, err)
		require.True(t, response.TableToRowsResult["audit"][0].IsSucceed)
		require.False(t, response.TableToRowsResult["sales"][0].IsSucceed)
	})
}

func TestPlainBatches(t *testing.T) {
	f := start(t)
	f.table("sales")

	t.Run("every row has its own outcome", func(t *testing.T) {
		f.put("sales", key("o", "taken"), "a", "1")
		wrong := &sdk.PrimaryKey{}
		wrong.AddPrimaryKeyColumn("owner", "o")
		wrong.AddPrimaryKeyColumn("item", int64(1))
		results := f.batch(false,
			putChange("sales", key("o", "one"), mustMiss),
			putChange("sales", key("o", "taken"), mustMiss),
			putChange("sales", wrong, ignore),
			putChange("sales", key("other", "two"), ignore))
		require.Equal(t, []bool{true, false, false, true}, []bool{results[0].IsSucceed, results[1].IsSucceed, results[2].IsSucceed, results[3].IsSucceed})
		require.Equal(t, mustFail, results[1].Error.Code)
		require.Equal(t, "OTSInvalidPK", results[2].Error.Code)
		require.Equal(t, "Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING.", results[2].Error.Message)
		require.NotNil(t, f.get("sales", key("other", "two")))
	})
	t.Run("200 rows are taken, 201 refused", func(t *testing.T) {
		var changes []sdk.RowChange
		for i := range 201 {
			changes = append(changes, putChange("sales", key("many", fmt.Sprint(i)), ignore))
		}
		f.batch(false, changes[:200]...)
		_, err := f.tryBatch(false, changes...)
		requireCode(t, err, "OTSParameterInvalid", "Rows count exceeds the upper limit: 200.")
	})
	t.Run("more than 4 MiB are refused", func(t *testing.T) {
		big := make([]byte, 1<<20)
		var changes []sdk.RowChange
		for i := range 4 {
			changes = append(changes, putChange("sales", key("big", fmt.Sprint(i)), ignore, "x", big))
		}
		_, err := f.tryBatch(false, changes...)
		requireCode(t, err, "OTSParameterInvalid")
	})
	t.Run("a missing table fails the whole request", func(t *testing.T) {
		_, err := f.tryBatch(false, putChange("sales", key("o", "whole"), ignore), putChange("nowhere", key("o", "x"), ignore))
		requireCode(t, err, "OTSObjectNotExist", "Requested table does not exist.")
		require.Nil(t, f.get("sales", key("o", "whole")))
	})
	t.Run("an empty batch is refused", func(t *testing.T) {
		_, err := f.client.BatchWriteRow(&sdk.BatchWriteRowRequest{})
		requireCode(t, err, "OTSParameterInvalid", "No row is specified in BatchWriteRow.")
	})
}

func TestBatchGetRow(t *testing.T) {
	f := start(t)
	f.table("sales")
	f.table("audit")
	f.put("sales", key("o", "1"), "a", "x", "b", "y")
	f.put("audit", key("o", "2"), "c", "z")

	ask := func(table string, keys ...*sdk.PrimaryKey) *sdk.MultiRowQueryCriteria {
		c := &sdk.MultiRowQueryCriteria{TableName: table, MaxVersion: 1}
		for _, k := range keys {
			c.AddRow(k)
		}
		return c
	}
	t.Run("rows come back in the order asked, absent ones empty", func(t *testing.T) {
		request := &sdk.BatchGetRowRequest{}
		request.MultiRowQueryCriteria = append(request.MultiRowQueryCriteria,
			ask("sales", key("o", "none"), key("o", "1")), ask("audit", key("o", "2")))
		response, err := f.client.BatchGetRow(request)
		require.NoError(t, err)
		sales := response.TableToRowsResult["sales"]
		require.Empty(t, sales[0].PrimaryKey.PrimaryKeys)
		require.Equal(t, map[string]any{"a": "x", "b": "y"}, columnsOf(sales[1].Columns))
		require.Equal(t, map[string]any{"c": "z"}, columnsOf(response.TableToRowsResult["audit"][0].Columns))
		require.Equal(t, 1, f.store.Requests("BatchGetRow"))
	})
	t.Run("only the columns asked for come back", func(t *testing.T) {
		c := ask("sales", key("o", "1"))
		c.ColumnsToGet = []string{"b"}
		response, err := f.client.BatchGetRow(&sdk.BatchGetRowRequest{MultiRowQueryCriteria: []*sdk.MultiRowQueryCriteria{c}})
		require.NoError(t, err)
		require.Equal(t, map[string]any{"b": "y"}, columnsOf(response.TableToRowsResult["sales"][0].Columns))
	})
	t.Run("more than 100 rows are refused", func(t *testing.T) {
		var keys []*sdk.PrimaryKey
		for i := range 101 {
			keys = append(keys, key("o", fmt.Sprint(i)))
		}
		_, err := f.client.BatchGetRow(&sdk.BatchGetRowRequest{MultiRowQueryCriteria: []*sdk.MultiRowQueryCriteria{ask("sales", keys...)}})
		requireCode(t, err, "OTSParameterInvalid")
	})
}
