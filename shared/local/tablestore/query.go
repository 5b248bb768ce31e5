package tablestore

import (
	"math"
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/filter"
	"aegis/shared/local/tablestore/internal/limits"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
	"aegis/shared/local/tablestore/internal/rows"
)

// maxColumnsToGet is the number of columns a read may name.
const maxColumnsToGet = 1024

// query says which rows and cells a read wants; all three reads share it.
type query struct {
	table     *catalog.Table
	selection rows.Selection
	filter    filter.Filter
	keyWanted bool // a key column is among the columns to get

	namedKeysOnly bool // of the key, return only the columns to get
}

// wireQuery is what the three read requests share.
type wireQuery interface {
	GetColumnsToGet() []string
	GetTimeRange() *otsprotocol.TimeRange
	GetMaxVersions() int32
	GetFilter() []byte
	GetStartColumn() string
	GetEndColumn() string
}

// newQuery checks a read; noVersion is the message for one that says neither
// how many versions nor of which time it wants.
func (c *request) newQuery(table *catalog.Table, w wireQuery, noVersion string) (*query, error) {
	q := &query{table: table}
	if n := len(w.GetColumnsToGet()); n > maxColumnsToGet {
		return nil, ots.Invalid("The number of columns from the request exceeds the limit, limit count: %d, column count: %d.", maxColumnsToGet, n)
	}

	for _, name := range w.GetColumnsToGet() {
		if err := limits.ColumnName(name); err != nil {
			return nil, err
		}
	}

	f, err := filter.Parse(w.GetFilter())
	if err != nil {
		return nil, err
	}

	q.filter = f
	if err := q.versions(w, noVersion); err != nil {
		return nil, err
	}

	q.selection.Offset, q.selection.Limit = f.Offset, f.Limit
	q.selection.Columns = w.GetColumnsToGet()
	q.selection.StartColumn, q.selection.EndColumn = w.GetStartColumn(), w.GetEndColumn()
	q.keyWanted = slices.ContainsFunc(q.selection.Columns, table.IsKey)
	return q, nil
}

func (q *query) versions(w wireQuery, missing string) error {
	versions, span := w.GetMaxVersions(), w.GetTimeRange()
	switch {
	case versions < 0:
		return ots.Invalid("The max versions must be greater than 0.")
	case versions == 0 && span == nil:
		return ots.Invalid("%s", missing)
	case versions > 0 && span != nil && span.SpecificTime != nil:
		return ots.Invalid("Both a specific time and max versions are specified.")
	}

	// A table keeps no more versions than it says, even if an UpdateTable has
	// only just said so.
	q.selection.MaxVersions = int(q.table.Options.MaxVersions)
	if versions > 0 {
		q.selection.MaxVersions = min(q.selection.MaxVersions, int(versions))
	}

	return q.span(span)
}

func (q *query) span(span *otsprotocol.TimeRange) error {
	if span == nil {
		return nil
	}

	from, until := span.GetStartTime(), span.GetEndTime()
	if span.EndTime == nil {
		until = math.MaxInt64
	}
	if span.SpecificTime != nil {
		from, until = *span.SpecificTime, *span.SpecificTime+1
	}
	if from < 0 || until <= from {
		return ots.Invalid("The time range [%d, %d) is invalid.", from, until)
	}

	q.selection.From, q.selection.Until = from, until
	return nil
}

// read is the row as the query shows it. It reports false when the row is not
// to be returned at all: filtered out, or without any of the columns wanted.
func (q *query) read(key []plainbuffer.Cell, row *rows.Row) (plainbuffer.Row, bool) {
	if !q.filter.Match(key, row) {
		return plainbuffer.Row{}, false
	}

	cells := q.selection.Cells(row)
	if len(cells) == 0 && len(q.selection.Columns) > 0 && !q.keyWanted {
		return plainbuffer.Row{}, false
	}
	if q.namedKeysOnly {
		key = slices.DeleteFunc(slices.Clone(key), func(c plainbuffer.Cell) bool { return !q.wantsKey(c.Name) })
	}

	return plainbuffer.Row{Key: key, Cells: cells}, true
}

// wantsKey reports whether the key column is to be returned.
func (q *query) wantsKey(name string) bool {
	return !q.namedKeysOnly || slices.Contains(q.selection.Columns, name)
}
