package tablestore

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

const maxBatchGetRows = 100

func (c *request) getRow(r *otsprotocol.GetRowRequest) (proto.Message, error) {
	key, err := c.decodeRowKey(r.GetTableName(), r.PrimaryKey)
	if err != nil {
		return nil, err
	}

	table, err := c.findTable(r.GetTableName())
	if err != nil {
		return nil, err
	}

	q, err := c.newQuery(table, r, "No version condition is specified.")
	if err != nil {
		return nil, err
	}

	var got outcome
	err = c.view(r.TransactionId, table, [][]plainbuffer.Cell{key}, func(tx *engine.Tx) error {
		got = c.readOne(tx, q, key)
		return got.err
	})
	c.tally.add(1, got.consumed)
	if got.row == nil {
		got.row = []byte{} // required: must be there, even if empty
	}

	return &otsprotocol.GetRowResponse{Consumed: got.consumed.wire(), Row: got.row}, err
}

// decodeKey reads a key and checks what needs no table.
func (c *request) decodeKey(table string, wire []byte) ([]plainbuffer.Cell, error) {
	row, err := plainbuffer.DecodeOne(wire)
	if err != nil {
		return nil, ots.Invalid("Failed to parse the primary key: %v.", err)
	}
	t, err := c.catalog.Load().Find(c.instance, table)
	return row.Key, catalog.CheckKeyShape(row.Key, err == nil && t.IsIndex())
}

// decodeRowKey is decodeKey for the key of a row.
func (c *request) decodeRowKey(table string, wire []byte) ([]plainbuffer.Cell, error) {
	key, err := c.decodeKey(table, wire)
	if err != nil {
		return nil, err
	}
	return key, catalog.CheckConcrete(key)
}

// readOne reads one row; an absent one is an empty answer, not an error.
func (c *request) readOne(tx *engine.Tx, q *query, key []plainbuffer.Cell) outcome {
	if err := q.table.RowKey(key); err != nil {
		return outcome{err: err}
	}

	place, err := catalog.EncodeKey(key)
	if err != nil {
		return outcome{err: err}
	}

	stored := tx.Get(q.table.ID, place)
	if stored == nil {
		return outcome{consumed: capacity{read: 1}}
	}

	row, err := decodeAlive(q.table, place, stored, c.now)
	if err != nil || row == nil {
		return outcome{err: err, consumed: capacity{read: 1}}
	}

	shown, ok := q.read(key, row)
	if !ok {
		return outcome{consumed: capacity{read: units(sizeOf(key, false))}}
	}

	return outcome{row: plainbuffer.Encode(shown), consumed: capacity{read: units(sizeOf(key, false) + sizeOf(shown.Cells, false))}}
}

// batchGetRow reads rows in one consistent state, each with its own outcome.
func (c *request) batchGetRow(r *otsprotocol.BatchGetRowRequest) (proto.Message, error) {
	if err := checkBatchGet(r); err != nil {
		return nil, err
	}

	response := &otsprotocol.BatchGetRowResponse{}
	err := c.engine.View(nil, func(tx *engine.Tx) error {
		for _, t := range r.Tables {
			rows, err := c.readTable(tx, t)
			if err != nil {
				return err
			}
			response.Tables = append(response.Tables, &otsprotocol.TableInBatchGetRowResponse{TableName: t.TableName, Rows: rows})
		}
		return nil
	})

	return response, err
}

func checkBatchGet(r *otsprotocol.BatchGetRowRequest) error {
	if len(r.Tables) == 0 {
		return ots.Invalid("No row specified in the request of BatchGetRow.")
	}

	count := 0
	seen := make(map[string]bool, len(r.Tables))
	for _, t := range r.Tables {
		if seen[t.GetTableName()] {
			return ots.Invalid("Duplicated table name: '%s'.", t.GetTableName())
		}
		seen[t.GetTableName()] = true
		count += len(t.PrimaryKey)
	}

	if count > maxBatchGetRows {
		return ots.Invalid("Rows count exceeds the upper limit: %d.", maxBatchGetRows)
	}
	return nil
}

func (c *request) readTable(tx *engine.Tx, t *otsprotocol.TableInBatchGetRowRequest) ([]*otsprotocol.RowInBatchGetRowResponse, error) {
	keys := make([][]plainbuffer.Cell, len(t.PrimaryKey))
	for i, wire := range t.PrimaryKey {
		key, err := c.decodeRowKey(t.GetTableName(), wire)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}

	table, err := c.findTable(t.GetTableName())
	if err != nil {
		return nil, err
	}

	q, err := c.newQuery(table, t, "No version condition is specified while querying row.")
	if err != nil {
		return nil, err
	}

	answers := make([]*otsprotocol.RowInBatchGetRowResponse, len(keys))
	for i, key := range keys {
		got := c.readOne(tx, q, key)
		c.tally.add(1, got.consumed)
		answers[i] = got.wireRead()
	}

	return answers, nil
}

func (o outcome) wireRead() *otsprotocol.RowInBatchGetRowResponse {
	row := &otsprotocol.RowInBatchGetRowResponse{IsOk: proto.Bool(o.err == nil), Consumed: o.consumed.wire(), Row: o.row}
	if o.err != nil {
		row.Error = wireError(ots.From(o.err))
	}
	return row
}
