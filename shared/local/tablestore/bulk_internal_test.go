package tablestore

import (
	"fmt"
	"math"
	"strconv"
	"strings"
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
	require.EqualValues(t, len("k0v")+8, *done.Rows[2].Consumed.DataSize.Write, "bytes, not capacity units")
	require.Zero(t, *done.Rows[2].Consumed.CapacityUnit.Write)

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

	page = bulkExportResponse{}
	require.NoError(t, send(t, s, "BulkExport", &bulkExportRequest{
		TableName: proto.String("sales"), InclusiveStartPrimaryKey: bound(plainbuffer.InfMin), ExclusiveEndPrimaryKey: bound(plainbuffer.InfMax),
	}, &page))
	rows, err = plainbuffer.Decode(page.Rows)
	require.NoError(t, err)
	require.Len(t, rows[0].Key, 1, "without columns and without a wish the rows are whole")

	require.ErrorContains(t, send(t, s, "BulkImport", &bulkImportRequest{TableName: proto.String("sales")}, &done), "No operation is specified for table")
}

func TestTablesAreDescribedAsTheyWereMade(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s, err := Open(Config{Clock: func() time.Time { return now }, LocalTransactions: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()

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

func TestSplitPointsThatCannotBeAreRefused(t *testing.T) {
	s, err := Open(Config{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	long := strings.Repeat("z", 65)
	ten := make([]plainbuffer.Value, 10)
	for i := range ten {
		ten[i] = plainbuffer.Text(strconv.Itoa(i))
	}

	for name, c := range map[string]struct {
		key     otsprotocol.PrimaryKeyType
		points  []plainbuffer.Value
		refusal string
	}{
		"descending":        {otsprotocol.PrimaryKeyType_STRING, []plainbuffer.Value{plainbuffer.Text("m"), plainbuffer.Text("c")}, "The split points must be in ascending order."},
		"of another type":   {otsprotocol.PrimaryKeyType_STRING, []plainbuffer.Value{plainbuffer.Int(1)}, "The value type of partition does not match with primary key."},
		"too many":          {otsprotocol.PrimaryKeyType_STRING, ten, "The count of partitions cannot be greater than 10"},
		"an empty text":     {otsprotocol.PrimaryKeyType_STRING, []plainbuffer.Value{plainbuffer.Text("")}, "The value of partition range can not be empty string."},
		"a long text":       {otsprotocol.PrimaryKeyType_STRING, []plainbuffer.Value{plainbuffer.Text(long)}, "The value of partition range exceeds the MaxLength:64 with CurrentLength:65."},
		"empty bytes":       {otsprotocol.PrimaryKeyType_BINARY, []plainbuffer.Value{{Kind: plainbuffer.Blob}}, "The value of partition range can not be empty binary."},
		"the least integer": {otsprotocol.PrimaryKeyType_INTEGER, []plainbuffer.Value{plainbuffer.Int(math.MinInt64)}, "The value of partition range can not be INT64_MIN or INT64_MAX."},
		"the last integer":  {otsprotocol.PrimaryKeyType_INTEGER, []plainbuffer.Value{plainbuffer.Int(math.MaxInt64)}, "The value of partition range can not be INT64_MIN or INT64_MAX."},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := createRequest(c.points...)
			wrong.TableMeta.PrimaryKey[0].Type = c.key.Enum()
			require.ErrorContains(t, send(t, s, "CreateTable", wrong, &otsprotocol.CreateTableResponse{}), c.refusal)
		})
	}
}

func TestATableThatAsksForNoTransactionsHasNone(t *testing.T) {
	s, err := Open(Config{LocalTransactions: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	asked := createRequest()
	asked.EnableLocalTxn = proto.Bool(false)
	require.NoError(t, send(t, s, "CreateTable", asked, &otsprotocol.CreateTableResponse{}))

	key := plainbuffer.Encode(plainbuffer.Row{Key: []plainbuffer.Cell{cell("k", plainbuffer.Text("x"))}})
	start := &otsprotocol.StartLocalTransactionRequest{TableName: proto.String("sales"), Key: key}
	require.ErrorContains(t, send(t, s, "StartLocalTransaction", start, &otsprotocol.StartLocalTransactionResponse{}), "explicit-transaction-disabled")
}

func TestABulkImportWritesTheRowsThatCanBe(t *testing.T) {
	s, err := Open(Config{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	table := createRequest()
	table.TableMeta.DefinedColumn = []*otsprotocol.DefinedColumnSchema{{Name: proto.String("v"), Type: otsprotocol.DefinedColumnType_DCT_INTEGER.Enum()}}
	require.NoError(t, send(t, s, "CreateTable", table, &otsprotocol.CreateTableResponse{}))
	put := func(key, value plainbuffer.Value) *bulkImportRow {
		row := plainbuffer.Row{Key: []plainbuffer.Cell{cell("k", key)}, Cells: []plainbuffer.Cell{cell("v", value)}}
		return &bulkImportRow{Type: otsprotocol.OperationType_PUT.Enum(), RowChange: plainbuffer.Encode(row)}
	}

	request := &bulkImportRequest{TableName: proto.String("sales"), Rows: []*bulkImportRow{
		put(plainbuffer.Int(1), plainbuffer.Int(1)),
		put(plainbuffer.Text("a"), plainbuffer.Text("no integer")),
		put(plainbuffer.Text("b"), plainbuffer.Int(2)),
	}}
	var done bulkImportResponse
	require.NoError(t, send(t, s, "BulkImport", request, &done))
	require.Equal(t, "Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING.", done.Rows[0].Error.GetMessage())
	require.Equal(t, "Invalid column type for column v expect VT_INTEGER actual VT_STRING", done.Rows[1].Error.GetMessage())
	require.True(t, *done.Rows[2].IsOk)

	request.TableName = proto.String("other")
	done = bulkImportResponse{}
	require.NoError(t, send(t, s, "BulkImport", request, &done))
	require.Equal(t, "Requested table does not exist.", done.Rows[2].Error.GetMessage())

	err = send(t, s, "BulkImport", &bulkImportRequest{TableName: proto.String("sales")}, &done)
	require.ErrorContains(t, err, "No operation is specified for table: 'sales'.")
}

func TestABulkExportsMatrix(t *testing.T) {
	s, err := Open(Config{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, send(t, s, "CreateTable", createRequest(), &otsprotocol.CreateTableResponse{}))
	row := plainbuffer.Row{
		Key:   []plainbuffer.Cell{cell("k", plainbuffer.Text("a"))},
		Cells: []plainbuffer.Cell{cell("v", plainbuffer.Int(1)), cell("w", plainbuffer.Int(2))},
	}
	put := &bulkImportRow{Type: otsprotocol.OperationType_PUT.Enum(), RowChange: plainbuffer.Encode(row)}
	imported := &bulkImportRequest{TableName: proto.String("sales"), Rows: []*bulkImportRow{put}}
	require.NoError(t, send(t, s, "BulkImport", imported, &bulkImportResponse{}))

	bound := func(k plainbuffer.Kind) []byte {
		return plainbuffer.Encode(plainbuffer.Row{Key: []plainbuffer.Cell{cell("k", plainbuffer.Value{Kind: k})}})
	}
	request := &bulkExportRequest{
		TableName: proto.String("sales"), InclusiveStartPrimaryKey: bound(plainbuffer.InfMin), ExclusiveEndPrimaryKey: bound(plainbuffer.InfMax),
		DataBlockTypeHint: otsprotocol.DataBlockType_DBT_SIMPLE_ROW_MATRIX.Enum(), ColumnsToGet: []string{"w", "v"},
	}
	var page bulkExportResponse
	require.NoError(t, send(t, s, "BulkExport", request, &page))
	want := plainbuffer.NewMatrix(nil, []string{"v", "w"}, false)
	want.Append(row)
	require.Equal(t, want.Encode(), page.Rows, "columns by name, and no key column that was not asked for")
	require.EqualValues(t, len("kavw")+16, *page.Consumed.DataSize.Read)

	request.ColumnsToGet = nil
	require.ErrorContains(t, send(t, s, "BulkExport", request, &page), "DBT_SIMPLE_ROW_MATRIX need at least one column to get.")
}
