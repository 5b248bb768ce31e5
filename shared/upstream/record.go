package upstream

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// record is a token's row.
type record struct {
	row      store.Row
	state    tokenrow.State
	fence    int64
	holder   string
	lease    time.Time
	since    time.Time
	doubt    time.Time
	answered bool // the last forward was answered: it cannot arrive any more
	token    string
	first    tokenrow.Fingerprint
	suspect  bool
	sold     bool
	order    string
	instance string
}

func readRecord(row store.Row) record {
	r := record{
		row: row, state: tokenrow.State(row.String(tokenrow.StateColumn)), fence: row.Int(tokenrow.Fence), holder: row.String(tokenrow.Holder),
		lease: time.UnixMilli(row.Int(tokenrow.Lease)), since: time.UnixMilli(row.Int(tokenrow.Since)), doubt: time.UnixMilli(row.Int(tokenrow.Doubt)),
		token: row.String(tokenrow.Forwarded), suspect: row.Bool(tokenrow.Suspect), sold: row.Bool(tokenrow.Sold),
		order: row.String(tokenrow.Order), instance: row.String(tokenrow.Instance),
	}
	r.answered = row.HasInt(tokenrow.Answered) && row.Int(tokenrow.Answered) == r.fence

	r.first = tokenrow.Fingerprint{Operation: row.String(tokenrow.FirstOperation), Parameters: row.String(tokenrow.FirstParameters)}
	if r.first.Operation == "" { // a row that an earlier version wrote
		r.first = tokenrow.ReadFingerprint(row.Columns)
	}
	if r.state == "" && r.order != "" { // a row that package ledger wrote
		r.state = tokenrow.Done
	}
	return r
}

func (r record) receipt() sale.Receipt {
	return sale.Receipt{OrderID: r.order, InstanceID: r.instance, Replayed: true}
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

// undecided returns the caller's error for a refusal that is not definite: the outcome
// is open. When the doubt is over, a refusal of the form is passed on, since the caller
// would otherwise never get an answer. It says nothing about earlier calls, and the
// token keeps standing for what may have been sold.
func (r record) undecided(refused *Refused, sent time.Time) error {
	if refused.OfForm && !r.sold && !sent.Before(r.doubt) {
		return refused.Answer
	}
	return sale.Unavailable(refused)
}

// doubtAfter returns until when a forward of r's holder, or of an earlier one, may
// still arrive; 0 if there is none. A forward that was answered has arrived and adds
// nothing.
func (r record) doubtAfter() int64 {
	switch {
	case r.state != tokenrow.Pending:
		return 0
	case r.answered:
		return r.doubt.UnixMilli()
	}
	return max(r.lease.Add(delivery).UnixMilli(), r.doubt.UnixMilli())
}

// reserved returns the columns of a reservation after r, which may be empty.
func (r record) reserved(p sale.Purchase, holder string, now time.Time, lease time.Duration) store.Columns {
	since := now
	if r.state == tokenrow.Pending {
		since = r.since
	}
	asked := tokenrow.FingerprintOf(p.Command)
	first, suspect := r.firstWith(asked)

	return append(asked.Columns(),
		store.String(tokenrow.StateColumn, tokenrow.Pending), store.Int(tokenrow.Fence, r.fence+1), store.String(tokenrow.Holder, holder),
		store.String(tokenrow.Unfinished, shardOf(p.Owner, p.Token)),
		store.Int(tokenrow.Lease, now.Add(lease).UnixMilli()), store.Int(tokenrow.Since, since.UnixMilli()), store.Int(tokenrow.Doubt, r.doubtAfter()),
		store.String(tokenrow.Forwarded, r.forwards(p.Owner, p.Token)),
		store.String(tokenrow.FirstOperation, first.Operation), store.String(tokenrow.FirstParameters, first.Parameters),
		store.Bool(tokenrow.Suspect, suspect), store.Bool(tokenrow.Sold, r.sold))
}

// firstWith returns what may have been sold once another reservation follows r. A
// definite refusal says that nothing was sold for the parameters it refused, so the
// parameters of an unanswered forward take their place.
func (r record) firstWith(asked tokenrow.Fingerprint) (first tokenrow.Fingerprint, suspect bool) {
	switch {
	case !r.row.Exists():
		return asked, false
	case r.state == tokenrow.Pending && !r.answered && !r.suspect:
		return tokenrow.ReadFingerprint(r.row.Columns), true
	}
	return r.first, r.suspect
}

// forwards returns the ClientToken that is forwarded. A row without one was written
// by a version that forwarded the caller's own; the endpoint may know it by that.
func (r record) forwards(owner, token string) string {
	switch {
	case !r.row.Exists(), !r.row.HasInt(tokenrow.Since): // the ledger refused it: nobody has forwarded it
		return ForwardedToken(owner, token)
	case r.token == "":
		return token
	}
	return r.token
}

// ForwardedToken returns the ClientToken under which an owner's token is forwarded: 64
// hexadecimal digits. An endpoint may keep tokens by access key, and one key of ours
// serves many owners, so the equal tokens of two owners must differ there.
func ForwardedToken(owner, token string) string {
	sum := sha256.Sum256([]byte("aegis upstream ClientToken\x00" + owner + "\x00" + token))
	return hex.EncodeToString(sum[:])
}
