package tablestore

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

func (c *request) startTransaction(r *otsprotocol.StartLocalTransactionRequest) (proto.Message, error) {
	row, err := plainbuffer.DecodeOne(r.Key)
	if err != nil {
		return nil, ots.Invalid("Failed to parse the primary key: %v.", err)
	}

	table, err := c.findTable(r.GetTableName())
	if err != nil {
		return nil, err
	}

	place, err := partitionOf(table, row.Key)
	if err != nil {
		return nil, err
	}

	var begun *transaction
	err = c.engine.Update(func(*engine.Tx) error {
		if _, err := c.catalog.Load().Current(table); err != nil {
			return err
		}
		begun, err = c.transactions.begin(table, row.Key[0].Value, place, c.now)
		return err
	})
	if err != nil {
		return nil, err
	}

	return &otsprotocol.StartLocalTransactionResponse{TransactionId: proto.String(begun.id)}, nil
}

// partitionOf checks that the key is a partition key that can be locked.
func partitionOf(t *catalog.Table, key []plainbuffer.Cell) (lockPlace, error) {
	if !t.LocalTxn || t.IsIndex() {
		return lockPlace{}, ots.Invalid("Try to call method using explicit transaction on explicit-transaction-disabled table.")
	}
	if len(key) != 1 {
		return lockPlace{}, ots.Invalid("StartLocalTransaction support only one primary key.")
	}

	partition := catalog.Table{Keys: t.Keys[:1]}
	if err := partition.RowKey(key); err != nil {
		return lockPlace{}, err
	}

	encoded, err := catalog.EncodeKey(key)
	return lockPlace{table: t.ID, key: string(encoded)}, err
}

// commitTransaction makes what was staged durable. The lock is held until it
// is; a failed commit leaves open whether it happened, and ends the
// transaction all the same.
func (c *request) commitTransaction(r *otsprotocol.CommitTransactionRequest) (proto.Message, error) {
	t, err := c.transactions.enter(r.GetTransactionId(), c.instance, c.now)
	if err != nil {
		return nil, err
	}
	defer c.transactions.end(t)
	err = c.engine.Update(func(tx *engine.Tx) error {
		if _, err := c.catalog.Load().Current(t.table); err != nil {
			return errNoSession()
		}
		tx.Absorb(t.writes)
		return nil
	})

	return &otsprotocol.CommitTransactionResponse{}, err
}

func (c *request) abortTransaction(r *otsprotocol.AbortTransactionRequest) (proto.Message, error) {
	t, err := c.transactions.enter(r.GetTransactionId(), c.instance, c.now)
	if err != nil {
		return nil, err
	}
	c.transactions.end(t)
	return &otsprotocol.AbortTransactionResponse{}, nil
}

// commit runs a write to its end: durable, or staged in the transaction named.
// Changes are what it is about to apply, to be checked against the lock.
func (c *request) commit(transaction *string, changes []*change, apply func(*engine.Tx) error) error {
	if transaction == nil {
		return c.engine.Update(apply)
	}

	t, err := c.transactions.enter(*transaction, c.instance, c.now)
	if err != nil {
		return err
	}
	defer c.transactions.leave(t)
	for _, ch := range changes {
		if err := t.covers(ch.table, ch.key); err != nil {
			return err
		}
		ch.within = t
	}

	// Into a copy: an operation that fails leaves the transaction as it was.
	attempt := t.writes.Clone()
	if err := c.engine.View(attempt, apply); err != nil {
		return err
	}
	if size := attempt.Size(); size > transactionSize {
		return ots.Errorf(ots.OutOfTransactionDataSize, "The total data size of the transaction exceeds the limit, limit size: %d, data size: %d.", transactionSize, size)
	}

	t.writes = attempt
	return nil
}

// view runs a read on a consistent state, over what the transaction named has
// staged. Keys are the row, or the bounds, to be read.
func (c *request) view(transaction *string, table *catalog.Table, keys [][]plainbuffer.Cell, read func(*engine.Tx) error) error {
	if transaction == nil {
		return c.engine.View(nil, read)
	}

	t, err := c.transactions.enter(*transaction, c.instance, c.now)
	if err != nil {
		return err
	}
	defer c.transactions.leave(t)
	for _, key := range keys {
		if err := t.covers(table, key); err != nil {
			return err
		}
	}

	return c.engine.View(t.writes, read)
}

// covers requires a key to be in the partition that is locked.
func (t *transaction) covers(table *catalog.Table, key []plainbuffer.Cell) error {
	if table.ID != t.table.ID {
		return ots.Errorf(ots.DataOutOfRange, "Data out of scope of transaction. Transaction table:%s. Data table:%s", t.table.Name, table.Name)
	}
	if v := key[0].Value; !plainbuffer.Equal(v, t.key) {
		return ots.Errorf(ots.DataOutOfRange, "Data out of scope of transaction. Transaction PartKey:%s. Data PartKey:%s", t.key.Display(), v.Display())
	}
	return nil
}

// checkLock refuses a write to a partition that another transaction has
// locked.
func (w *writing) checkLock(ts *transactions) error {
	if ts.open.Load() == 0 || !w.table.LocalTxn {
		return nil
	}
	partition, err := catalog.EncodeKey(w.id[:1])
	if err != nil {
		return err
	}
	return ts.check(lockPlace{table: w.table.ID, key: string(partition)}, w.within, w.now)
}
