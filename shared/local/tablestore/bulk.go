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
	IsOk     *bool              `protobuf:"varint,1,req,name=is_ok"`
	Error    *otsprotocol.Error `protobuf:"bytes,2,opt,name=error"`
	Consumed *bulkConsumed      `protobuf:"bytes,3,opt,name=consumed"`
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
	Consumed            *bulkConsumed              `protobuf:"bytes,1,req,name=consumed"`
	Rows                []byte                     `protobuf:"bytes,2,req,name=rows"`
	NextStartPrimaryKey []byte                     `protobuf:"bytes,3,opt,name=next_start_primary_key"`
	DataBlockType       *otsprotocol.DataBlockType `protobuf:"varint,4,opt,name=data_block_type,enum=otsprotocol.DataBlockType"`
}

// bulkConsumed is a ConsumedCapacity: bulk operations are counted in bytes
// instead of capacity units.
type bulkConsumed struct {
	CapacityUnit *otsprotocol.CapacityUnit `protobuf:"bytes,1,req,name=capacity_unit"`
	DataSize     *bulkDataSize             `protobuf:"bytes,2,opt,name=capacity_data_size"`
}

type bulkDataSize struct {
	Read  *int64 `protobuf:"varint,1,opt,name=read_size"`
	Write *int64 `protobuf:"varint,2,opt,name=write_size"`
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

func (m *bulkConsumed) Reset()         { *m = bulkConsumed{} }
func (m *bulkConsumed) String() string { return proto.CompactTextString(m) }
func (*bulkConsumed) ProtoMessage()    {}

func (m *bulkDataSize) Reset()         { *m = bulkDataSize{} }
func (m *bulkDataSize) String() string { return proto.CompactTextString(m) }
func (*bulkDataSize) ProtoMessage()    {}

// consumedBytes are the numbers of bytes read and written.
func consumedBytes(read, write int) *bulkConsumed {
	return &bulkConsumed{
		CapacityUnit: capacity{}.wire().CapacityUnit,
		DataSize:     &bulkDataSize{Read: proto.Int64(int64(read)), Write: proto.Int64(int64(write))},
	}
}

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
// conditions. A row that cannot be written does not keep the others from it.
func (c *request) bulkImport(r *bulkImportRequest) (proto.Message, error) {
	changes := make([]*change, len(r.Rows))
	outcomes := make([]outcome, len(r.Rows))
	size := 0
	for i, row := range r.Rows {
		if row.Type == nil {
			return nil, ots.Invalid("A row of BulkImport has no operation type.")
		}
		changes[i], outcomes[i].err = c.newChange(r.GetTableName(), wireChange{kind: *row.Type, row: row.RowChange, condition: &otsprotocol.Condition{
			RowExistence: otsprotocol.RowExistenceExpectation_IGNORE.Enum(),
		}})
		if changes[i] != nil {
			size += changes[i].size()
		}
	}
	if err := checkBulk(r.GetTableName(), len(r.Rows), size); err != nil {
		return nil, err
	}

	if err := c.applyBulk(changes, outcomes); err != nil {
		return nil, err
	}
	return c.answerBulk(r.GetTableName(), changes, outcomes), nil
}

// applyBulk writes the changes there are, and notes what becomes of each.
func (c *request) applyBulk(changes []*change, outcomes []outcome) error {
	return c.engine.Update(func(tx *engine.Tx) error {
		for i, ch := range changes {
			if ch != nil {
				outcomes[i] = c.apply(tx, ch)
			}
		}
		return nil
	})
}

func checkBulk(table string, rows, size int) error {
	switch {
	case rows == 0:
		return ots.Invalid("No operation is specified for table: '%s'.", table)
	case rows > maxBatchWriteRows:
		return ots.Invalid("Rows count exceeds the upper limit: %d.", maxBatchWriteRows)
	case size > maxBatchWriteBytes:
		return ots.Invalid("The total data size of BulkImport request exceeds the limit, limit size: %d, data size: %d.", maxBatchWriteBytes, size)
	}
	return nil
}

func (c *request) answerBulk(table string, changes []*change, outcomes []outcome) *bulkImportResponse {
	answer := &bulkImportResponse{TableName: proto.String(table)}
	for i, row := range c.answerBatch(tableBatch{table: table}, outcomes).Rows {
		written := 0
		if ch := changes[i]; *row.IsOk {
			written = sizeOf(ch.key, false) + sizeOf(ch.cells, false)
		}
		answer.Rows = append(answer.Rows, &bulkRowOutcome{IsOk: row.IsOk, Error: row.Error, Consumed: consumedBytes(0, written)})
	}
	return answer
}

// bulkExport reads a page as GetRange does, the newest version of each column.
// A matrix has only those key columns that are asked for.
func (c *request) bulkExport(r *bulkExportRequest) (proto.Message, error) {
	hint := otsprotocol.DataBlockType_DBT_SIMPLE_ROW_MATRIX
	if r.DataBlockTypeHint != nil {
		hint = *r.DataBlockTypeHint
		if hint == otsprotocol.DataBlockType_DBT_SIMPLE_ROW_MATRIX && len(r.ColumnsToGet) == 0 {
			return nil, ots.Invalid("DBT_SIMPLE_ROW_MATRIX need at least one column to get.")
		}
	}

	matrix := hint == otsprotocol.DataBlockType_DBT_SIMPLE_ROW_MATRIX && len(r.ColumnsToGet) > 0
	page, answer, err := c.readPage(&otsprotocol.GetRangeRequest{
		TableName: r.TableName, Direction: otsprotocol.Direction_FORWARD.Enum(), ColumnsToGet: r.ColumnsToGet,
		MaxVersions: proto.Int32(1), Filter: r.Filter, DataBlockTypeHint: &hint, ReturnEntirePrimaryKeys: proto.Bool(!matrix),
		InclusiveStartPrimaryKey: r.InclusiveStartPrimaryKey, ExclusiveEndPrimaryKey: r.ExclusiveEndPrimaryKey,
	})
	if err != nil {
		return nil, err
	}

	return &bulkExportResponse{
		Consumed: consumedBytes(page.consume, 0), Rows: answer.Rows, NextStartPrimaryKey: answer.NextStartPrimaryKey, DataBlockType: answer.DataBlockType,
	}, nil
}
