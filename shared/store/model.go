package store

import "context"

// Client is the store's whole surface. Every method is one request to Tablestore
// and gives up at the context's deadline.
type Client interface {
	// Read fetches rows by key in one BatchGetRow, at most 100. The result has
	// one Row for every key, in order; a missing row has no columns. Rows are
	// read one by one: a commit may fall between two of them.
	Read(ctx context.Context, keys ...Key) ([]Row, error)
	// Commit applies all changes or none, in one atomic BatchWriteRow. All must
	// be of one table and one partition.
	Commit(ctx context.Context, changes ...Change) error
	// Range reads one page of a partition's rows whose sort keys start with
	// prefix and are longer than it, in order (backward: from the end). next is
	// the sort key that the following page starts at, "" after the last.
	Range(ctx context.Context, r Range) (rows []Row, next string, err error)
}

// Table describes a table: its name, the names of its primary key columns (all
// STRING; Sort may be "") and how long its rows live.
type Table struct {
	Name       string
	Partition  string
	Sort       string
	TTLSeconds int // 0: for ever; Tablestore's least is 86,400
}

// Key is a row's primary key.
type Key struct {
	Table     Table
	Partition string
	Sort      string // "" if the table has no sort column
}

// Row is what is stored under a key. Columns is nil if nothing is.
type Row struct {
	Key Key
	Columns
}

// Exists reports whether there is such a row.
func (r Row) Exists() bool { return r.Columns != nil }

// Change is a write to one row under one condition: made by Insert, Update or
// Delete.
type Change struct {
	Key     Key
	Columns Columns
	Kind    Kind
	Column  string // of an Update: the integer column compared …
	Equals  int64  // … and the value that it must have
}

// Kind is what a Change does.
type Kind int

const (
	Inserted Kind = iota // the row must not exist
	Updated              // the row must exist and its column must have the value
	Deleted              // the row must exist
)

// Insert makes a new row; the condition is that there is none.
func Insert(key Key, columns Columns) Change {
	return Change{Key: key, Columns: columns}
}

// Update sets columns of a row and leaves its others alone; None removes one.
// The condition is that the row exists and that its integer column
// has the value given.
func Update(key Key, columns Columns, column string, equals int64) Change {
	return Change{Key: key, Columns: columns, Kind: Updated, Column: column, Equals: equals}
}

// Delete removes a row; the condition is that there is one.
func Delete(key Key) Change {
	return Change{Key: key, Kind: Deleted}
}

// Range is one page's worth of a partition.
type Range struct {
	Table     Table
	Partition string
	Prefix    string // of the sort keys
	Start     string // where the page starts, as returned in next; "" is the beginning
	Backward  bool
	Limit     int // rows at most, 1 to 5,000
}
