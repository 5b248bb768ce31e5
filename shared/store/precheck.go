package store

import "context"

// Precheck decides whether a caller may have an answer at all. It costs no round trip:
// its rows are read together with the operation's first rows, and what it records is
// written at the same time. Nothing is committed or answered before it has passed.
type Precheck interface {
	// Keys returns the keys of the rows that Check needs.
	Keys() []Key
	// Check decides on the rows of Keys.
	Check(rows []Row) error
	// Record runs in parallel with the read: it records the call's nonce.
	Record(ctx context.Context) error
}
