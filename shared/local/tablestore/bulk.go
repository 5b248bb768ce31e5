package tablestore

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
)

// The Go SDK lacks the messages of BulkImport and BulkExport, which the Java
// SDK has. These are theirs, field by field.

type bulkImportRequest struct {
	TableName *string          `protobuf:"bytes,1,req,name=table_name"`
	Rows      []*bulkImportRow `protobuf:"bytes,2,rep,name=rows"`
}

type bulkImportRow struct {
	Type      *otsprotocol.OperationType `protobuf:"varint,1,req,name=type,enum=otsprotocol.OperationType"`
	RowChange []byte                     `protobuf:"bytes,2,req,name=row_change"`
}

type bulkImportResponse struct {
	TableName *string           `protobuf:"bytes,1,req,name=table_name"`
	Rows      []*bulkRowOutcome `protobuf:"bytes,2,rep,name=rows"`
}

type bulkRowOutcome struct {
	IsOk     *bool                         `protobuf:"varint,1,req,name=is_ok"`
	Error    *otsprotocol.Error            `protobuf:"bytes,2,opt,name=error"`
	Consumed *otsprotocol.ConsumedCapacity `protobuf:"bytes,3,opt,name=consumed"`
}

type bulkExportRequest struct {
	TableName                *string                    `protobuf:"bytes,1,req,name=table_name"`
	ColumnsToGet             []string                   `protobuf:"bytes,2,rep,name=columns_to_get"`
	InclusiveStartPrimaryKey []byte                     `protobuf:"bytes,3,req,name=inclusive_start_primary_key"`
	ExclusiveEndPrimaryKey   []byte                     `protobuf:"bytes,4,req,name=exclusive_end_primary_key"`
	Filter                   []byte                     `protobuf:"bytes,5,opt,name=filter"`
	DataBlockTypeHint        *otsprotocol.DataBlockType `protobuf:"varint,6,opt,name=data_block_type_hint,enum=otsprotocol.DataBlockType"`
}

type bulkExportResponse struct {
	Consumed            *otsprotocol.ConsumedCapacity `protobuf:"bytes,1,req,name=consumed"`
	Rows                []byte                        `protobuf:"bytes,2,req,name=rows"`
	NextStartPrimaryKey []byte                        `protobuf:"bytes,3,opt,name=next_start_primary_key"`
	DataBlockType       *otsprotocol.DataBlockType    `protobuf:"varint,4,opt,name=data_block_type,enum=otsprotocol.DataBlockType"`
}

func (m *bulkImportRequest) Reset()         { *m = bulkImportRequest{} }
func (m *bulkImportRequest) String() string { return proto.CompactTextString(m) }
func (*bulkImportRequest) ProtoMessage()    {}

func (m *bulkImportRow) Reset()         { *m = bulkImportRow{} }
func (m *bulkImportRow) String() string { return proto.CompactTextString(m) }
func (*bulkImportRow) ProtoMessage()    {}

func (m *bulkImportResponse) Reset()         { *m = bulkImportResponse{} }
func (m *bulkImportResponse) String() string { return proto.CompactTextString(m) }
func (*bulkImportResponse) ProtoMessage()    {}

func (m *bulkRowOutcome) Reset()         { *m = bulkRowOutcome{} }
func (m *bulkRowOutcome) String() string { return proto.CompactTextString(m) }
func (*bulkRowOutcome) ProtoMessage()    {}

func (m *bulkExportRequest) Reset()         { *m = bulkExportRequest{} }
func (m *bulkExportRequest) String() string { return proto.CompactTextString(m) }
func (*bulkExportRequest) ProtoMessage()    {}

func (m *bulkExportResponse) Reset()         { *m = bulkExportResponse{} }
func (m *bulkExportResponse) String() string { return proto.CompactTextString(m) }
func (*bulkExportResponse) ProtoMessage()    {}

// GetTableName is how faults find the table.
func (m *bulkImportRequest) GetTableName() string { return deref(m.TableName) }

// GetTableName is how faults find the table.
func (m *bulkExportRequest) GetTableName() string { return deref(m.TableName) }

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// bulkImport writes rows as a BatchWriteRow of one table does, without
// conditions.
func (c *request) bulkImport(r *bulkImportRequest) (proto.Message, error) {
	batch := tableBatch{table: r.GetTableName()}
	size := 0
	for _, row := range r.Rows {
		if row.Type == nil {
			return nil, ots.Invalid("A row of BulkImport has no operation type.")
		}
		ch, err := c.newChange(batch.table, wireChange{kind: *row.Type, row: row.RowChange, condition: &otsprotocol.Condition{
			RowExistence: otsprotocol.RowExistenceExpectation_IGNORE.Enum(),
		}})
		if err != nil {
			return nil, err
		}
		size += ch.size()
		batch.changes = append(batch.changes, ch)
	}
	if err := checkBulk(len(batch.changes), size); err != nil {
		return nil, err
	}

	var outcomes []outcome
	err := c.commit(nil, batch.changes, func(tx *engine.Tx) error {
		for _, ch := range batch.changes {
			outcomes = append(outcomes, c.apply(tx, ch))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.answerBulk(batch, outcomes), nil
}

func checkBulk(rows, size int) error {
	switch {
	case rows == 0:
		return ots.Invalid("No row is specified in BulkImport.")
	case rows > maxBatchWriteRows:
		return ots.Invalid("Rows count exceeds the upper limit: %d.", maxBatchWriteRows)
	case size > maxBatchWriteBytes:
		return ots.Invalid("The total data size of BulkImport request exceeds the limit, limit size: %d, data size: %d.", maxBatchWriteBytes, size)
	}
	return nil
}

func (c *request) answerBulk(batch tableBatch, outcomes []outcome) *bulkImportResponse {
	answer := &bulkImportResponse{TableName: proto.String(batch.table)}
	for _, row := range c.answerBatch(batch, outcomes).Rows {
		answer.Rows = append(answer.Rows, &bulkRowOutcome{IsOk: row.IsOk, Error: row.Error, Consumed: row.Consumed})
	}
	return answer
}

// bulkExport reads a page as GetRange does, the newest version of each column.
func (c *request) bulkExport(r *bulkExportRequest) (proto.Message, error) {
	hint := otsprotocol.DataBlockType_DBT_SIMPLE_ROW_MATRIX
	if r.DataBlockTypeHint != nil {
		hint = *r.DataBlockTypeHint
	}

	answer, err := c.getRange(&otsprotocol.GetRangeRequest{
		TableName: r.TableName, Direction: otsprotocol.Direction_FORWARD.Enum(), ColumnsToGet: r.ColumnsToGet,
		MaxVersions: proto.Int32(1), Filter: r.Filter, DataBlockTypeHint: &hint,
		InclusiveStartPrimaryKey: r.InclusiveStartPrimaryKey, ExclusiveEndPrimaryKey: r.ExclusiveEndPrimaryKey,
	})
	if err != nil {
		return nil, err
	}

	page := answer.(*otsprotocol.GetRangeResponse)
	return &bulkExportResponse{
		Consumed: page.Consumed, Rows: page.Rows, NextStartPrimaryKey: page.NextStartPrimaryKey, DataBlockType: page.DataBlockType,
	}, nil
}
