package tablestore_test

import (
	"fmt"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestoretest"
)

func transactional(r *sdk.CreateTableRequest) { r.EnableLocalTxn = ptr(true) }

// impatient has clients give up on a locked row at once.
func (f *fixture) impatient() *fixture {
	config := sdk.NewDefaultTableStoreConfig()
	config.RetryTimes = 0
	f.client = sdk.NewClientWithConfig(f.store.URL, "local", "local", "local", "", config)
	return f
}

func (f *fixture) tryBegin(table, owner string) (*string, error) {
	k := &sdk.PrimaryKey{}
	k.AddPrimaryKeyColumn("owner", owner)
	response, err := f.client.StartLocalTransaction(&sdk.StartLocalTransactionRequest{TableName: table, PrimaryKey: k})
	if err != nil {
		return nil, err
	}
	return response.TransactionId, nil
}

func (f *fixture) begin(table, owner string) *string {
	f.Helper()
	id, err := f.tryBegin(table, owner)
	require.NoError(f, err)
	return id
}

func (f *fixture) putIn(id *string, table string, k *sdk.PrimaryKey, expect sdk.RowExistenceExpectation, columns ...any) error {
	change := putChange(table, k, expect, columns...)
	change.TransactionId = id
	_, err := f.client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
	return err
}

func (f *fixture) commit(id *string) error {
	_, err := f.client.CommitTransaction(&sdk.CommitTransactionRequest{TransactionId: id})
	return err
}

func (f *fixture) abort(id *string) error {
	_, err := f.client.AbortTransaction(&sdk.AbortTransactionRequest{TransactionId: id})
	return err
}

func (f *fixture) itemsIn(id *string, table, owner string) []string {
	f.Helper()
	c := criteria(table, lowest(owner), highest(owner), sdk.FORWARD)
	c.TransactionId = id
	return items(f.scan(c).Rows)
}

func TestTransactions(t *testing.T) {
	f := start(t).impatient()
	f.table("sales", transactional)

	t.Run("writes are seen inside at once and outside after the commit", func(t *testing.T) {
		f.put("sales", key("o", "b"), "v", "old")
		id := f.begin("sales", "o")
		require.NoError(t, f.putIn(id, "sales", key("o", "a"), mustMiss))
		require.NoError(t, f.putIn(id, "sales", key("o", "b"), mustBe, "v", "new"))
		require.Equal(t, []string{"a", "b"}, f.itemsIn(id, "sales", "o"))
		require.Equal(t, []string{"b"}, f.itemsIn(nil, "sales", "o"))
		require.Equal(t, map[string]any{"v": "old"}, f.get("sales", key("o", "b")))
		require.NoError(t, f.commit(id))
		require.Equal(t, []string{"a", "b"}, f.itemsIn(nil, "sales", "o"))
		require.Equal(t, map[string]any{"v": "new"}, f.get("sales", key("o", "b")))
	})
	t.Run("an aborted transaction leaves nothing", func(t *testing.T) {
		id := f.begin("sales", "o")
		require.NoError(t, f.putIn(id, "sales", key("o", "never"), ignore))
		require.NoError(t, f.abort(id))
		require.Nil(t, f.get("sales", key("o", "never")))
		require.NoError(t, f.tryPut("sales", key("o", "b"), ignore), "the lock is gone")
	})
	t.Run("the partition key is locked against everybody else", func(t *testing.T) {
		id := f.begin("sales", "o")
		requireCode(t, f.tryPut("sales", key("o", "x"), ignore), "OTSRowOperationConflict", "Data is being modified by the other request.")
		_, err := f.tryBegin("sales", "o")
		requireCode(t, err, "OTSRowOperationConflict")
		results := f.batch(false, putChange("sales", key("o", "x"), ignore), putChange("sales", key("p", "x"), ignore))
		require.Equal(t, "OTSRowOperationConflict", results[0].Error.Code)
		require.True(t, results[1].IsSucceed, "other partition keys are free")
		require.NoError(t, f.abort(id))
	})
	t.Run("a failed condition leaves the transaction alive", func(t *testing.T) {
		id := f.begin("sales", "o")
		requireCode(t, f.putIn(id, "sales", key("o", "absent"), mustBe), mustFail)
		require.NoError(t, f.putIn(id, "sales", key("o", "after"), ignore))
		require.NoError(t, f.commit(id))
		require.NotNil(t, f.get("sales", key("o", "after")))
	})
	t.Run("another partition key is out of scope", func(t *testing.T) {
		id := f.begin("sales", "o")
		requireCode(t, f.putIn(id, "sales", key("q", "x"), ignore), "OTSDataOutOfRange", "Data out of scope of transaction. Transaction PartKey:o. Data PartKey:q")
		c := criteria("sales", lowest("o"), highest("q"), sdk.FORWARD)
		c.TransactionId = id
		_, err := f.client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: c})
		requireCode(t, err, "OTSDataOutOfRange")
		require.NoError(t, f.abort(id))
	})
	t.Run("a finished transaction is no more", func(t *testing.T) {
		id := f.begin("sales", "o")
		require.NoError(t, f.commit(id))
		requireCode(t, f.commit(id), "OTSSessionNotExist", "Session not exist or may be timeout.")
		requireCode(t, f.abort(id), "OTSSessionNotExist")
		requireCode(t, f.putIn(id, "sales", key("o", "x"), ignore), "OTSSessionNotExist")
	})
	t.Run("an id that is none is refused", func(t *testing.T) {
		requireCode(t, f.commit(ptr("nonsense")), "OTSParameterInvalid", "TransactionID is invalid.")
	})
	t.Run("only the partition key can be locked", func(t *testing.T) {
		_, err := f.client.StartLocalTransaction(&sdk.StartLocalTransactionRequest{TableName: "sales", PrimaryKey: key("o", "1")})
		requireCode(t, err, "OTSParameterInvalid", "StartLocalTransaction support only one primary key.")
	})
	t.Run("a table without transactions has none", func(t *testing.T) {
		f.table("plain")
		_, err := f.tryBegin("plain", "o")
		requireCode(t, err, "OTSParameterInvalid", "Try to call method using explicit transaction on explicit-transaction-disabled table.")
	})
	t.Run("more than 4 MiB are refused and leave the transaction alive", func(t *testing.T) {
		id := f.begin("sales", "big")
		for i := range 3 {
			require.NoError(t, f.putIn(id, "sales", key("big", fmt.Sprint(i)), ignore, "x", make([]byte, 1<<20), "y", make([]byte, 1<<18)))
		}
		requireCode(t, f.putIn(id, "sales", key("big", "3"), ignore, "x", make([]byte, 1<<20)), "OTSOutOfTransactionDataSizeLimit")
		require.NoError(t, f.commit(id))
		require.NotNil(t, f.get("sales", key("big", "2")))
		require.Nil(t, f.get("sales", key("big", "3")))
	})
	t.Run("deleting the table ends its transactions", func(t *testing.T) {
		f.table("brief", transactional)
		id := f.begin("brief", "o")
		_, err := f.client.DeleteTable(&sdk.DeleteTableRequest{TableName: "brief"})
		require.NoError(t, err)
		requireCode(t, f.commit(id), "OTSSessionNotExist")
	})
}

func TestTransactionsExpire(t *testing.T) {
	now := newClock()
	f := start(t, on(now))
	f.table("sales", transactional)
	t.Run("after a minute without use", func(t *testing.T) {
		id := f.begin("sales", "o")
		now.turn(61 * time.Second)
		require.NoError(t, f.tryPut("sales", key("o", "1"), ignore), "the lock is gone")
		requireCode(t, f.commit(id), "OTSSessionNotExist")
	})
	t.Run("a minute after the start, used or not", func(t *testing.T) {
		id := f.begin("sales", "o")
		now.turn(40 * time.Second)
		require.NoError(t, f.putIn(id, "sales", key("o", "2"), ignore))
		now.turn(21 * time.Second)
		requireCode(t, f.putIn(id, "sales", key("o", "3"), ignore), "OTSSessionNotExist")
		require.Nil(t, f.get("sales", key("o", "2")))
	})
}

func TestBatchesJoinTransactions(t *testing.T) {
	f := start(t)
	f.table("sales", transactional)
	id := f.begin("sales", "o")
	body, err := proto.Marshal(&otsprotocol.BatchWriteRowRequest{TransactionId: id, Tables: []*otsprotocol.TableInBatchWriteRowRequest{{
		TableName: proto.String("sales"),
		Rows: []*otsprotocol.RowInBatchWriteRowRequest{{
			Type:      otsprotocol.OperationType_PUT.Enum(),
			RowChange: putChange("sales", key("o", "1"), ignore).Serialize(),
			Condition: &otsprotocol.Condition{RowExistence: otsprotocol.RowExistenceExpectation_IGNORE.Enum()},
		}},
	}}})
	require.NoError(t, err)
	response, _ := post(t, f.store.URL, "BatchWriteRow", body, nil)
	require.Equal(t, 200, response.StatusCode)
	require.Nil(t, f.get("sales", key("o", "1")))
	require.NoError(t, f.commit(id))
	require.NotNil(t, f.get("sales", key("o", "1")))
}

func TestTransactionsKeepIndexesInStep(t *testing.T) {
	f := start(t, tablestoretest.Durable())
	f.table("sales", indexed, transactional)
	f.put("sales", key("a", "1"), "shard", "s", "due", int64(1))
	id := f.begin("sales", "a")
	require.NoError(t, f.putIn(id, "sales", key("a", "1"), ignore, "shard", "s", "due", int64(2)))
	require.Equal(t, []string{"1 a/1 <nil>"}, f.due("sales_by_due", "s"))
	require.NoError(t, f.commit(id))
	require.Equal(t, []string{"2 a/1 <nil>"}, f.due("sales_by_due", "s"))
}
