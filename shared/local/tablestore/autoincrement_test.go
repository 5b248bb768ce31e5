package tablestore_test

import (
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestoretest"
)

func TestGeneratedKeys(t *testing.T) {
	f := start(t, tablestoretest.Durable())
	meta := &sdk.TableMeta{TableName: "log"}
	meta.AddPrimaryKeyColumn("owner", sdk.PrimaryKeyType_STRING)
	meta.AddPrimaryKeyColumnOption("seq", sdk.PrimaryKeyType_INTEGER, sdk.AUTO_INCREMENT)
	f.create(meta)

	last := int64(0)
	add := func() {
		k := &sdk.PrimaryKey{}
		k.AddPrimaryKeyColumn("owner", "o")
		k.AddPrimaryKeyColumnWithAutoIncrement("seq")
		change := putChange("log", k, ignore, "v", "x")
		change.SetReturnPk()
		response, err := f.client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
		require.NoError(t, err)
		seq := response.PrimaryKey.PrimaryKeys[1].Value.(int64)
		require.Greater(t, seq, last)
		last = seq

		k = &sdk.PrimaryKey{}
		k.AddPrimaryKeyColumn("owner", "o")
		k.AddPrimaryKeyColumn("seq", seq)
		require.NotNil(t, f.get("log", k))
		require.NoError(t, f.tryDelete("log", k, mustBe))
	}
	add()
	add()
	f.store.Restart()
	add()

	t.Run("only where the table says so", func(t *testing.T) {
		f.table("sales")
		k := &sdk.PrimaryKey{}
		k.AddPrimaryKeyColumn("owner", "o")
		k.AddPrimaryKeyColumnWithAutoIncrement("item")
		requireCode(t, f.tryPut("sales", k, ignore), "OTSInvalidPK")
	})
	t.Run("never the partition key", func(t *testing.T) {
		meta := &sdk.TableMeta{TableName: "bad"}
		meta.AddPrimaryKeyColumnOption("seq", sdk.PrimaryKeyType_INTEGER, sdk.AUTO_INCREMENT)
		requireCode(t, f.tryCreate(meta), "OTSParameterInvalid")
	})
}
