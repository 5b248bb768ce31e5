package ledger

import (
	"errors"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// errForwarded: package upstream has reserved the token, and its outcome is not
// recorded. Only the endpoint that it was forwarded to knows the outcome.
var errForwarded = errors.New("the token has been forwarded to an endpoint and is unfinished: see admin token show")

// tokenColumns returns the columns of the row of a token that is sold.
func tokenColumns(c sale.Command, o sale.Order) store.Columns {
	return append(tokenrow.FingerprintOf(c).Columns(),
		store.String(tokenrow.Order, o.ID), store.String(tokenrow.Instance, o.InstanceID), store.Int(tokenrow.At, o.At.UnixMilli()))
}

// replay returns the receipt of a token that has been sold, if it was sold for this
// command.
func replay(row store.Row, c sale.Command) (sale.Receipt, error) {
	if err := tokenrow.ReadFingerprint(row.Columns).Check(c); err != nil {
		return sale.Receipt{}, err
	}
	if row.String(tokenrow.Order) == "" {
		return sale.Receipt{}, sale.Unavailable(errForwarded)
	}
	return sale.Receipt{OrderID: row.String(tokenrow.Order), InstanceID: row.String(tokenrow.Instance), Replayed: true}, nil
}
