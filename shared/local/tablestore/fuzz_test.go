package tablestore_test

import (
	"bytes"
	"crypto/md5"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestoretest"
)

// signed is a request that passes authentication, whatever its body.
func signed(operation string, body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/"+operation, bytes.NewReader(body))
	sum := md5.Sum(body)
	r.Header.Set("x-ots-date", time.Now().UTC().Format(time.RFC3339))
	r.Header.Set("x-ots-apiversion", "2015-12-31")
	r.Header.Set("x-ots-accesskeyid", "local")
	r.Header.Set("x-ots-instancename", "local")
	r.Header.Set("x-ots-contentmd5", base64Of(sum[:]))
	r.Header.Set("x-ots-signature", hmacOf("local", "/"+operation+"\nPOST\n\n"+strings.Join(otsLines(r.Header), "\n")+"\n"))
	return r
}

func FuzzRequests(f *testing.F) {
	store := tablestoretest.Start(f)
	meta := &sdk.TableMeta{TableName: "t"}
	meta.AddPrimaryKeyColumn("k", sdk.PrimaryKeyType_STRING)
	_, err := store.Client().CreateTable(&sdk.CreateTableRequest{
		TableMeta: meta, TableOption: &sdk.TableOption{TimeToAlive: -1, MaxVersion: 2}, ReservedThroughput: &sdk.ReservedThroughput{},
	})
	require.NoError(f, err)
	for operation, message := range samples() {
		body, err := proto.Marshal(message)
		require.NoError(f, err)
		f.Add(operation, body)
	}
	f.Fuzz(func(t *testing.T, operation string, body []byte) {
		if strings.ContainsAny(operation, " /?#%") || !isPrintable(operation) {
			t.Skip("not a path")
		}
		answer := httptest.NewRecorder()
		store.Server().ServeHTTP(answer, signed(operation, body))
		require.Less(t, answer.Code, 500, answer.Body.String())
	})
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// samples is a valid request for every operation that takes a row, a key or a
// condition apart.
func samples() map[string]proto.Message {
	k := &sdk.PrimaryKey{}
	k.AddPrimaryKeyColumn("k", "v")
	low, high := &sdk.PrimaryKey{}, &sdk.PrimaryKey{}
	low.AddPrimaryKeyColumnWithMinValue("k")
	high.AddPrimaryKeyColumnWithMaxValue("k")
	put := &sdk.PutRowChange{PrimaryKey: k}
	put.AddColumn("c", int64(1))
	update := &sdk.UpdateRowChange{PrimaryKey: k}
	update.IncrementColumn("c", 1)
	either := sdk.NewCompositeColumnCondition(sdk.LO_OR)
	either.AddFilter(sdk.NewSingleColumnCondition("c", sdk.CT_EQUAL, int64(1)))
	either.AddFilter(sdk.NewSingleColumnCondition("d", sdk.CT_EQUAL, "x"))
	when := &otsprotocol.Condition{
		RowExistence: otsprotocol.RowExistenceExpectation_IGNORE.Enum(), ColumnCondition: either.Serialize(),
	}
	t := proto.String("t")
	return map[string]proto.Message{
		"PutRow":    &otsprotocol.PutRowRequest{TableName: t, Row: put.Serialize(), Condition: when},
		"UpdateRow": &otsprotocol.UpdateRowRequest{TableName: t, RowChange: update.Serialize(), Condition: when},
		"DeleteRow": &otsprotocol.DeleteRowRequest{TableName: t, PrimaryKey: k.Build(true), Condition: when},
		"GetRow":    &otsprotocol.GetRowRequest{TableName: t, PrimaryKey: k.Build(false), MaxVersions: proto.Int32(1), Filter: either.Serialize()},
		"GetRange": &otsprotocol.GetRangeRequest{
			TableName: t, Direction: otsprotocol.Direction_FORWARD.Enum(), MaxVersions: proto.Int32(1),
			InclusiveStartPrimaryKey: low.Build(false), ExclusiveEndPrimaryKey: high.Build(false),
		},
		"BatchWriteRow": &otsprotocol.BatchWriteRowRequest{IsAtomic: proto.Bool(true), Tables: []*otsprotocol.TableInBatchWriteRowRequest{{
			TableName: t,
			Rows:      []*otsprotocol.RowInBatchWriteRowRequest{{Type: otsprotocol.OperationType_PUT.Enum(), RowChange: put.Serialize(), Condition: when}},
		}}},
		"BatchGetRow": &otsprotocol.BatchGetRowRequest{Tables: []*otsprotocol.TableInBatchGetRowRequest{{
			TableName: t, PrimaryKey: [][]byte{k.Build(false)}, MaxVersions: proto.Int32(1),
		}}},
	}
}
