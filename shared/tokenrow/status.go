package tokenrow

import (
	"context"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// StatusOf returns what became of a token, and its order if it is sold. now is when a
// pending token without a lease may be asked about.
func StatusOf(row store.Row, now time.Time) (sale.TokenStatus, sale.PlacedOrder) {
	switch {
	case row.String(Order) != "":
		return sale.TokenStatus{State: sale.Sold}, sale.PlacedOrder{Brief: true, Token: Token(row.Key), Order: sale.Order{
			ID: row.String(Order), Operation: sale.Operation(row.String(Operation)), InstanceID: row.String(Instance),
			At: time.UnixMilli(row.Int(At)),
		}}
	case !Taken(row):
		return sale.TokenStatus{State: sale.Unsold}, sale.PlacedOrder{}
	}

	pending := sale.TokenStatus{State: sale.Pending, Since: time.UnixMilli(row.Int(Since)), RetryAt: now}
	if lease := time.UnixMilli(row.Int(Lease)); lease.After(now) {
		pending.RetryAt = lease
	}
	return pending, sale.PlacedOrder{}
}

// QueryToken answers a query for a token from its row, in one read.
func QueryToken(ctx context.Context, client store.Client, p store.Precheck, owner string, q sale.OrderQuery, now time.Time) (sale.OrderPage, error) {
	rows, err := ReadChecked(ctx, client, p, Key(owner, q.Token))
	if err != nil {
		return sale.OrderPage{}, err
	}
	return PageOf(rows[0], q, now), nil
}

// PageOf returns the answer to a query for a token from its row.
func PageOf(row store.Row, q sale.OrderQuery, now time.Time) sale.OrderPage {
	status, order := StatusOf(row, now)
	page := sale.OrderPage{Token: &status}
	if status.State == sale.Sold && q.Matches(order) {
		page.Orders = []sale.PlacedOrder{order}
	}
	return page
}
