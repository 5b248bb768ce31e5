package tablestoretest_test

import (
	"testing"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"aegis/shared/local/tablestore/tablestoretest"
)

// A test of yours starts a store of its own and speaks to it with the official SDK.
func ExampleStart() {
	_ = func(t *testing.T) {
		s := tablestoretest.Start(t)
		meta := &tablestore.TableMeta{TableName: "greetings"}
		meta.AddPrimaryKeyColumn("name", tablestore.PrimaryKeyType_STRING)

		_, err := s.Client().CreateTable(&tablestore.CreateTableRequest{
			TableMeta: meta, TableOption: tablestore.NewTableOption(-1, 1), ReservedThroughput: &tablestore.ReservedThroughput{},
		})
		if err != nil || s.Requests("CreateTable") != 1 {
			t.Fatal(err)
		}
	}
}
