package upstream

import (
	"time"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// State is where a token stands.
type State string

const (
	Pending State = "pending" // reserved: a caller forwards it, or died doing so
	Done    State = "done"    // sold
	Free    State = "free"    // refused for good: the next call starts anew
)

// The token row's columns beside those of what was asked for. Times are epoch
// milliseconds.
const (
	colState  = "state"
	colFence  = "fence"  // grows with every holder
	colHolder = "holder" // who reserved it: tells one's own write after a lost answer
	colLease  = "lease"  // until when the holder may forward
	colSince  = "since"  // when the token was first reserved
	colDoubt  = "doubt"  // until when a forward of an earlier holder may arrive, 0: there is none
	colOrder  = "order_id"
	colInst   = "instance_id"

	colUnfinished = "unfinished" // while pending: the shard of the index that lists it
)

// record is a token's row.
type record struct {
	row      store.Row
	state    State
	fence    int64
	holder   string
	lease    time.Time
	since    time.Time
	doubt    time.Time
	order    string
	instance string
}

func readRecord(row store.Row) record {
	return record{
		row: row, state: State(row.String(colState)), fence: row.Int(colFence), holder: row.String(colHolder),
		lease: time.UnixMilli(row.Int(colLease)), since: time.UnixMilli(row.Int(colSince)), doubt: time.UnixMilli(row.Int(colDoubt)),
		order: row.String(colOrder), instance: row.String(colInst),
	}
}

func (r record) receipt() ledger.Receipt {
	return ledger.Receipt{OrderID: r.order, InstanceID: r.instance, Replayed: true}
}

// delivery is how long after it was sent a forward may still be taken: the
// endpoint's 15 minutes of clock skew, and one for ours.
const delivery = 16 * time.Minute

// definite tells whether a refusal means that the token is not sold and will not
// be: no earlier forward can arrive any more, and none has been sold, which the
// endpoint has looked up if there was one.
func (r record) definite(refused *Refused, now time.Time) bool {
	earlier := r.doubt.UnixMilli() > 0
	return !earlier || !refused.Unjudged && !now.Before(r.doubt)
}

// reserved are the columns of a reservation that follows r, which may be nothing.
func (r record) reserved(c sale.Command, shard, holder string, now time.Time, lease time.Duration) store.Columns {
	since, doubt := now, int64(0)
	if r.state == Pending { // its holder may have forwarded up to the end of its lease
		since, doubt = r.since, max(r.lease.Add(delivery).UnixMilli(), r.doubt.UnixMilli())
	}
	return append(ledger.Asked(c),
		store.String(colState, Pending), store.Int(colFence, r.fence+1), store.String(colHolder, holder),
		store.String(colUnfinished, shard),
		store.Int(colLease, now.Add(lease).UnixMilli()), store.Int(colSince, since.UnixMilli()), store.Int(colDoubt, doubt))
}
