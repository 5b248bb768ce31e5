package catalog

import (
	"aegis/shared/local/tablestore/internal/limits"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

const (
	maxColumns    = 1024 // of one request
	minTimeToLive = 86400
	maxTimestamp  = (1<<63 - 1) / 1000
)

// CheckCells refuses attribute cells no row may hold. Time (ms) is the
// server's clock, which explicit versions must lie near.
func (t *Table) CheckCells(cells []plainbuffer.Cell, now int64) error {
	if len(cells) > maxColumns {
		return ots.Invalid("The number of attribute columns exceeds the limit, limit count: %d, column count: %d.", maxColumns, len(cells))
	}
	for i := range cells {
		if err := t.checkCell(&cells[i], now); err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) checkCell(cell *plainbuffer.Cell, now int64) error {
	if err := limits.ColumnName(cell.Name); err != nil {
		return err
	}
	if t.IsKey(cell.Name) {
		return ots.Invalid("Attribute column: '%s' is also a primary key column.", cell.Name)
	}
	if err := limits.ColumnLength(cell.Name, cell.Value); err != nil {
		return err
	}
	if err := t.checkKind(cell); err != nil {
		return err
	}
	if cell.HasTime {
		return t.checkTime(cell, now)
	}

	return nil
}

func (t *Table) checkKind(cell *plainbuffer.Cell) error {
	if !cell.HasValue {
		return nil
	}

	switch cell.Value.Kind {
	case plainbuffer.Integer, plainbuffer.Double, plainbuffer.Boolean, plainbuffer.String, plainbuffer.Blob:
	default:
		return ots.Invalid("%v is an invalid type for the attribute column.", cell.Value.Kind)
	}

	for _, c := range t.Defined {
		if c.Name == cell.Name && c.Kind != cell.Value.Kind {
			return ots.Invalid("Invalid column type for column %s expect %v actual %v", cell.Name, c.Kind, cell.Value.Kind)
		}
	}

	return nil
}

// checkTime bounds an explicit version. A deletion may name any past version.
func (t *Table) checkTime(cell *plainbuffer.Cell, now int64) error {
	if cell.Time < 0 || cell.Time >= maxTimestamp {
		return ots.Invalid("Timestamp must be in range [0, INT64_MAX/1000).")
	}

	deviation := t.Options.MaxDeviation
	if cell.Op == plainbuffer.DeleteOne || deviation <= 0 {
		return nil
	}
	if off := max(now-cell.Time, cell.Time-now) / 1000; off > deviation {
		return ots.Invalid("The timestamp of column: '%s' deviates from the system time by more than %d seconds.", cell.Name, deviation)
	}

	return nil
}

// CheckOptions refuses settings no table may have.
func CheckOptions(o Options) error {
	switch {
	case o.TimeToLive != -1 && o.TimeToLive < minTimeToLive:
		return ots.Invalid("The value of table option time_to_live must be -1 or at least %d.", minTimeToLive)
	case o.MaxVersions < 1:
		return ots.Invalid("The value of table option max_versions must be greater than 0.")
	case o.MaxDeviation < 1:
		return ots.Invalid("The value of table option deviation_cell_version_in_sec must be greater than 0.")
	}
	return nil
}
