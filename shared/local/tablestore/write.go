package tablestore

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
)

func (c *request) putRow(r *otsprotocol.PutRowRequest) (proto.Message, error) {
	done, err := c.writeOne(r.GetTableName(), r.TransactionId, wireChange{
		kind: otsprotocol.OperationType_PUT, row: r.Row, condition: r.Condition, content: r.ReturnContent,
	})
	return &otsprotocol.PutRowResponse{Consumed: done.consumed.wire(), Row: done.row}, err
}

func (c *request) updateRow(r *otsprotocol.UpdateRowRequest) (proto.Message, error) {
	done, err := c.writeOne(r.GetTableName(), r.TransactionId, wireChange{
		kind: otsprotocol.OperationType_UPDATE, row: r.RowChange, condition: r.Condition, content: r.ReturnContent,
	})
	return &otsprotocol.UpdateRowResponse{Consumed: done.consumed.wire(), Row: done.row}, err
}

func (c *request) deleteRow(r *otsprotocol.DeleteRowRequest) (proto.Message, error) {
	done, err := c.writeOne(r.GetTableName(), r.TransactionId, wireChange{
		kind: otsprotocol.OperationType_DELETE, row: r.PrimaryKey, condition: r.Condition, content: r.ReturnContent,
	})
	return &otsprotocol.DeleteRowResponse{Consumed: done.consumed.wire(), Row: done.row}, err
}

// writeOne writes a single row, within the transaction if one is named.
func (c *request) writeOne(table string, transaction *string, w wireChange) (outcome, error) {
	ch, err := c.newChange(table, w)
	if err != nil {
		return outcome{}, err
	}
	if size := ch.size(); size > maxRowRequest {
		return outcome{}, ots.Errorf(ots.OutOfRowSizeLimit, "The total data size of single row exceeds the limit, limit size: %d, data size: %d.", maxRowRequest, size)
	}

	var done outcome
	err = c.commit(transaction, []*change{ch}, func(tx *engine.Tx) error {
		done = c.apply(tx, ch)
		return done.err
	})
	c.tally.add(1, done.consumed)
	return done, err
}
