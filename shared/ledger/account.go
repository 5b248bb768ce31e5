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
	c := make(store.Columns, accountWidth)
	c[colRev], c[colVerified], c[colMachines] = int64(rev), a.Verified, int64(a.Machines)
	c[colDeposited], c[colBalance] = int64(a.Deposited), int64(a.Balance)
	c[colReleased] = strings.Join(a.Released, ",")
	putInstance(c, a.Instance)
	putDue(c, a)
	return c
}

func putInstance(c store.Columns, i *sale.Instance) {
	if i == nil {
		for _, name := range []string{colInstance, colVersion, colVmNumber, colCreated, colAnchor, colMonths, colExpires, colAutoRenew, colExpired, colTried, colFailure, colTold} {
			c[name] = nil
		}
		return
	}
	c[colInstance], c[colVersion], c[colVmNumber] = i.ID, int64(i.VersionCode), int64(i.VmNumber)
	c[colCreated], c[colExpires] = i.Created.UnixMilli(), i.Period.End().UnixMilli()
	c[colAnchor], c[colMonths] = i.Period.Anchor.UnixMilli(), int64(i.Period.Months)
	c[colAutoRenew] = int64(i.AutoRenewMonths)
	c[colExpired], c[colTried], c[colTold] = moment(i.Expired), moment(i.RenewalTried), moment(i.Told)
	if c[colFailure] = nil; i.RenewalFailure != "" {
		c[colFailure] = string(i.RenewalFailure)
	}
}

// moment is a time that may be none: then the column is absent.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func readMoment(row store.Row, column string) time.Time {
	if at, ok := row.Columns[column].(int64); ok {
		return time.UnixMilli(at)
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
