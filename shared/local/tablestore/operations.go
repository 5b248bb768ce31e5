package tablestore

import (
	"context"

	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/ots"
)

// operation decodes a request, does what it asks for, and returns the answer.
type operation func(ctx context.Context, c *request, body []byte) (proto.Message, error)

// operations are the operations served, by the name that is their path.
func operations() map[string]operation {
	return map[string]operation{
		"CreateTable":              typed((*request).createTable),
		"ListTable":                typed((*request).listTable),
		"DescribeTable":            typed((*request).describeTable),
		"UpdateTable":              typed((*request).updateTable),
		"DeleteTable":              typed((*request).deleteTable),
		"CreateIndex":              typed((*request).createIndex),
		"DropIndex":                typed((*request).dropIndex),
		"AddDefinedColumn":         typed((*request).addDefinedColumn),
		"DeleteDefinedColumn":      typed((*request).deleteDefinedColumn),
		"GetRow":                   typed((*request).getRow),
		"PutRow":                   typed((*request).putRow),
		"UpdateRow":                typed((*request).updateRow),
		"DeleteRow":                typed((*request).deleteRow),
		"BatchGetRow":              typed((*request).batchGetRow),
		"BatchWriteRow":            typed((*request).batchWriteRow),
		"StartLocalTransaction":    typed((*request).startTransaction),
		"CommitTransaction":        typed((*request).commitTransaction),
		"AbortTransaction":         typed((*request).abortTransaction),
		"ComputeSplitPointsBySize": typed((*request).computeSplitPoints),
		"ListSearchIndex":          typed((*request).listSearchIndex),
		"ListTimeseriesTable":      typed((*request).listTimeseriesTable),
		"GetRange":                 typed((*request).getRange),
		"BulkImport":               typed((*request).bulkImport),
		"BulkExport":               typed((*request).bulkExport),
	}
}

// typed makes an operation of a method that takes its request decoded.
func typed[M any, Request interface {
	*M
	proto.Message
}](run func(*request, Request) (proto.Message, error)) operation {
	return func(ctx context.Context, c *request, body []byte) (proto.Message, error) {
		message := Request(new(M))
		if err := proto.Unmarshal(body, message); err != nil {
			return nil, ots.Invalid("Failed to parse the message: %v.", err)
		}
		if c.observe != nil {
			c.tally.tables = tablesOf(message)
		}
		if err := c.injectBefore(ctx, message); err != nil {
			return nil, err
		}
		return run(c, message)
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
