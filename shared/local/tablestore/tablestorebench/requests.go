package tablestorebench

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
)

const table = "bench"

// value is what is written: 300 bytes.
func value() []byte { return bytes.Repeat([]byte("x"), 300) }

// shuffle spreads consecutive numbers, so that keys come in no order.
func shuffle(n int) uint32 { return uint32(n) * 2654435761 }

// owner is the partition key of a measurement's n-th row.
func owner(run, n int) string { return fmt.Sprintf("%08x-%d", shuffle(n), run) }

func rowKey(owner, item string) *sdk.PrimaryKey {
	k := &sdk.PrimaryKey{}
	k.AddPrimaryKeyColumn("owner", owner)
	k.AddPrimaryKeyColumn("item", item)
	return k
}

func condition(e otsprotocol.RowExistenceExpectation) *otsprotocol.Condition {
	return &otsprotocol.Condition{RowExistence: e.Enum()}
}

const (
	mustNotExist = otsprotocol.RowExistenceExpectation_EXPECT_NOT_EXIST
	mustExist    = otsprotocol.RowExistenceExpectation_EXPECT_EXIST
)

func putRow(k *sdk.PrimaryKey) []byte {
	change := &sdk.PutRowChange{PrimaryKey: k}
	change.AddColumn("value", value())
	return change.Serialize()
}

// PutRow is a signed conditional PutRow of a new row of 300 bytes.
func PutRow(run, n int) []byte {
	return signed("PutRow", &otsprotocol.PutRowRequest{
		TableName: proto.String(table), Row: putRow(rowKey(owner(run, n), "row")), Condition: condition(mustNotExist),
	})
}

// UpdateRow is a signed conditional UpdateRow of a row that is there.
func UpdateRow(run, n int) []byte {
	change := &sdk.UpdateRowChange{PrimaryKey: rowKey(owner(prepared, n%preparedRows), "row")}
	change.PutColumn("value", value())
	return signed("UpdateRow", &otsprotocol.UpdateRowRequest{
		TableName: proto.String(table), RowChange: change.Serialize(), Condition: condition(mustExist),
	})
}

// GetRow is a signed GetRow of a row that is there.
func GetRow(run, n int) []byte {
	return signed("GetRow", &otsprotocol.GetRowRequest{
		TableName: proto.String(table), PrimaryKey: rowKey(owner(prepared, n%preparedRows), "row").Build(false), MaxVersions: proto.Int32(1),
	})
}

// AtomicBatch is a signed atomic BatchWriteRow of three new rows.
func AtomicBatch(run, n int) []byte {
	rows := &otsprotocol.TableInBatchWriteRowRequest{TableName: proto.String(table)}
	for _, item := range []string{"account", "order", "token"} {
		rows.Rows = append(rows.Rows, &otsprotocol.RowInBatchWriteRowRequest{
			Type: otsprotocol.OperationType_PUT.Enum(), RowChange: putRow(rowKey("b"+owner(run, n), item)), Condition: condition(mustNotExist),
		})
	}
	return signed("BatchWriteRow", &otsprotocol.BatchWriteRowRequest{IsAtomic: proto.Bool(true), Tables: []*otsprotocol.TableInBatchWriteRowRequest{rows}})
}

// signed is the whole HTTP request for an operation.
func signed(operation string, message proto.Message) []byte {
	body, err := proto.Marshal(message)
	if err != nil {
		panic(fmt.Sprint("a request that cannot be encoded: ", err)) // a mistake in this file
	}

	sum := md5.Sum(body)
	headers := "x-ots-accesskeyid:local\nx-ots-apiversion:2015-12-31\nx-ots-contentmd5:" + base64.StdEncoding.EncodeToString(sum[:]) +
		"\nx-ots-date:" + time.Now().UTC().Format("2006-01-02T15:04:05.000Z") + "\nx-ots-instancename:local\n"
	mac := hmac.New(sha1.New, []byte("local"))
	mac.Write([]byte("/" + operation + "\nPOST\n\n" + headers))
	var request bytes.Buffer
	fmt.Fprintf(&request, "POST /%s HTTP/1.1\r\nHost: local\r\nContent-Length: %d\r\nx-ots-signature: %s\r\n", operation, len(body), base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	request.Write(bytes.ReplaceAll([]byte(headers), []byte("\n"), []byte("\r\n")))
	request.WriteString("\r\n")
	request.Write(body)
	return request.Bytes()
}

// Rows that are there before measuring belong to the measurement prepared.
const (
	prepared     = -1
	preparedRows = 1000
)

func startTablestore(ctx context.Context, o Options) (*server, error) {
	s, err := startChild(ctx, o, "tablestore")
	if err != nil {
		return nil, err
	}
	s.workloads = []workload{{"PutRow", PutRow}, {"UpdateRow", UpdateRow}, {"GetRow", GetRow}, {"atomic batch of 3", AtomicBatch}}
	client := sdk.NewClient("http://"+s.address, "local", "local", "local")
	return s, Prepare(client, max(o.Rows, preparedRows))
}

// Prepare makes the table and so many rows in it.
func Prepare(client *sdk.TableStoreClient, rows int) error {
	meta := &sdk.TableMeta{TableName: table}
	meta.AddPrimaryKeyColumn("owner", sdk.PrimaryKeyType_STRING)
	meta.AddPrimaryKeyColumn("item", sdk.PrimaryKeyType_STRING)
	if _, err := client.CreateTable(&sdk.CreateTableRequest{
		TableMeta: meta, TableOption: &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}, ReservedThroughput: &sdk.ReservedThroughput{},
	}); err != nil {
		return fmt.Errorf("make the table: %w", err)
	}

	for n := 0; n < rows; n += 200 {
		batch := &sdk.BatchWriteRowRequest{}
		for i := n; i < min(rows, n+200); i++ {
			change := &sdk.PutRowChange{TableName: table, PrimaryKey: rowKey(owner(prepared, i), "row")}
			change.AddColumn("value", value())
			change.SetCondition(sdk.RowExistenceExpectation_IGNORE)
			batch.AddRowChange(change)
		}
		if _, err := client.BatchWriteRow(batch); err != nil {
			return fmt.Errorf("fill the table: %w", err)
		}
	}

	return nil
}
