package ledger

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// QueryOrders returns a page of an owner's orders, in one round trip. A query for a
// token reads the token's row alone. A nil Precheck passes.
func (l *Ledger) QueryOrders(ctx context.Context, owner string, q sale.OrderQuery, p store.Precheck) (page sale.OrderPage, err error) {
	switch {
	case q.Token != "":
		page, err = l.queryToken(ctx, owner, q, p)
	case q.OrderID != "":
		page, err = l.queryOne(ctx, owner, q, p)
	default:
		page, err = l.queryPage(ctx, owner, q, p)
	}
	if err != nil {
		return sale.OrderPage{}, fmt.Errorf("query the orders of owner %s: %w", owner, err)
	}
	return page, nil
}

// OrderDetail returns one of an owner's orders, in one round trip; sale.ErrNoOrder if
// there is none.
func (l *Ledger) OrderDetail(ctx context.Context, owner, orderID string, p store.Precheck) (sale.PlacedOrder, error) {
	page, err := l.queryOne(ctx, owner, sale.OrderQuery{OrderID: orderID}, p)
	if err == nil && len(page.Orders) == 0 {
		err = sale.ErrNoOrder
	}
	if err != nil {
		return sale.PlacedOrder{}, fmt.Errorf("order of owner %s: %w", owner, err)
	}
	return page.Orders[0], nil
}

func (l *Ledger) queryOne(ctx context.Context, owner string, q sale.OrderQuery, p store.Precheck) (sale.OrderPage, error) {
	rows, err := l.readChecked(ctx, p, keysOf(owner).order(q.OrderID))
	if err != nil || !rows[0].Exists() {
		return sale.OrderPage{}, err
	}

	if o := placed(rows[0]); q.Matches(o) {
		return sale.OrderPage{Orders: []sale.PlacedOrder{o}}, nil
	}
	return sale.OrderPage{}, nil
}

// queryToken reads the token's row and the account's, in one request. A closed account is
// one of a restored backup: a token that it does not have may have been sold.
func (l *Ledger) queryToken(ctx context.Context, owner string, q sale.OrderQuery, p store.Precheck) (sale.OrderPage, error) {
	keys := keysOf(owner)
	rows, err := l.readChecked(ctx, p, keys.token(q.Token), keys.account())
	if err != nil {
		return sale.OrderPage{}, err
	}
	if rows[1].Bool(colClosed) && !tokenrow.Taken(rows[0]) {
		return sale.OrderPage{}, sale.Unavailable(errClosed)
	}
	return tokenrow.PageOf(rows[0], q, l.clock()), nil
}

// searched is how many orders are read for one page of a query that filters.
const searched = 500

// queryPage reads orders backwards from the start or the end of the time. The ids of
// orders are sorted by time.
func (l *Ledger) queryPage(ctx context.Context, owner string, q sale.OrderQuery, p store.Precheck) (sale.OrderPage, error) {
	r := store.Range{
		Table: tokenrow.Sales(), Partition: tokenrow.Partition(owner), Prefix: orderPrefix, Start: startKey(q), Backward: true, Limit: q.Limit,
	}
	if q.InstanceID != "" || q.Channel != "" {
		r.Limit = searched
	}

	rows, next, err := tokenrow.RangeChecked(ctx, l.store, p, r)
	if err != nil {
		return sale.OrderPage{}, err
	}
	return pageOf(rows, next, q), nil
}

// pageOf returns the orders of a page that pass the filters. The page ends at the first
// order from before the time asked for: all that follow are older.
func pageOf(rows []store.Row, next string, q sale.OrderQuery) (page sale.OrderPage) {
	for _, row := range rows {
		o := placed(row)
		switch {
		case !q.From.IsZero() && MadeAt(o.ID).Before(q.From):
			return page
		case !q.Matches(o):
			continue
		case len(page.Orders) == q.Limit:
			page.Next = o.ID
			return page
		}
		page.Orders = append(page.Orders, o)
	}

	page.Next = strings.TrimPrefix(next, orderPrefix)
	return page
}

// startKey returns the sort key at which a page starts, "" for the newest order.
func startKey(q sale.OrderQuery) string {
	switch {
	case q.Start != "":
		return orderPrefix + q.Start
	case !q.To.IsZero():
		var last ulid.ULID
		_ = last.SetTime(ulid.Timestamp(q.To))              // ids end in the year 10889
		_ = last.SetEntropy(bytes.Repeat([]byte{0xff}, 10)) // it has the right length
		return orderPrefix + last.String()
	}
	return ""
}

// MadeAt returns the time of an order's id. That of the opening order is the oldest.
func MadeAt(orderID string) time.Time {
	id, err := ulid.Parse(orderID)
	if err != nil {
		return time.Time{}
	}
	return ulid.Time(id.Time())
}

// placed reads an order as a query answers it.
func placed(row store.Row) sale.PlacedOrder {
	o := readOrder(row)
	return sale.PlacedOrder{Order: o.Order, Token: o.Token}
}

// Quote returns what a command would cost an owner now, in one round trip. Its error is
// that of Summary, or a *sale.Refusal of form.
func (l *Ledger) Quote(ctx context.Context, owner string, c sale.Command, p store.Precheck) (sale.Quote, error) {
	account, err := l.checkedAccount(ctx, owner, p)
	if err != nil {
		return sale.Quote{}, fmt.Errorf("quote for owner %s: %w", owner, err)
	}

	quote, err := sale.QuoteOf(c, l.catalogue, account, l.clock().Truncate(time.Millisecond))
	if err != nil {
		return sale.Quote{}, fmt.Errorf("quote for owner %s: %w", owner, err)
	}
	return quote, nil
}

// Summary returns an owner's machines and live instance, in one round trip. A nil
// Precheck passes.
func (l *Ledger) Summary(ctx context.Context, owner string, p store.Precheck) (sale.Summary, error) {
	account, err := l.checkedAccount(ctx, owner, p)
	if err != nil {
		return sale.Summary{}, fmt.Errorf("summary of owner %s: %w", owner, err)
	}
	return account.Summary(l.clock()), nil
}

// checkedAccount reads an account while the caller is checked.
func (l *Ledger) checkedAccount(ctx context.Context, owner string, p store.Precheck) (sale.Account, error) {
	rows, err := l.readChecked(ctx, p, keysOf(owner).account())
	if err != nil {
		return sale.Account{}, err
	}
	if !rows[0].Exists() {
		return sale.Account{}, sale.ErrNoAccount
	}

	account, _, err := readAccount(owner, rows[0])
	return account, err
}
