package tablestore

import (
	"fmt"
	"time"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/rows"
)

// load finds the row as it is stored, and as it is alive now.
func (w *writing) load() error {
	stored := w.tx.Get(w.table.ID, w.place)
	if stored == nil {
		return nil
	}

	row, err := decodeRow(w.table, w.place, stored)
	if err != nil {
		return err
	}

	w.stored = row
	if len(w.table.Indexes) > 0 { // what has expired counts for indexes still
		w.stored = row.Clone()
	}
	if row.Alive(w.table.AliveSince(w.now)) {
		w.old = row
	}

	return nil
}

// decodeAlive is the stored row as it exists at the instant, or nil.
func decodeAlive(table *catalog.Table, key, stored []byte, now time.Time) (*rows.Row, error) {
	row, err := decodeRow(table, key, stored)
	if err != nil || !row.Alive(table.AliveSince(now)) {
		return nil, err
	}
	return row, nil
}

func decodeRow(table *catalog.Table, key, stored []byte) (*rows.Row, error) {
	row, err := rows.Decode(key, stored)
	if err != nil {
		return nil, fmt.Errorf("read a row of table %s: %w", table.Name, err)
	}
	return row, nil
}
