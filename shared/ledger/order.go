package ledger

import (
	"context"
	"fmt"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// Order is an order as the ledger keeps it.
type Order struct {
	sale.Order
	Token  string // the ClientToken that it was made for
	Caller string // the access key that asked
}

// The order row's further columns: what the instance was after it, which
// revision of the account it made, and on whose behalf.
const (
	colAmount  = "amount"
	colToken   = "token"
	colCaller  = "access_key_id"
	colChannel = "channel"
)

func orderColumns(o sale.Order, rev revision, token, caller string) store.Columns {
	return store.Columns{
		store.String(colOperation, o.Operation), store.String(colInstance, o.InstanceID), store.Int(colAmount, o.Amount),
		store.Int(colVersion, o.VersionCode), store.Int(colVmNumber, o.VmNumber),
		store.Int(colAt, o.At.UnixMilli()), store.Int(colExpires, o.Expires.UnixMilli()),
		store.Int(colRev, rev), store.String(colToken, token), store.String(colCaller, caller), store.String(colChannel, o.Channel),
	}
}

func readOrder(row store.Row) Order {
	channel := sale.Channel(row.String(colChannel))
	if channel == "" {
		channel = sale.API // there was no other when it was written
	}
	return Order{
		Order: sale.Order{
			ID: row.Key.Sort[len(orderPrefix):], Operation: sale.Operation(row.String(colOperation)),
			Channel: channel, InstanceID: row.String(colInstance), Amount: sale.Fen(row.Int(colAmount)),
			VersionCode: int(row.Int(colVersion)), VmNumber: int(row.Int(colVmNumber)),
			At: time.UnixMilli(row.Int(colAt)), Expires: time.UnixMilli(row.Int(colExpires)),
		},
		Token: row.String(colToken), Caller: row.String(colCaller),
	}
}

// Orders reads a page of an owner's orders, newest first, at most limit of them.
// start is "" for the first page and then what next told; next is "" after the
// last page.
func (l *Ledger) Orders(ctx context.Context, owner, start string, limit int) (orders []Order, next string, err error) {
	rows, next, err := l.gate.Range(ctx, store.Range{
		Table: Sales(), Partition: partition(owner), Prefix: orderPrefix, Start: start, Backward: true, Limit: limit,
	})
	if err != nil {
		return nil, "", fmt.Errorf("list the orders of owner %s: %w", owner, err)
	}
	for _, row := range rows {
		orders = append(orders, readOrder(row))
	}
	return orders, next, nil
}
