package tablestore

import (
	"slices"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
	"aegis/shared/local/tablestore/internal/rows"
)

// outcome is what became of a change.
type outcome struct {
	err      error
	row      []byte // what the client asked to have returned
	consumed capacity
}

// apply decides and stages one change, in the commit or over a transaction's
// own writes. It stages everything or, with an error, nothing.
func (s *Server) apply(tx *engine.Tx, ch *change) outcome {
	if ch.refused != nil {
		return outcome{err: ch.refused}
	}

	table, err := s.catalog.Load().Current(ch.table)
	if err != nil {
		return outcome{err: err}
	}

	w := &writing{tx: tx, change: ch, table: table, now: s.clock()}
	if err := w.decide(s.transactions); err != nil {
		return outcome{err: err, consumed: capacity{read: 1, write: 1}}
	}
	if err := w.stage(); err != nil {
		return outcome{err: err}
	}

	s.sweep(w)
	return outcome{row: w.returned(), consumed: w.consumed()}
}

// writing is a change being applied.
type writing struct {
	*change
	tx     *engine.Tx
	table  *catalog.Table // as defined at this moment
	now    time.Time
	id     []plainbuffer.Cell // the key, generated column filled in
	place  []byte             // the key as stored
	stored *rows.Row          // as found, expired or not
	old    *rows.Row          // nil: there is none
	new    *rows.Row          // nil: none afterwards
}

// decide finds the row, checks locks and conditions, and works out the row to
// be.
func (w *writing) decide(ts *transactions) (err error) {
	w.id = w.key
	if w.assigned >= 0 {
		w.id = slices.Clone(w.key)
		w.id[w.assigned].Value = plainbuffer.Int(int64(w.tx.NextSequence(w.table.ID)))
	}
	if w.place, err = catalog.EncodeKey(w.id); err != nil {
		return err
	}
	if err := w.checkLock(ts); err != nil {
		return err
	}
	if err := w.load(); err != nil {
		return err
	}
	if !w.holds() {
		return ots.Errorf(ots.ConditionCheckFail, "Condition check failed.")
	}
	if w.new, err = w.next(); err != nil || w.new == nil {
		return err
	}

	return w.table.CheckIndexedValues(w.new)
}

// holds evaluates the conditions: on the row's existence, then on its columns,
// all of which an absent row misses.
func (w *writing) holds() bool {
	switch {
	case w.expect == otsprotocol.RowExistenceExpectation_EXPECT_EXIST && w.old == nil,
		w.expect == otsprotocol.RowExistenceExpectation_EXPECT_NOT_EXIST && w.old != nil:
		return false
	case w.old == nil:
		return w.when.Match(nil, &rows.Row{})
	}
	return w.when.Match(w.id, w.old)
}

// next is the row as the change makes it, nil if there is none afterwards.
func (w *writing) next() (*rows.Row, error) {
	now := w.now.UnixMilli()
	switch w.kind {
	case otsprotocol.OperationType_DELETE:
		return nil, nil
	case otsprotocol.OperationType_PUT:
		row := rows.Replace(w.cells, now)
		row.Trim(int(w.table.Options.MaxVersions))
		return row, nil
	}

	if w.old == nil && rows.OnlyDeletes(w.cells) {
		return nil, nil
	}
	row := &rows.Row{}
	if w.old != nil {
		row = w.old.Clone()
	}
	if err := row.Update(w.cells, now); err != nil {
		return nil, err
	}

	row.Trim(int(w.table.Options.MaxVersions))
	return row, nil
}

func (w *writing) stage() error {
	if err := reindex(w.tx, w.table, w.id, w.stored, w.new); err != nil {
		return err
	}
	if w.new == nil {
		w.tx.Delete(w.table.ID, w.place)
	} else {
		w.tx.Put(w.table.ID, w.place, w.new.Encode(w.place))
	}
	return nil
}

// returned is the row the client asked for.
func (w *writing) returned() []byte {
	switch w.returns {
	case otsprotocol.ReturnType_RT_PK:
		return plainbuffer.Encode(plainbuffer.Row{Key: w.id})
	case otsprotocol.ReturnType_RT_AFTER_MODIFY:
		var cells []plainbuffer.Cell
		for _, name := range w.change.returned {
			if v, found := w.new.Newest(name); found {
				cells = append(cells, plainbuffer.Cell{Name: name, Value: v.Value, HasValue: true, Time: v.Time, HasTime: true})
			}
		}
		return plainbuffer.Encode(plainbuffer.Row{Cells: cells})
	}
	return nil
}

// consumed counts a read only where a condition made one necessary.
func (w *writing) consumed() capacity {
	used := capacity{write: units(w.size())}
	if w.expect != otsprotocol.RowExistenceExpectation_IGNORE || !w.when.Empty() {
		used.read = units(sizeOf(w.id, false))
	}
	return used
}
