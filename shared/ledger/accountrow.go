package ledger

import (
	"fmt"
	"strings"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// revision counts the commits to an account. Every commit adds one.
type revision int64

// schema is the version of the account row that this code reads and writes. A row of a
// later version is not read: see readAccount. Rows without a version are version 0.
const schema = 2

// The account row's columns. Amounts are fen, times epoch milliseconds. The
// instance's columns are absent while there is none.
const (
	colSchema    = "schema"
	colRev       = "rev"
	colVerified  = "verified"
	colDeposited = "deposited"
	colBalance   = "balance"
	colMachines  = "machines"
	colReleased  = "released" // ids, joined by commas
	colRefused   = "refused"  // tokens that were refused: see refused.go

	colInstance  = tokenrow.Instance
	colSoldBy    = "sold_by" // the channel
	colChange    = "change"
	colTrial     = "trial"
	colVersion   = "version_code"
	colVmNumber  = "vm_number"
	colCreated   = "created"
	colAnchor    = "anchor" // the period counts from here …
	colMonths    = "months" // … so many months
	colExact     = "exact"
	colSegments  = "segments" // JSON
	colExpires   = "expires"
	colAutoRenew = "auto_renew_months" // 0: not renewed automatically
	colYearly    = "auto_renew_yearly"
	colNoRenewal = "not_renewal"

	colExpired  = "expired"         // since when it is marked expired
	colTried    = "renewal_tried"   // when automatic renewal last failed
	colFailure  = "renewal_failure" // and its code
	colRefunded = "refunded"        // when a renewal was last undone
)

// accountWidth is the maximum number of columns of an account's row.
const accountWidth = 32

// accountColumns returns all columns of an account but the list of refused tokens,
// which stays unchanged.
func accountColumns(a sale.Account, rev revision) store.Columns {
	c := append(make(store.Columns, 0, accountWidth),
		store.Int(colSchema, schema), store.Int(colRev, rev), store.Bool(colVerified, a.Verified), store.Int(colMachines, a.Machines),
		store.Int(colDeposited, a.Deposited), store.Int(colBalance, a.Balance),
		store.String(colReleased, strings.Join(a.Released, ",")))
	return appendSpent(appendDue(appendInstance(c, a.Instance), a), a.Spent)
}

func appendInstance(c store.Columns, i *sale.Instance) store.Columns {
	if i == nil {
		for _, name := range [...]string{
			colInstance, colSoldBy, colChange, colTrial, colVersion, colVmNumber, colCreated, colAnchor, colMonths, colExact,
			colSegments, colExpires, colAutoRenew, colYearly, colNoRenewal, colExpired, colTried, colFailure, colRefunded,
		} {
			c = append(c, store.None(name))
		}
		return c
	}

	failure := store.None(colFailure)
	if i.RenewalFailure != "" {
		failure = store.String(colFailure, i.RenewalFailure)
	}

	return append(c,
		store.String(colInstance, i.ID), store.String(colSoldBy, i.Channel), store.Int(colChange, i.Change),
		store.Int(colVersion, i.VersionCode), store.Int(colVmNumber, i.VmNumber),
		store.Int(colCreated, i.Created.UnixMilli()), store.Int(colExpires, i.Period.End().UnixMilli()),
		store.Int(colAnchor, i.Period.Anchor.UnixMilli()), store.Int(colMonths, i.Period.Months),
		flag(colExact, i.Period.Exact), flag(colTrial, i.Trial),
		store.String(colSegments, encodeSegments(i.Segments)),
		store.Int(colAutoRenew, i.AutoRenewMonths), flag(colYearly, i.AutoRenewYearly), flag(colNoRenewal, i.NotRenewal),
		moment(colExpired, i.Expired), moment(colTried, i.RenewalTried), moment(colRefunded, i.Refunded), failure)
}

// flag returns a column that is present only if it is true.
func flag(column string, set bool) store.Column {
	if !set {
		return store.None(column)
	}
	return store.Bool(column, true)
}

// moment returns a time column, absent if the time is zero.
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

// readAccount reads an account's row. A row that a later release wrote may have a
// meaning that this release does not know. It is ErrUnavailable: the caller retries and
// reaches the later release.
func readAccount(owner string, row store.Row) (sale.Account, revision, error) {
	if version := row.Int(colSchema); version > schema {
		return sale.Account{}, 0, sale.Unavailable(fmt.Errorf("the account's row has version %d and this release knows %d", version, schema))
	}

	a := sale.Account{
		Owner: owner, Verified: row.Bool(colVerified), Machines: int(row.Int(colMachines)),
		Deposited: sale.Fen(row.Int(colDeposited)), Balance: sale.Fen(row.Int(colBalance)),
	}
	a.Spent = readSpent(row)
	if released := row.String(colReleased); released != "" {
		a.Released = strings.Split(released, ",")
	}

	var err error
	if a.Instance, err = readInstance(row); err != nil {
		return sale.Account{}, 0, fmt.Errorf("read the account's row: %w", err)
	}
	return a, revision(row.Int(colRev)), nil
}

func readInstance(row store.Row) (*sale.Instance, error) {
	id := row.String(colInstance)
	if id == "" {
		return nil, nil
	}

	segments, err := decodeSegments(row.String(colSegments))
	if err != nil {
		return nil, err
	}

	return &sale.Instance{
		ID: id, Channel: soldBy(id, row.String(colSoldBy)), Change: max(int(row.Int(colChange)), 1), Trial: row.Bool(colTrial),
		VersionCode: int(row.Int(colVersion)), VmNumber: int(row.Int(colVmNumber)),
		Created:         time.UnixMilli(row.Int(colCreated)),
		Period:          sale.Period{Anchor: time.UnixMilli(row.Int(colAnchor)), Months: int(row.Int(colMonths)), Exact: row.Bool(colExact)},
		Segments:        segments,
		AutoRenewMonths: int(row.Int(colAutoRenew)), AutoRenewYearly: row.Bool(colYearly), NotRenewal: row.Bool(colNoRenewal),
		Expired: readMoment(row, colExpired), Refunded: readMoment(row, colRefunded),
		RenewalTried: readMoment(row, colTried), RenewalFailure: sale.Code(row.String(colFailure)),
	}, nil
}

// soldBy returns the channel of an instance. Older rows have no channel. Their
// instances count as sold by the API, unless the id is one that only the marketplace
// gives: our ids begin with instancePrefix, and the marketplace's may not.
func soldBy(id, column string) sale.Channel {
	switch {
	case column != "":
		return sale.Channel(column)
	case strings.HasPrefix(id, instancePrefix):
		return sale.API
	}
	return sale.Market
}
