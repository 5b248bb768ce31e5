package tablestore

import (
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/filter"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// maxRowRequest bounds a single PutRow or UpdateRow, in bytes of names and
// values.
const maxRowRequest = 4 << 20

// change is one row's write, checked as far as it can be before it is its turn
// to be applied.
type change struct {
	table    *catalog.Table
	kind     otsprotocol.OperationType
	key      []plainbuffer.Cell
	assigned int // position of the key column the server fills in, or -1
	cells    []plainbuffer.Cell
	expect   otsprotocol.RowExistenceExpectation
	when     filter.Filter
	returns  otsprotocol.ReturnType
	returned []string // columns to answer with RT_AFTER_MODIFY

	within *transaction // nil: on its own

	// refused is why the row cannot be written, if only this row is to blame.
	refused error
}

// wireChange is what the three single-row writes and a batch's rows share.
type wireChange struct {
	kind      otsprotocol.OperationType
	row       []byte
	condition *otsprotocol.Condition
	content   *otsprotocol.ReturnContent
}

// newChange decodes and checks a write. Errors are those that fail a whole
// batch; what fails the row alone is put into the change.
func (c *request) newChange(table string, w wireChange) (*change, error) {
	row, err := plainbuffer.DecodeOne(w.row)
	if err != nil {
		return nil, ots.Invalid("Failed to parse the row: %v.", err)
	}
	if err := catalog.CheckKeyShape(row.Key, false); err != nil {
		return nil, err
	}
	if err := catalog.CheckConcrete(row.Key); err != nil {
		return nil, err
	}

	t, err := c.findTable(table)
	if err != nil {
		return nil, err
	}
	if err := checkWritable(t, w.kind); err != nil {
		return nil, err
	}

	ch := &change{
		table: t, kind: w.kind, key: row.Key, cells: row.Cells,
		expect: w.condition.GetRowExistence(), returns: w.content.GetReturnType(),
		returned: w.content.GetReturnColumnNames(),
	}
	if ch.when, err = filter.Parse(w.condition.GetColumnCondition()); err != nil {
		return nil, err
	}
	if err := ch.checkCells(c.now.UnixMilli()); err != nil {
		return nil, err
	}

	ch.assigned, ch.refused = t.NewRowKey(ch.key)
	return ch, nil
}

func checkWritable(t *catalog.Table, kind otsprotocol.OperationType) error {
	if t.IsIndex() {
		return ots.Invalid("Index table: '%s' can not be written.", t.Name)
	}
	if kind == otsprotocol.OperationType_UPDATE && !t.Options.AllowUpdate {
		return ots.Invalid("Table: '%s' does not allow updates.", t.Name)
	}
	return nil
}

func (ch *change) checkCells(now int64) error {
	if err := ch.table.CheckCells(ch.cells, now); err != nil {
		return err
	}

	switch ch.kind {
	case otsprotocol.OperationType_PUT:
		return ch.checkPut()
	case otsprotocol.OperationType_UPDATE:
		return ch.checkUpdate()
	}

	if len(ch.cells) > 0 {
		return ots.Invalid("Attribute columns are specified while deleting a row.")
	}
	return nil
}

func (ch *change) checkPut() error {
	for i := range ch.cells {
		if cell := &ch.cells[i]; cell.Op != plainbuffer.Put || !cell.HasValue {
			return ots.Invalid("Column: '%s' has an operation other than put while putting a row.", cell.Name)
		}
	}
	return ch.checkReturned()
}

func (ch *change) checkUpdate() error {
	if len(ch.cells) == 0 {
		return ots.Invalid("Attribute column is missing.")
	}

	for i := range ch.cells {
		if err := checkUpdateCell(&ch.cells[i]); err != nil {
			return err
		}
	}

	if err := ch.checkIncrements(); err != nil {
		return err
	}
	return ch.checkReturned()
}

func checkUpdateCell(cell *plainbuffer.Cell) error {
	switch {
	case cell.Op == plainbuffer.Increment && cell.Value.Kind != plainbuffer.Integer:
		return ots.Invalid("Column: '%s' expect type: VT_INTEGER, but actual type: %v.", cell.Name, cell.Value.Kind)
	case cell.Op == plainbuffer.Increment && cell.HasTime:
		return ots.Invalid("Column: '%s' can not be incremented with a timestamp.", cell.Name)
	case cell.Op == plainbuffer.DeleteOne && !cell.HasTime:
		return ots.Invalid("Column: '%s' has no timestamp while deleting one version.", cell.Name)
	case (cell.Op == plainbuffer.Put || cell.Op == plainbuffer.Increment) && !cell.HasValue:
		return ots.Invalid("Column: '%s' has no value.", cell.Name)
	}
	return nil
}

// checkIncrements refuses another operation on a column that is incremented.
func (ch *change) checkIncrements() error {
	for i := range ch.cells {
		if ch.cells[i].Op != plainbuffer.Increment {
			continue
		}
		for j := range ch.cells {
			if i != j && ch.cells[j].Name == ch.cells[i].Name {
				return ots.Invalid("Column: '%s' has another operation beside the increment.", ch.cells[i].Name)
			}
		}
	}
	return nil
}

// checkReturned requires the columns to return to be incremented ones, and to
// be named only where columns are returned at all.
func (ch *change) checkReturned() error {
	if ch.returns != otsprotocol.ReturnType_RT_AFTER_MODIFY {
		if len(ch.returned) > 0 {
			return ots.Invalid("Columns to return are named, but the return type is not RT_AFTER_MODIFY.")
		}
		return nil
	}

	for _, name := range ch.returned {
		if !slices.ContainsFunc(ch.cells, func(c plainbuffer.Cell) bool { return c.Name == name && c.Op == plainbuffer.Increment }) {
			return ots.Invalid("Column: '%s' to return is not incremented.", name)
		}
	}

	return nil
}

// size is what the change counts for in limits, in bytes.
func (ch *change) size() int { return sizeOf(ch.key, false) + sizeOf(ch.cells, true) }
