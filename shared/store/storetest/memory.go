package storetest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"aegis/shared/store"
)

// Memory is a store.Client over maps: what Store is to Tablestore, without the
// Tablestore. Simulations run millions of requests against it; a test compares
// the two. Its rows are never changed in place, so a Row once read stays as it was;
// what is inserted must stay as it is too.
type Memory struct {
	mu   sync.Mutex
	rows map[address]store.Columns
}

type address struct{ table, partition, sort string }

func addressOf(k *store.Key) address { return address{k.Table.Name, k.Partition, k.Sort} }

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{rows: make(map[address]store.Columns)} }

// Clear removes all rows.
func (m *Memory) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.rows)
}

// Read implements store.Client.
func (m *Memory) Read(_ context.Context, keys ...store.Key) ([]store.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	rows := make([]store.Row, len(keys))
	for i, k := range keys {
		rows[i] = store.Row{Key: k, Columns: m.rows[addressOf(&keys[i])]}
	}
	return rows, nil
}

// Row reads one row.
func (m *Memory) Row(key *store.Key) store.Row {
	m.mu.Lock()
	defer m.mu.Unlock()
	return store.Row{Key: *key, Columns: m.rows[addressOf(key)]}
}

// Commit implements store.Client.
func (m *Memory) Commit(_ context.Context, changes ...store.Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()

	for i := range changes {
		if !holds(&changes[i], m.rows[addressOf(&changes[i].Key)]) {
			return store.ErrCondition
		}
	}

	for i := range changes {
		m.apply(&changes[i])
	}

	return nil
}

func holds(c *store.Change, row store.Columns) bool {
	switch c.Kind {
	case store.Inserted:
		return row == nil
	case store.Updated:
		return row.HasInt(c.Column) && row.Int(c.Column) == c.Equals
	default:
		return row != nil
	}
}

func (m *Memory) apply(c *store.Change) {
	at := addressOf(&c.Key)
	switch {
	case c.Kind == store.Deleted:
		delete(m.rows, at)
		return
	case c.Kind == store.Inserted && !removes(c.Columns):
		m.rows[at] = c.Columns
		return
	}

	m.rows[at] = merged(m.rows[at], c.Columns)
}

// merged is a row after an update. It is not inlined, so that inserts, which nearly
// all requests are, need little stack: each of them has a goroutine that begins
// with the least there is.
//
//go:noinline
func merged(row, changes store.Columns) store.Columns {
	after := make(store.Columns, 0, max(len(row), len(changes)))
	for _, c := range changes {
		if !c.IsNone() {
			after = append(after, c)
		}
	}

	for _, c := range row {
		if !changes.Has(c.Name) {
			after = append(after, c)
		}
	}

	return after
}

// removes reports whether a column is None.
func removes(columns store.Columns) bool {
	return slices.ContainsFunc(columns, store.Column.IsNone)
}

// Range implements store.Client.
func (m *Memory) Range(_ context.Context, r store.Range) ([]store.Row, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()

	var sorts []string
	for at := range m.rows {
		if at.table == r.Table.Name && at.partition == r.Partition && strings.HasPrefix(at.sort, r.Prefix) && len(at.sort) > len(r.Prefix) && within(r, at.sort) {
			sorts = append(sorts, at.sort)
		}
	}

	slices.Sort(sorts)
	if r.Backward {
		slices.Reverse(sorts)
	}

	next := ""
	if len(sorts) > r.Limit {
		sorts, next = sorts[:r.Limit], sorts[r.Limit]
	}

	rows := make([]store.Row, len(sorts))
	for i, sort := range sorts {
		key := store.Key{Table: r.Table, Partition: r.Partition, Sort: sort}
		rows[i] = store.Row{Key: key, Columns: m.rows[addressOf(&key)]}
	}

	return rows, next, nil
}

// within reports whether a sort key is in the page's reach.
func within(r store.Range, sort string) bool {
	switch {
	case r.Start == "":
		return true
	case r.Backward:
		return sort <= r.Start
	}
	return sort >= r.Start
}
