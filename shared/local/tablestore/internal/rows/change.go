package rows

import (
	"math"

	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// Replace is the row a PutRow makes of the cells, at the instant now (ms).
func Replace(cells []plainbuffer.Cell, now int64) *Row {
	row := &Row{Touched: now, Columns: make([]Column, 0, len(cells))}
	for i := range cells {
		row.put(&cells[i], now)
	}
	return row
}

// Update applies an UpdateRow's cells to the row, at the instant now (ms). On
// an error the row is left half changed: apply to a Clone.
func (r *Row) Update(cells []plainbuffer.Cell, now int64) error {
	r.Touched = now
	for i := range cells {
		cell := &cells[i]
		switch cell.Op {
		case plainbuffer.DeleteAll:
			r.Drop(cell.Name)
		case plainbuffer.DeleteOne:
			r.DropVersion(cell.Name, cell.Time)
		case plainbuffer.Increment:
			if err := r.increment(cell, now); err != nil {
				return err
			}
		default:
			r.put(cell, now)
		}
	}

	return nil
}

func (r *Row) put(cell *plainbuffer.Cell, now int64) {
	at := cell.Time
	if !cell.HasTime {
		at = r.nextVersion(cell.Name, now)
	}
	r.Set(cell.Name, Version{Time: at, Value: cell.Value})
}

// nextVersion is now, or the first instant after the column's newest version:
// two writes within a millisecond must not lose one another's version.
func (r *Row) nextVersion(name string, now int64) int64 {
	if newest, found := r.Newest(name); found && newest.Time >= now {
		return newest.Time + 1
	}
	return now
}

func (r *Row) increment(cell *plainbuffer.Cell, now int64) error {
	old := plainbuffer.Int(0)
	if newest, found := r.Newest(cell.Name); found {
		old = newest.Value
	}
	if old.Kind != plainbuffer.Integer {
		return ots.Invalid("Column: '%s' expect type: VT_INTEGER, but actual type: %v.", cell.Name, old.Kind)
	}

	sum, ok := add(old.Int(), cell.Value.Int())
	if !ok {
		return ots.Invalid("Overflow when increment column: '%s'.", cell.Name)
	}

	r.Set(cell.Name, Version{Time: r.nextVersion(cell.Name, now), Value: plainbuffer.Int(sum)})
	return nil
}

func add(a, b int64) (int64, bool) {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		return 0, false
	}
	return a + b, true
}

// OnlyDeletes reports whether the cells put nothing: such an update leaves an
// absent row absent.
func OnlyDeletes(cells []plainbuffer.Cell) bool {
	for i := range cells {
		if cells[i].Op == plainbuffer.Put || cells[i].Op == plainbuffer.Increment {
			return false
		}
	}
	return true
}
