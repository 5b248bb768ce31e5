package upstream

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/store"
)

// State is the state of a token.
type State string

const (
	Pending State = "pending" // reserved: a caller is forwarding it, or died doing so
	Done    State = "done"    // sold
	Free    State = "free"    // refused: the next call starts from the beginning
)

// The token row's columns, next to the fingerprint's. Times are epoch milliseconds.
const (
	colState    = "state"
	colFence    = "fence"     // grows with every holder
	colHolder   = "holder"    // who reserved it: recognises our own write after a lost answer
	colLease    = "lease"     // until when the holder may forward
	colSince    = "since"     // when the token was first reserved
	colDoubt    = "doubt"     // until when an unanswered forward of an earlier holder may arrive; 0: there is none
	colAnswered = "answered"  // the fence of the last holder whose forward was answered
	colForward  = "forwarded" // the ClientToken that is forwarded; not there: the caller's own
	colSold     = "sold"      // the endpoint has sold the token, and did not name the order
	colOrder    = "order_id"
	colInst     = "instance_id"

	// What may have been sold: the first forward that was not answered, else the
	// first of all.
	colFirstOperation  = "first_operation"
	colFirstParameters = "first_parameters"
	colSuspect         = "suspect" // the first was not answered

	colUnfinished = "unfinished" // while pending: the shard of the index that lists it
)

// The columns of the fingerprint, which ledger.Asked makes.
const (
	colOperation  = "operation"
	colParameters = "parameters"
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
	answered bool // the last forward was answered: it cannot arrive any more
	token    string
	first    fingerprint
	suspect  bool
	sold     bool
	order    string
	instance string
}

// fingerprint says what a token stands for: the operation and its parameters in
// their canonical form.
type fingerprint struct{ operation, parameters string }

func fingerprintOf(columns store.Columns) fingerprint {
	return fingerprint{columns.String(colOperation), columns.String(colParameters)}
}

func (f fingerprint) columns() store.Columns {
	return store.Columns{store.String(colOperation, f.operation), store.String(colParameters, f.parameters)}
}

func readRecord(row store.Row) record {
	r := record{
		row: row, state: State(row.String(colState)), fence: row.Int(colFence), holder: row.String(colHolder),
		lease: time.UnixMilli(row.Int(colLease)), since: time.UnixMilli(row.Int(colSince)), doubt: time.UnixMilli(row.Int(colDoubt)),
		token: row.String(colForward), suspect: row.Bool(colSuspect), sold: row.Bool(colSold),
		order: row.String(colOrder), instance: row.String(colInst),
	}
	r.answered = row.HasInt(colAnswered) && row.Int(colAnswered) == r.fence

	r.first = fingerprint{row.String(colFirstOperation), row.String(colFirstParameters)}
	if r.first.operation == "" { // a row that an earlier version wrote
		r.first = fingerprintOf(row.Columns)
	}
	if r.state == "" && r.order != "" { // a row that package ledger wrote
		r.state = Done
	}
	return r
}

func (r record) receipt() ledger.Receipt {
	return ledger.Receipt{OrderID: r.order, InstanceID: r.instance, Replayed: true}
}

// delivery is how long after it was sent a forward may still be accepted: the
// endpoint's 15 minutes of clock skew, and one minute for ours.
const delivery = 16 * time.Minute

// definite reports whether a refusal of a forward sent at that time means that the
// token is not sold and will not be: no earlier forward could arrive any more when
// this one was sent, and none has been sold, which the endpoint has looked up.
func (r record) definite(refused *Refused, sent time.Time) bool {
	if r.sold {
		return false
	}
	earlier := r.doubt.UnixMilli() > 0
	return !earlier || !refused.BeforeTokenCheck && !sent.Before(r.doubt)
}

// undecided returns what the caller gets of a refusal that is not definite: that the
// outcome is open. Once the doubt is over, a refusal of the form is passed on, or the
// caller would never get an answer. It says nothing about earlier calls, and the
// token keeps standing for what may have been sold.
func (r record) undecided(refused *Refused, sent time.Time) error {
	if refused.OfForm && !r.sold && !sent.Before(r.doubt) {
		return refused.Answer
	}
	return ledger.Unavailable(refused)
}

// doubtAfter returns until when a forward of r's holder, or of one before it, may
// still arrive; 0 if there is none. An answered forward has arrived: it adds nothing.
func (r record) doubtAfter() int64 {
	switch {
	case r.state != Pending:
		return 0
	case r.answered:
		return r.doubt.UnixMilli()
	}
	return max(r.lease.Add(delivery).UnixMilli(), r.doubt.UnixMilli())
}

// reserved returns the columns of a reservation that follows r, which may be empty.
func (r record) reserved(p ledger.Purchase, holder string, now time.Time, lease time.Duration) store.Columns {
	since := now
	if r.state == Pending {
		since = r.since
	}
	asked := ledger.Asked(p.Command)
	first, suspect := r.firstWith(fingerprintOf(asked))

	return append(asked,
		store.String(colState, Pending), store.Int(colFence, r.fence+1), store.String(colHolder, holder),
		store.String(colUnfinished, shardOf(p.Owner, p.Token)),
		store.Int(colLease, now.Add(lease).UnixMilli()), store.Int(colSince, since.UnixMilli()), store.Int(colDoubt, r.doubtAfter()),
		store.String(colForward, r.forwards(p.Owner, p.Token)),
		store.String(colFirstOperation, first.operation), store.String(colFirstParameters, first.parameters),
		store.Bool(colSuspect, suspect), store.Bool(colSold, r.sold))
}

// firstWith returns what may have been sold, once another reservation follows r.
// A refusal that is definite says that nothing was sold for the parameters it
// refused, so those of an unanswered forward take their place.
func (r record) firstWith(asked fingerprint) (first fingerprint, suspect bool) {
	switch {
	case !r.row.Exists():
		return asked, false
	case r.state == Pending && !r.answered && !r.suspect:
		return fingerprintOf(r.row.Columns), true
	}
	return r.first, r.suspect
}

// forwards returns the ClientToken that is forwarded. A row without one was written
// by a version that forwarded the caller's own; the endpoint may know it by that.
func (r record) forwards(owner, token string) string {
	switch {
	case !r.row.Exists(), !r.row.HasInt(colSince): // the ledger refused it: nobody has forwarded it
		return ForwardedToken(owner, token)
	case r.token == "":
		return token
	}
	return r.token
}

// ForwardedToken returns the ClientToken under which an owner's token is forwarded:
// 64 hexadecimal digits. An endpoint may keep tokens by access key, and ours serves
// many owners: their equal tokens must not meet there.
func ForwardedToken(owner, token string) string {
	sum := sha256.Sum256([]byte("aegis upstream ClientToken\x00" + owner + "\x00" + token))
	return hex.EncodeToString(sum[:])
}
