package ledger

import (
	"context"
	"fmt"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// Order is an order with what the ledger records about it.
type Order struct {
	sale.Order
	Rev    int64  // of the account, after the commit
	Token  string // the ClientToken that it was made for
	Caller string // the access key that asked
}

// The order row's further columns: the instance after the order, the revision of the
// account that it made, and the caller.
const (
	colAmount  = "amount"
	colToken   = "token"
	colCaller  = "access_key_id"
	colChannel = "channel"
	colCredit  = "credit"
	colReason  = "reason"
)

func orderColumns(o sale.Order, rev revision, token, caller string) store.Columns {
	c := store.Columns{
		store.String(tokenrow.Operation, o.Operation), store.String(colInstance, o.InstanceID), store.Int(colAmount, o.Amount),
		store.Int(colVersion, o.VersionCode), store.Int(colVmNumber, o.VmNumber),
		store.Int(tokenrow.At, o.At.UnixMilli()), moment(colExpires, o.Expires),
		store.Int(colRev, rev), store.String(colToken, token), store.String(colCaller, caller), store.String(colChannel, o.Channel),
	}
	if o.Credit != 0 {
		c = append(c, store.Int(colCredit, o.Credit))
	}
	if o.Reason != "" {
		c = append(c, store.String(colReason, o.Reason))
	}

	return c
}

// openingID is the id of the opening order. It enters what was paid into an account of
// an earlier schema, in which deposits were no orders. It sorts before all other ids.
const openingID = "00000000000000000000000000"

// opening returns the opening order of an account.
func opening(paidIn sale.Fen, now time.Time) sale.Order {
	return sale.Order{
		ID: openingID, Operation: sale.DepositBalance, Channel: sale.Operator, Credit: paidIn, At: now,
		Reason: "opening balance",
	}
}

func readOrder(row store.Row) Order {
	channel := sale.Channel(row.String(colChannel))
	if channel == "" {
		channel = sale.API // there was no other when it was written
	}

	return Order{
		Order: sale.Order{
			ID: row.Key.Sort[len(orderPrefix):], Operation: sale.Operation(row.String(tokenrow.Operation)),
			Channel: channel, InstanceID: row.String(colInstance), Amount: sale.Fen(row.Int(colAmount)),
			VersionCode: int(row.Int(colVersion)), VmNumber: int(row.Int(colVmNumber)),
			Credit: sale.Fen(row.Int(colCredit)), Reason: row.String(colReason),
			At: time.UnixMilli(row.Int(tokenrow.At)), Expires: readMoment(row, colExpires),
		},
		Rev: row.Int(colRev), Token: row.String(colToken), Caller: row.String(colCaller),
	}
}

// Order reads one of an owner's orders; sale.ErrNoOrder if there is none.
func (l *Ledger) Order(ctx context.Context, owner, orderID string) (Order, error) {
	rows, err := l.store.Read(ctx, keysOf(owner).order(orderID))
	if err != nil {
		return Order{}, fmt.Errorf("read order %s of owner %s: %w", orderID, owner, err)
	}
	if !rows[0].Exists() {
		return Order{}, fmt.Errorf("read order %s of owner %s: %w", orderID, owner, sale.ErrNoOrder)
	}
	return readOrder(rows[0]), nil
}

// Orders reads a page of an owner's orders, newest first, at most limit of them.
// start is "" for the first page and then the last call's next; next is "" after the
// last page.
func (l *Ledger) Orders(ctx context.Context, owner, start string, limit int) (orders []Order, next string, err error) {
	rows, next, err := l.store.Range(ctx, store.Range{
		Table: tokenrow.Sales(), Partition: tokenrow.Partition(owner), Prefix: orderPrefix, Start: start, Backward: true, Limit: limit,
	})
	if err != nil {
		return nil, "", fmt.Errorf("list the orders of owner %s: %w", owner, err)
	}

	for _, row := range rows {
		orders = append(orders, readOrder(row))
	}

	return orders, next, nil
}
