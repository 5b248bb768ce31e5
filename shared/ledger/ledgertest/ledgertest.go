// Package ledgertest gives tests accounts to buy from and the orders that they made.
package ledgertest

import (
	"context"
	"strconv"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/sale"
)

// SetBalance opens a verified account with 5 machines, or corrects the balance of one
// that is there.
func SetBalance(t require.TestingT, l *ledger.Ledger, owner string, balance sale.Fen) {
	ctx := context.Background()
	made, err := l.OpenAccount(ctx, sale.Account{Owner: owner, Verified: true, Machines: 5, Balance: balance})
	require.NoError(t, err)
	if made {
		return
	}

	a, err := l.Account(ctx, owner)
	require.NoError(t, err)
	if a.Balance == balance {
		return
	}

	orders, _, err := l.Orders(ctx, owner, "", 1000)
	require.NoError(t, err)
	_, err = l.Sell(ctx, sale.Purchase{
		Owner: owner, Token: sale.DerivedToken("test", strconv.Itoa(len(orders))), Caller: "test",
		Command: sale.Adjust{Fen: balance - a.Balance, Reason: "test"},
	}, nil)
	require.NoError(t, err)
}

// Sales are an owner's orders, newest first, without deposits and adjustments.
func Sales(t require.TestingT, l *ledger.Ledger, owner string) []ledger.Order {
	all, _, err := l.Orders(context.Background(), owner, "", 1000)
	require.NoError(t, err)

	var sales []ledger.Order
	for _, o := range all {
		if o.Credit == 0 {
			sales = append(sales, o)
		}
	}

	return sales
}
