package tokenrow

import "aegis/shared/store"

// The columns of the fingerprint.
const (
	Operation  = "operation"
	Parameters = "parameters" // JSON object: the command's parameters by name
)

// The columns of the answer. Times are epoch milliseconds.
const (
	Order    = "order_id"
	Instance = "instance_id"
	At       = "at"
)

// The columns that say whether the row stands for a purchase.
const (
	StateColumn = "state"
	Fence       = "fence" // grows with every reservation and every refusal
)

// State is the state of a token.
type State string

const (
	Pending State = "pending" // reserved: a caller is forwarding it, or died doing so
	Done    State = "done"    // sold
	Free    State = "free"    // refused: it stands for no purchase, and may be sold
)

// The columns of package upstream.
const (
	Holder    = "holder"    // who reserved it: recognises our own write after a lost answer
	Lease     = "lease"     // until when the holder may forward
	Since     = "since"     // when the token was first reserved
	Doubt     = "doubt"     // until when an unanswered forward of an earlier holder may arrive; 0: there is none
	Answered  = "answered"  // the fence of the last holder whose forward was answered
	Forwarded = "forwarded" // the ClientToken that is forwarded; absent: the caller's own
	Sold      = "sold"      // the endpoint has sold the token, and did not name the order

	// What may have been sold: the first forward that was not answered, else the
	// first of all.
	FirstOperation  = "first_operation"
	FirstParameters = "first_parameters"
	Suspect         = "suspect" // the first was not answered

	Unfinished = "unfinished" // while pending: the shard of the index that lists it
)

// Taken reports whether a row stands for a purchase. A free one does not.
func Taken(row store.Row) bool {
	return row.Exists() && State(row.String(StateColumn)) != Free
}

// Claim returns the change that sells a token. It inserts the row, or replaces a free
// one if that has not changed since it was read.
func Claim(row store.Row, key store.Key, sold store.Columns) store.Change {
	if !row.Exists() {
		return store.Insert(key, sold)
	}
	fence := row.Int(Fence)
	sold = append(sold, store.String(StateColumn, Done), store.Int(Fence, fence+1), store.None(Unfinished))
	return store.Update(key, sold, Fence, fence)
}

// Refuse returns the change that asserts, as part of a fence, that a token is not sold:
// it makes a free row, or moves the fence of one. Either fails if the token was sold
// since the row was read.
func Refuse(row store.Row, key store.Key) store.Change {
	if !row.Exists() {
		return store.Insert(key, store.Columns{store.String(StateColumn, Free), store.Int(Fence, int64(0))})
	}
	fence := row.Int(Fence)
	return store.Update(key, store.Columns{store.Int(Fence, fence+1)}, Fence, fence)
}
