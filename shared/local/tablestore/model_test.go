package tablestore_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/local/tablestore/tablestoretest"
)

// model is what a table should hold: rows by "owner/item", columns by name.
type model struct {
	*fixture
	rows map[string]map[string]any
}

// write is one change to a row as the model and the SDK see it.
type write struct {
	owner, item string
	kind        string // put, update, delete
	expect      sdk.RowExistenceExpectation
	columns     map[string]any // of put and update
	deleted     []string       // of update
	increment   bool           // of update: column "n" by one
}

func (w write) place() string { return w.owner + "/" + w.item }

func drawWrite(t *rapid.T, owners ...string) write {
	w := write{
		owner:   rapid.SampledFrom(owners).Draw(t, "owner"),
		item:    rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "item"),
		kind:    rapid.SampledFrom([]string{"put", "update", "delete"}).Draw(t, "kind"),
		expect:  rapid.SampledFrom([]sdk.RowExistenceExpectation{ignore, ignore, mustBe, mustMiss}).Draw(t, "expect"),
		columns: map[string]any{},
	}
	if rapid.Bool().Draw(t, "with text") {
		w.columns["note"] = rapid.StringN(0, 5, -1).Draw(t, "note")
	}
	if rapid.Bool().Draw(t, "with index") {
		w.columns["shard"] = rapid.SampledFrom([]string{"s", "t"}).Draw(t, "shard")
		w.columns["due"] = rapid.Int64Range(0, 3).Draw(t, "due")
	}
	if w.kind == "update" {
		w.increment = rapid.Bool().Draw(t, "increment")
		if rapid.Bool().Draw(t, "with delete") {
			w.deleted = []string{"gone"}
		}
		if len(w.columns)+len(w.deleted) == 0 {
			w.increment = true
		}
	}
	return w
}

func (w write) change() sdk.RowChange {
	k := key(w.owner, w.item)
	switch w.kind {
	case "put":
		change := &sdk.PutRowChange{TableName: "sales", PrimaryKey: k}
		for name, v := range w.columns {
			change.AddColumn(name, v)
		}
		change.SetCondition(w.expect)
		return change
	case "delete":
		change := &sdk.DeleteRowChange{TableName: "sales", PrimaryKey: k}
		change.SetCondition(w.expect)
		return change
	}
	change := &sdk.UpdateRowChange{TableName: "sales", PrimaryKey: k}
	for name, v := range w.columns {
		change.PutColumn(name, v)
	}
	for _, name := range w.deleted {
		change.DeleteColumn(name)
	}
	if w.increment {
		change.IncrementColumn("n", 1)
	}
	change.SetCondition(w.expect)
	return change
}

// apply changes the rows as the write should, or tells that its condition
// fails.
func (w write) apply(rows map[string]map[string]any) bool {
	old, exists := rows[w.place()]
	if w.expect == mustBe && !exists || w.expect == mustMiss && exists {
		return false
	}
	switch w.kind {
	case "put":
		rows[w.place()] = maps.Clone(w.columns)
		return true
	case "delete":
		delete(rows, w.place())
		return true
	}
	if !exists && len(w.columns) == 0 && !w.increment {
		return true
	}
	next := map[string]any{}
	maps.Copy(next, old)
	maps.Copy(next, w.columns)
	for _, name := range w.deleted {
		delete(next, name)
	}
	if w.increment {
		n, _ := next["n"].(int64)
		next["n"] = n + 1
	}
	rows[w.place()] = next
	return true
}

func (m *model) batch(t *rapid.T, atomic bool, writes ...write) {
	var changes []sdk.RowChange
	for _, w := range writes {
		changes = append(changes, w.change())
	}
	results, err := m.tryBatch(atomic, changes...)
	require.NoError(t, err)
	next := maps.Clone(m.rows)
	all := true
	for i, w := range writes {
		held := w.apply(next)
		all = all && held
		if !atomic {
			require.Equal(t, held, results[i].IsSucceed, "%+v: %+v", w, results[i].Error)
		}
	}
	if atomic {
		for i, r := range results {
			require.Equal(t, all, r.IsSucceed, "%+v: %+v", writes[i], r.Error)
		}
	}
	if all || !atomic {
		m.rows = next
	}
}

// check compares the whole table, both ways, and the whole index.
func (m *model) check(t *rapid.T) {
	whole := func(from, to func(*sdk.PrimaryKey, string), direction sdk.Direction) []*sdk.Row {
		c := criteria("sales", infinite(from, "owner", "item"), infinite(to, "owner", "item"), direction)
		c.Limit = 2
		var rows []*sdk.Row
		for c.StartPrimaryKey != nil {
			page, err := m.client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: c})
			require.NoError(t, err)
			rows = append(rows, page.Rows...)
			c.StartPrimaryKey = page.NextStartPrimaryKey
		}
		return rows
	}
	places := slices.Sorted(maps.Keys(m.rows))
	require.Equal(t, places, m.compare(t, whole(least, most, sdk.FORWARD)))
	slices.Reverse(places)
	require.Equal(t, places, m.compare(t, whole(most, least, sdk.BACKWARD)))
	require.Equal(t, m.expectedIndex(), m.index(t))
}

func infinite(fill func(*sdk.PrimaryKey, string), names ...string) *sdk.PrimaryKey {
	k := &sdk.PrimaryKey{}
	for _, name := range names {
		fill(k, name)
	}
	return k
}

// compare requires each row to hold what the model does, and returns their
// places.
func (m *model) compare(t *rapid.T, rows []*sdk.Row) []string {
	var places []string
	for _, row := range rows {
		place := fmt.Sprint(row.PrimaryKey.PrimaryKeys[0].Value, "/", row.PrimaryKey.PrimaryKeys[1].Value)
		require.Equal(t, m.rows[place], columnsOf(row.Columns), place)
		places = append(places, place)
	}
	return places
}

func (m *model) index(t *rapid.T) []string {
	names := []string{"shard", "due", "owner", "item"}
	page, err := m.client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: criteria("sales_by_due", infinite(least, names...), infinite(most, names...), sdk.FORWARD)})
	require.NoError(t, err)
	found := []string{}
	for _, row := range page.Rows {
		k := row.PrimaryKey.PrimaryKeys
		found = append(found, fmt.Sprint(k[0].Value, " ", k[1].Value, " ", k[2].Value, "/", k[3].Value, " ", columnsOf(row.Columns)["note"]))
	}
	return found
}

func (m *model) expectedIndex() []string {
	entries := []string{}
	for place, row := range m.rows {
		if row["shard"] != nil && row["due"] != nil {
			entries = append(entries, fmt.Sprint(row["shard"], " ", row["due"], " ", place, " ", row["note"]))
		}
	}
	slices.Sort(entries)
	return entries
}

// TestAgainstAModel compares the server with a plain map under random writes,
// batches and restarts.
func TestAgainstAModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := start(t, tablestoretest.Durable())
		defer f.store.Close()
		f.table("sales", indexed)
		m := &model{fixture: f, rows: map[string]map[string]any{}}
		rt.Repeat(map[string]func(*rapid.T){
			"write":        func(t *rapid.T) { m.batch(t, false, drawWrite(t, "a", "b")) },
			"plain batch":  func(t *rapid.T) { m.batch(t, false, drawWrite(t, "a", "b"), drawWrite(t, "a", "b"), drawWrite(t, "a")) },
			"atomic batch": func(t *rapid.T) { m.batch(t, true, drawWrite(t, "a"), drawWrite(t, "a"), drawWrite(t, "a")) },
			"restart":      func(*rapid.T) { f.store.Restart() },
			"":             m.check,
		})
	})
}
