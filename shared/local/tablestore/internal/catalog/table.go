// Package catalog holds the definitions of tables and indexes: what they are,
// which keys and columns they take, and the snapshot of all of them that
// requests read.
package catalog

import (
	"time"

	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// KeyColumn is one column of a primary key.
type KeyColumn struct {
	Name          string
	Kind          plainbuffer.Kind
	AutoIncrement bool `json:",omitempty"`
}

// DefinedColumn is an attribute column whose type the table fixes.
type DefinedColumn struct {
	Name string
	Kind plainbuffer.Kind
}

// Options are the settings of a table that UpdateTable may change, all but
// UpdateFullRow.
type Options struct {
	TimeToLive    int32 // seconds; -1: for ever
	MaxVersions   int32
	MaxDeviation  int64 // seconds an explicit version may lie off the clock
	AllowUpdate   bool
	UpdateFullRow bool
}

// Throughput is the reserved throughput: kept and shown, never enforced.
type Throughput struct {
	Read, Write int32
	Changed     int64 // seconds since the epoch
}

// Stream is a table's stream setting: kept and shown, but nothing is recorded.
type Stream struct {
	Enabled bool
	Hours   int32    // that records would be kept
	Columns []string // original columns records would carry
	Since   int64    // microseconds since the epoch
}

// Table is one table, or one global secondary index, which is read like a
// table. A Table is never changed once it is in a Catalog.
type Table struct {
	ID         engine.Bucket
	Instance   string
	Name       string
	Keys       []KeyColumn
	Defined    []DefinedColumn `json:",omitempty"`
	Options    Options
	Throughput Throughput
	Stream     Stream
	LocalTxn   bool `json:",omitempty"`
	Indexes    []Index
	Created    int64    `json:",omitempty"` // microseconds since the epoch
	Splits     [][]byte `json:",omitempty"` // partition keys it was split at when made, as they travel

	Base string `json:",omitempty"` // of an index: its table's name
}

// Index is a global secondary index of a table. Its key is the indexed columns
// followed by those key columns of the table it does not name itself.
type Index struct {
	ID      engine.Bucket
	Name    string
	Keys    []string // the whole key, in order
	Named   int      // how many of them the index was made with
	Columns []string // attribute columns it carries
	Sync    bool     // update mode as asked for; both are kept in step at once
	Local   bool     // index type as asked for
}

// IsIndex reports whether the table is a global secondary index.
func (t *Table) IsIndex() bool { return t.Base != "" }

// AliveSince is the instant (ms) before which everything has expired.
func (t *Table) AliveSince(now time.Time) int64 {
	if t.Options.TimeToLive < 0 {
		return 0
	}
	return now.Add(-time.Duration(t.Options.TimeToLive) * time.Second).UnixMilli()
}

// KindOf is the type of a key column or defined column, by name.
func (t *Table) KindOf(name string) (plainbuffer.Kind, bool) {
	for _, k := range t.Keys {
		if k.Name == name {
			return k.Kind, true
		}
	}

	for _, c := range t.Defined {
		if c.Name == name {
			return c.Kind, true
		}
	}

	return 0, false
}

// IsKey reports whether the name is one of the primary key's columns.
func (t *Table) IsKey(name string) bool {
	for i := range t.Keys {
		if t.Keys[i].Name == name {
			return true
		}
	}
	return false
}
