package storetest

import (
	"cmp"
	"context"
	"slices"

	"aegis/shared/store"
)

// Find implements store.IndexReader, over an index that is always up to date.
func (m *Memory) Find(_ context.Context, r store.IndexRange) ([]store.Row, store.Cursor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()

	var places []store.Cursor
	for at, row := range m.rows {
		place, indexed := entry(r, at, row)
		if indexed && place.Sort < r.Below && (r.Start.Zero() || compare(place, r.Start) >= 0) {
			places = append(places, place)
		}
	}

	slices.SortFunc(places, compare)
	var next store.Cursor
	if len(places) > r.Limit {
		places, next = places[:r.Limit], places[r.Limit]
	}

	rows := make([]store.Row, len(places))
	for i, p := range places {
		rows[i] = store.Row{Key: p.Key, Columns: carried(r.Index, m.rows[addressOf(&p.Key)])}
	}

	return rows, next, nil
}

// entry is a row's place in the index, if it is in the partition asked for.
func entry(r store.IndexRange, at address, row store.Columns) (store.Cursor, bool) {
	if at.table != r.Index.Table.Name || row.String(r.Index.Partition) != r.Partition || !row.HasInt(r.Index.Sort) {
		return store.Cursor{}, false
	}
	return store.Cursor{Sort: row.Int(r.Index.Sort), Key: store.Key{Table: r.Index.Table, Partition: at.partition, Sort: at.sort}}, true
}

func compare(a, b store.Cursor) int {
	return cmp.Or(cmp.Compare(a.Sort, b.Sort), cmp.Compare(a.Key.Partition, b.Key.Partition), cmp.Compare(a.Key.Sort, b.Key.Sort))
}

// carried are a row's columns that the index has.
func carried(i store.Index, row store.Columns) store.Columns {
	c := store.Columns{}
	for _, name := range slices.Concat(i.Strings, i.Integers) {
		if row.Has(name) {
			c = append(c, row.Get(name))
		}
	}
	return c
}
