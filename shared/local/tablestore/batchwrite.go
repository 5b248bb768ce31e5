package tablestore

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

const (
	maxBatchWriteRows  = 200
	maxBatchWriteBytes = 4 << 20
)

// batchWriteRow writes rows each on its own, or a table's rows all or none.
// Both answer success, with every row's own outcome: in an atomic table that
// failed, all rows carry the same error, so that an SDK that sends failed rows
// again sends all of them.
func (c *request) batchWriteRow(r *otsprotocol.BatchWriteRowRequest) (proto.Message, error) {
	batch, err := c.newBatch(r)
	if err != nil {
		return nil, err
	}

	response := &otsprotocol.BatchWriteRowResponse{}
	if r.GetIsAtomic() {
		err = c.writeAtomic(r.TransactionId, batch, response)
	} else {
		err = c.writeEach(r.TransactionId, batch, response)
	}

	return response, err
}

// tableBatch is the part of a batch that goes to one table.
type tableBatch struct {
	table   string
	changes []*change
}

func (c *request) newBatch(r *otsprotocol.BatchWriteRowRequest) ([]tableBatch, error) {
	if err := checkBatch(r); err != nil {
		return nil, err
	}

	size := 0
	batch := make([]tableBatch, len(r.Tables))
	for i, t := range r.Tables {
		batch[i].table = t.GetTableName()
		for _, row := range t.Rows {
			ch, err := c.newChange(t.GetTableName(), wireChange{
				kind: row.GetType(), row: row.RowChange, condition: row.Condition, content: row.ReturnContent,
			})
			if err != nil {
				return nil, err
			}
			size += ch.size()
			batch[i].changes = append(batch[i].changes, ch)
		}
	}

	if size > maxBatchWriteBytes {
		return nil, ots.Invalid("The total data size of BatchWriteRow request exceeds the limit, limit size: %d, data size: %d.", maxBatchWriteBytes, size)
	}
	return batch, nil
}

func checkBatch(r *otsprotocol.BatchWriteRowRequest) error {
	if len(r.Tables) == 0 {
		return ots.Invalid("No row is specified in BatchWriteRow.")
	}

	count := 0
	seen := make(map[string]bool, len(r.Tables))
	for _, t := range r.Tables {
		if len(t.Rows) == 0 {
			return ots.Invalid("No operation is specified for table: '%s'.", t.GetTableName())
		}
		if seen[t.GetTableName()] {
			return ots.Invalid("Duplicated table name: '%s'.", t.GetTableName())
		}
		seen[t.GetTableName()] = true
		count += len(t.Rows)
	}

	if count > maxBatchWriteRows {
		return ots.Invalid("Rows count exceeds the upper limit: %d.", maxBatchWriteRows)
	}
	return nil
}

// writeEach writes every row on its own, all in one commit.
func (c *request) writeEach(transaction *string, batch []tableBatch, response *otsprotocol.BatchWriteRowResponse) error {
	var all []*change
	for _, b := range batch {
		all = append(all, b.changes...)
	}

	outcomes := make([][]outcome, len(batch))
	err := c.commit(transaction, all, func(tx *engine.Tx) error {
		for i, b := range batch {
			for _, ch := range b.changes {
				outcomes[i] = append(outcomes[i], c.apply(tx, ch))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}

	for i, b := range batch {
		response.Tables = append(response.Tables, c.answerBatch(b, outcomes[i]))
	}
	return nil
}

// writeAtomic writes a table's rows all or none, one table after the other.
func (c *request) writeAtomic(transaction *string, batch []tableBatch, response *otsprotocol.BatchWriteRowResponse) error {
	for _, b := range batch {
		outcomes := make([]outcome, len(b.changes))
		var refused error
		err := c.commit(transaction, b.changes, func(tx *engine.Tx) error {
			refused = c.applyAll(tx, b.changes, outcomes)
			return refused
		})
		if err != nil && refused == nil {
			return err
		}
		if refused != nil {
			for i := range outcomes {
				outcomes[i] = outcome{err: refused, consumed: capacity{read: 1, write: 1}}
			}
		}
		response.Tables = append(response.Tables, c.answerBatch(b, outcomes))
	}
	return nil
}

// applyAll applies changes of one partition key up to the first that fails.
func (c *request) applyAll(tx *engine.Tx, changes []*change, outcomes []outcome) error {
	if err := checkPartition(changes); err != nil {
		return err
	}
	for i, ch := range changes {
		if outcomes[i] = c.apply(tx, ch); outcomes[i].err != nil {
			return outcomes[i].err
		}
	}
	return nil
}

// checkPartition requires the changes to share the first key column.
func checkPartition(changes []*change) error {
	first := changes[0].key[0].Value
	for _, ch := range changes[1:] {
		if v := ch.key[0].Value; !plainbuffer.Equal(v, first) {
			return ots.Errorf(ots.DataOutOfRange, "Data out of scope of atomic. Atomic PartKey:%s. Data PartKey:%s", first.Display(), v.Display())
		}
	}
	return nil
}

func (c *request) answerBatch(b tableBatch, outcomes []outcome) *otsprotocol.TableInBatchWriteRowResponse {
	table := &otsprotocol.TableInBatchWriteRowResponse{TableName: proto.String(b.table)}
	for _, done := range outcomes {
		c.tally.add(1, done.consumed)
		row := &otsprotocol.RowInBatchWriteRowResponse{
			IsOk: proto.Bool(done.err == nil), Consumed: done.consumed.wire(), Row: done.row,
		}
		if done.err != nil {
			row.Error = wireError(ots.From(done.err))
		}
		table.Rows = append(table.Rows, row)
	}

	return table
}
