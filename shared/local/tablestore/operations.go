package tablestore

import (
	"context"

	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/ots"
)

// operation decodes a request, does what it asks for, and returns the answer.
type operation func(ctx context.Context, c *call, body []byte) (proto.Message, error)

// operations are the operations served, by the name that is their path.
func operations() map[string]operation {
	return map[string]operation{
		"CreateTable":              typed((*call).createTable),
		"ListTable":                typed((*call).listTable),
		"DescribeTable":            typed((*call).describeTable),
		"UpdateTable":              typed((*call).updateTable),
		"DeleteTable":              typed((*call).deleteTable),
		"CreateIndex":              typed((*call).createIndex),
		"DropIndex":                typed((*call).dropIndex),
		"AddDefinedColumn":         typed((*call).addDefinedColumn),
		"DeleteDefinedColumn":      typed((*call).deleteDefinedColumn),
		"GetRow":                   typed((*call).getRow),
		"PutRow":                   typed((*call).putRow),
		"UpdateRow":                typed((*call).updateRow),
		"DeleteRow":                typed((*call).deleteRow),
		"BatchGetRow":              typed((*call).batchGetRow),
		"BatchWriteRow":            typed((*call).batchWriteRow),
		"StartLocalTransaction":    typed((*call).startTransaction),
		"CommitTransaction":        typed((*call).commitTransaction),
		"AbortTransaction":         typed((*call).abortTransaction),
		"ComputeSplitPointsBySize": typed((*call).computeSplitPoints),
		"ListSearchIndex":          typed((*call).listSearchIndex),
		"ListTimeseriesTable":      typed((*call).listTimeseriesTable),
		"GetRange":                 typed((*call).getRange),
		"BulkImport":               typed((*call).bulkImport),
		"BulkExport":               typed((*call).bulkExport),
	}
}

// typed makes an operation of a method that takes its request decoded.
func typed[M any, Request interface {
	*M
	proto.Message
}](run func(*call, Request) (proto.Message, error)) operation {
	return func(ctx context.Context, c *call, body []byte) (proto.Message, error) {
		request := Request(new(M))
		if err := proto.Unmarshal(body, request); err != nil {
			return nil, ots.Invalid("Failed to parse the request: %v.", err)
		}
		if err := c.before(ctx, request); err != nil {
			return nil, err
		}
		return run(c, request)
	}
}

// unsupported refuses an operation, with a reason where the service has it.
func unsupported(name string) error {
	switch name {
	case "Search", "CreateSearchIndex", "UpdateSearchIndex", "DeleteSearchIndex", "DescribeSearchIndex", "ParallelScan", "ComputeSplits":
		return ots.Errorf(ots.UnsupportedOperation, "Unsupported operation: %s. This server has no search indexes.", name)
	case "SQLQuery":
		return ots.Errorf(ots.UnsupportedOperation, "Unsupported operation: %s. This server has no SQL.", name)
	case "ListStream", "DescribeStream", "GetShardIterator", "GetStreamRecord":
		return ots.Errorf(ots.UnsupportedOperation, "Unsupported operation: %s. This server has no streams.", name)
	}
	return ots.Errorf(ots.UnsupportedOperation, "Unsupported operation: %s.", name)
}
