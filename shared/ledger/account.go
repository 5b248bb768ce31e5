package ledger

import (
	"strings"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// revision counts the commits to an account; every one of them adds one.
type revision int64

// The account row's columns. Amounts are fen, times epoch milliseconds. The
// instance's columns are absent while there is none.
const (
	colRev       = "rev"
	colVerified  = "verified"
	colDeposited = "deposited"
	colBalance   = "balance"
	colMachines  = "machines"
	colReleased  = "released" // ids, joined by commas

	colInstance  = "instance_id"
	colVersion   = "version_code"
	colVmNumber  = "vm_number"
	colCreated   = "created"
	colAnchor    = "anchor" // the period counts from here …
	colMonths    = "months" // … so many months
	colExpires   = "expires"
	colAutoRenew = "auto_renew_months" // 0: not renewed automatically

	colExpired = "expired"         // since when it is marked so
	colTried   = "renewal_tried"   // when automatic renewal last failed
	colFailure = "renewal_failure" // and its code
	colTold    = "told"            // when the marketplace sent what set the term
)

// accountWidth is how many columns an account's row has at most.
const accountWidth = 20

func accountColumns(a sale.Account, rev revision) store.Columns {
	c := append(make(store.Columns, 0, accountWidth),
		store.Int(colRev, rev), store.Bool(colVerified, a.Verified), store.Int(colMachines, a.Machines),
		store.Int(colDeposited, a.Deposited), store.Int(colBalance, a.Balance),
		store.String(colReleased, strings.Join(a.Released, ",")))
	return appendDue(appendInstance(c, a.Instance), a)
}

func appendInstance(c store.Columns, i *sale.Instance) store.Columns {
	if i == nil {
		for _, name := range [...]string{colInstance, colVersion, colVmNumber, colCreated, colAnchor, colMonths, colExpires, colAutoRenew, colExpired, colTried, colFailure, colTold} {
			c = append(c, store.None(name))
		}
		return c
	}
	failure := store.None(colFailure)
	if i.RenewalFailure != "" {
		failure = store.String(colFailure, i.RenewalFailure)
	}
	return append(c,
		store.String(colInstance, i.ID), store.Int(colVersion, i.VersionCode), store.Int(colVmNumber, i.VmNumber),
		store.Int(colCreated, i.Created.UnixMilli()), store.Int(colExpires, i.Period.End().UnixMilli()),
		store.Int(colAnchor, i.Period.Anchor.UnixMilli()), store.Int(colMonths, i.Period.Months),
		store.Int(colAutoRenew, i.AutoRenewMonths),
		moment(colExpired, i.Expired), moment(colTried, i.RenewalTried), moment(colTold, i.Told), failure)
}

// moment is a time that may be none: then the column is absent.
func moment(column string, t time.Time) store.Column {
	if t.IsZero() {
		return store.None(column)
	}
	return store.Int(column, t.UnixMilli())
}

func readMoment(row store.Row, column string) time.Time {
	if row.HasInt(column) {
		return time.UnixMilli(row.Int(column))
	}
	return time.Time{}
}

func readAccount(owner string, row store.Row) (sale.Account, revision) {
	a := sale.Account{
		Owner: owner, Verified: row.Bool(colVerified), Machines: int(row.Int(colMachines)),
		Deposited: sale.Fen(row.Int(colDeposited)), Balance: sale.Fen(row.Int(colBalance)),
		Instance: readInstance(row),
	}
	if released := row.String(colReleased); released != "" {
		a.Released = strings.Split(released, ",")
	}
	return a, revision(row.Int(colRev))
}

func readInstance(row store.Row) *sale.Instance {
	id := row.String(colInstance)
	if id == "" {
		return nil
	}
	return &sale.Instance{
		ID: id, VersionCode: int(row.Int(colVersion)), VmNumber: int(row.Int(colVmNumber)),
		Created:         time.UnixMilli(row.Int(colCreated)),
		Period:          sale.Period{Anchor: time.UnixMilli(row.Int(colAnchor)), Months: int(row.Int(colMonths))},
		AutoRenewMonths: int(row.Int(colAutoRenew)),
		Expired:         readMoment(row, colExpired), Told: readMoment(row, colTold),
		RenewalTried: readMoment(row, colTried), RenewalFailure: sale.Code(row.String(colFailure)),
	}
}
