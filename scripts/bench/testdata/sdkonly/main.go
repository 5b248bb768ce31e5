// Command sdkonly is the floor of a new order: a handler that makes its three
// requests with the Tablestore SDK alone, with fixed content, and nothing else.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func main() {
	client := tablestore.NewClient(os.Getenv("TABLESTORE_ENDPOINT"), os.Getenv("TABLESTORE_INSTANCE"), "local", "local")
	fc.Start(func(_ context.Context, event json.RawMessage) (json.RawMessage, error) {
		return event, order(client, fmt.Sprint(time.Now().UnixNano()))
	})
}

// order records a nonce, reads two rows meanwhile, and then writes three rows of the
// size of an account, an order and a token.
func order(client *tablestore.TableStoreClient, id string) error {
	nonce := make(chan error, 1)
	go func() {
		_, err := client.PutRow(&tablestore.PutRowRequest{PutRowChange: put("nonces", []string{"nonce"}, []string{id}, 1)})
		nonce <- err
	}()

	read := &tablestore.MultiRowQueryCriteria{TableName: "sales", MaxVersion: 1}
	read.AddRow(primaryKey([]string{"owner", "item"}, []string{"00:1", "token/" + id}))
	read.AddRow(primaryKey([]string{"owner", "item"}, []string{"00:1", "account"}))
	_, err := client.BatchGetRow(&tablestore.BatchGetRowRequest{MultiRowQueryCriteria: []*tablestore.MultiRowQueryCriteria{read}})
	if err := errors.Join(err, <-nonce); err != nil {
		return err
	}

	commit := &tablestore.BatchWriteRowRequest{IsAtomic: true}
	for _, kind := range []string{"token/", "order/", "account/"} {
		commit.AddRowChange(put("sales", []string{"owner", "item"}, []string{"00:1", kind + id}, 14))
	}
	_, err = client.BatchWriteRow(commit)
	return err
}

func put(table string, names, values []string, columns int) *tablestore.PutRowChange {
	row := &tablestore.PutRowChange{TableName: table, PrimaryKey: primaryKey(names, values)}
	row.SetCondition(tablestore.RowExistenceExpectation_EXPECT_NOT_EXIST)
	row.AddColumn("parameters", strings.Repeat("x", 100))
	for i := range columns {
		row.AddColumn(fmt.Sprint("column_", i), int64(i))
	}
	return row
}

func primaryKey(names, values []string) *tablestore.PrimaryKey {
	key := &tablestore.PrimaryKey{}
	for i, name := range names {
		key.AddPrimaryKeyColumn(name, values[i])
	}
	return key
}
