package tablestore

import (
	"fmt"
	"testing"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// The Go SDK cannot send these requests: they are made here, and run without
// the transport.
func send(t *testing.T, s *Server, operation string, asked, answer proto.Message) error {
	t.Helper()
	body, err := proto.Marshal(asked)
	require.NoError(t, err)
	c := &request{Server: s, instance: "local", operation: operation, now: s.clock(), tally: new(tally)}
	message, err := s.operations[operation](t.Context(), c, body)
	if err != nil {
		return err
	}
	sent, err := proto.Marshal(message)
	require.NoError(t, err)
	require.NoError(t, proto.Unmarshal(sent, answer))
	return nil
}

func cell(name string, v plainbuffer.Value) plainbuffer.Cell {
	return plainbuffer.Cell{Name: name, Value: v, HasValue: true}
}

func createRequest(splits ...plainbuffer.Value) *otsprotocol.CreateTableRequest {
	r := &otsprotocol.CreateTableRequest{
		TableMeta: &otsprotocol.TableMeta{TableName: proto.String("sales"), PrimaryKey: []*otsprotocol.PrimaryKeySchema{
			{Name: proto.String("k"), Type: otsprotocol.PrimaryKeyType_STRING.Enum()},
		}},
		ReservedThroughput: &otsprotocol.ReservedThroughput{CapacityUnit: &otsprotocol.CapacityUnit{}},
	}
	begin := plainbuffer.Value{Kind: plainbuffer.InfMin}
	for _, end := range append(splits, plainbuffer.Value{Kind: plainbuffer.InfMax}) {
		r.Partitions = append(r.Partitions, &otsprotocol.PartitionRange{
			Begin: plainbuffer.AppendValue(nil, begin), End: plainbuffer.AppendValue(nil, end),
		})
		begin = end
	}
	return r
}

func TestBulkImportAndExport(t *testing.T) {
	s, err := Open(Config{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, send(t, s, "CreateTable", createRequest(), &otsprotocol.CreateTableResponse{}))
	request := &bulkImportRequest{TableName: proto.String("sales")}
	for i := range 3 {
		request.Rows = append(request.Rows, &bulkImportRow{Type: otsprotocol.OperationType_PUT.Enum(), RowChange: plainbuffer.Encode(plainbuffer.Row{
			Key: []plainbuffer.Cell{cell("k", plainbuffer.Text(fmt.Sprint(i)))}, Cells: []plainbuffer.Cell{cell("v", plainbuffer.Int(int64(i)))},
		})})
	}
	var done bulkImportResponse
	require.NoError(t, send(t, s, "BulkImport", request, &done))
	require.Len(t, done.Rows, 3)
	require.True(t, *done.Rows[2].IsOk)

	bound := func(k plainbuffer.Kind) []byte {
		return plainbuffer.Encode(plainbuffer.Row{Key: []plainbuffer.Cell{cell("k", plainbuffer.Value{Kind: k})}})
	}
	var page bulkExportResponse
	require.NoError(t, send(t, s, "BulkExport", &bulkExportRequest{
		TableName: proto.String("sales"), InclusiveStartPrimaryKey: bound(plainbuffer.InfMin), ExclusiveEndPrimaryKey: bound(plainbuffer.InfMax),
		DataBlockTypeHint: otsprotocol.DataBlockType_DBT_PLAIN_BUFFER.Enum(),
	}, &page))
	rows, err := plainbuffer.Decode(page.Rows)
	require.NoError(t, err)
	require.Len(t, rows, 3)

	require.ErrorContains(t, send(t, s, "BulkImport", &bulkImportRequest{TableName: proto.String("sales")}, &done), "No row")
}

func TestTablesAreDescribedAsTheyWereMade(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s, err := Open(Config{Clock: func() time.Time { return now }, LocalTransactions: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	wrong := createRequest(plainbuffer.Text("m"), plainbuffer.Text("c"))
	require.ErrorContains(t, send(t, s, "CreateTable", wrong, &otsprotocol.CreateTableResponse{}), "ascending")
	wrong = createRequest(plainbuffer.Int(1))
	require.ErrorContains(t, send(t, s, "CreateTable", wrong, &otsprotocol.CreateTableResponse{}), "type")

	require.NoError(t, send(t, s, "CreateTable", createRequest(plainbuffer.Text("c"), plainbuffer.Text("m")), &otsprotocol.CreateTableResponse{}))
	var found otsprotocol.DescribeTableResponse
	require.NoError(t, send(t, s, "DescribeTable", &otsprotocol.DescribeTableRequest{TableName: proto.String("sales")}, &found))
	require.Len(t, found.ShardSplits, 2)
	second, err := plainbuffer.DecodeOne(found.ShardSplits[1])
	require.NoError(t, err)
	require.Equal(t, "m", string(second.Key[0].Value.Bytes))
	require.Equal(t, append([]byte{9 << 3}, proto.EncodeVarint(uint64(now.UnixMicro()))...), found.XXX_unrecognized)

	key := plainbuffer.Encode(plainbuffer.Row{Key: []plainbuffer.Cell{cell("k", plainbuffer.Text("x"))}})
	require.NoError(t, send(t, s, "StartLocalTransaction", &otsprotocol.StartLocalTransactionRequest{TableName: proto.String("sales"), Key: key}, &otsprotocol.StartLocalTransactionResponse{}),
		"allowed although the request did not ask for it")
}
