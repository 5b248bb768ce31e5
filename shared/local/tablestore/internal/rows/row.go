// Package rows is the data model of a stored row: columns by name, each with
// its versions, newest first; and what a write does to them.
//
// It is pure: no clock, no I/O. A row as stored may hold more than a reader may
// see (versions beyond the time to live that nothing has overwritten yet);
// Alive cuts it down to what exists at an instant.
package rows

import (
	"cmp"
	"slices"

	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// Version is one value of a column.
type Version struct {
	Time  int64 // milliseconds since the epoch
	Value plainbuffer.Value
}

// Column is a named attribute; Versions are newest first and never empty.
type Column struct {
	Name     string
	Versions []Version
}

// Row is the attributes of one row, by name ascending. Touched is the instant
// (ms) of the last write: a row whose columns were all deleted still exists,
// until that instant's time to live has passed.
type Row struct {
	Touched int64
	Columns []Column
}

// Newest is the newest version of the named column.
func (r *Row) Newest(name string) (Version, bool) {
	if i, found := r.find(name); found {
		return r.Columns[i].Versions[0], true
	}
	return Version{}, false
}

// Column is the named column, or nil.
func (r *Row) Column(name string) *Column {
	if i, found := r.find(name); found {
		return &r.Columns[i]
	}
	return nil
}

func (r *Row) find(name string) (int, bool) {
	return slices.BinarySearchFunc(r.Columns, name, func(c Column, name string) int {
		return cmp.Compare(c.Name, name)
	})
}

// Set writes one version, replacing one of the same instant.
func (r *Row) Set(name string, v Version) {
	i, found := r.find(name)
	if !found {
		r.Columns = slices.Insert(r.Columns, i, Column{Name: name, Versions: []Version{v}})
		return
	}

	versions := r.Columns[i].Versions
	j, same := slices.BinarySearchFunc(versions, v, newestFirst)
	if same {
		versions[j] = v
		return
	}

	r.Columns[i].Versions = slices.Insert(versions, j, v)
}

func newestFirst(a, b Version) int { return cmp.Compare(b.Time, a.Time) }

// Drop removes every version of the column.
func (r *Row) Drop(name string) {
	if i, found := r.find(name); found {
		r.Columns = slices.Delete(r.Columns, i, i+1)
	}
}

// DropVersion removes the one version written at the instant.
func (r *Row) DropVersion(name string, at int64) {
	i, found := r.find(name)
	if !found {
		return
	}

	versions := r.Columns[i].Versions
	if j, same := slices.BinarySearchFunc(versions, Version{Time: at}, newestFirst); same {
		r.Columns[i].Versions = slices.Delete(versions, j, j+1)
	}
	if len(r.Columns[i].Versions) == 0 {
		r.Columns = slices.Delete(r.Columns, i, i+1)
	}
}

// Trim keeps the newest max versions of every column.
func (r *Row) Trim(max int) {
	for i := range r.Columns {
		if len(r.Columns[i].Versions) > max {
			r.Columns[i].Versions = r.Columns[i].Versions[:max]
		}
	}
}

// Alive removes what was written before the instant since (ms), and reports
// whether anything of the row is left.
func (r *Row) Alive(since int64) bool {
	expired := func(v Version) bool { return v.Time < since }
	for i := range r.Columns {
		r.Columns[i].Versions = slices.DeleteFunc(r.Columns[i].Versions, expired)
	}
	r.Columns = slices.DeleteFunc(r.Columns, func(c Column) bool { return len(c.Versions) == 0 })
	return len(r.Columns) > 0 || r.Touched >= since
}

// Clone is a copy that shares no slice the original could change.
func (r *Row) Clone() *Row {
	c := &Row{Touched: r.Touched, Columns: slices.Clone(r.Columns)}
	for i := range c.Columns {
		c.Columns[i].Versions = slices.Clone(c.Columns[i].Versions)
	}
	return c
}
