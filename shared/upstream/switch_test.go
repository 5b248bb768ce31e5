package upstream_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// The operator may switch SALES_BACKEND while tokens of the other one are there.

// books opens a ledger on the reseller's store, with an account that can pay.
func (r *reseller) books(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.New(ledger.Config{Store: r.gate})
	require.NoError(t, err)
	ledgertest.SetBalance(t, l, "1", 1_000_000)
	return l
}

func buy(l *ledger.Ledger) (sale.Receipt, error) {
	return l.Sell(context.Background(), sale.Purchase{Owner: "1", Token: "t1", Command: create()}, nil)
}

func requireOrders(t *testing.T, l *ledger.Ledger, n int) {
	t.Helper()
	require.Len(t, ledgertest.Sales(t, l, "1"), n)
}

func TestTheLedgerAnswersAForwardedTokenWithItsOrder(t *testing.T) {
	r := open(t)
	_, err := r.sell1()
	require.NoError(t, err)

	l := r.books(t)
	receipt, err := buy(l)
	require.NoError(t, err)
	require.Equal(t, sale.Receipt{OrderID: "o1", InstanceID: "i1", Replayed: true}, receipt)
	requireOrders(t, l, 0)
}

func TestTheLedgerDoesNotSellATokenThatMayBeSoldUpstream(t *testing.T) {
	r := open(t)
	r.remote.sell = lost
	_, err := r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable)

	l := r.books(t)
	receipt, err := buy(l)
	require.ErrorIs(t, err, sale.ErrUnavailable)
	require.Empty(t, receipt)
	requireOrders(t, l, 0)
	_, err = l.FindToken(context.Background(), "1", "t1")
	require.ErrorIs(t, err, sale.ErrNoToken, "it is not known to be sold")
}

func TestTheLedgerSellsATokenThatWasRefusedUpstream(t *testing.T) {
	r := open(t)
	r.remote.sell = refused
	_, err := r.sell1()
	requireRefused(t, err, "InvalidAccountStatus.NotEnoughBalance")

	l := r.books(t)
	receipt, err := buy(l)
	require.NoError(t, err)
	require.NotEmpty(t, receipt.OrderID)
	again, err := buy(l)
	require.NoError(t, err)
	require.Equal(t, receipt.OrderID, again.OrderID)
	requireOrders(t, l, 1)

	back, err := r.sell1()
	require.NoError(t, err, "and so does the reseller")
	require.Equal(t, receipt.OrderID, back.OrderID)
	require.Equal(t, 1, r.remote.forwards)
}

func TestAFreedTokenIsSoldByLedgerOrResellerNotByBoth(t *testing.T) {
	r := open(t)
	r.remote.sell = refused
	_, err := r.sell1()
	requireRefused(t, err, "InvalidAccountStatus.NotEnoughBalance")
	l := r.books(t)

	r.remote.sell = sold("o1")
	r.gate.BeforeCommit = func(_ int, changes []store.Change) error {
		if len(changes) == 1 {
			return nil
		}
		r.gate.BeforeCommit = nil
		_, err := r.sell1() // the reseller is faster
		require.NoError(t, err)
		return nil
	}
	receipt, err := buy(l)
	require.NoError(t, err)
	require.Equal(t, "o1", receipt.OrderID)
	requireOrders(t, l, 0)
}

func TestARefusalOfTheLedgerLeavesAFreedTokenFree(t *testing.T) {
	r := open(t)
	r.remote.sell = refused
	_, err := r.sell1()
	requireRefused(t, err, "InvalidAccountStatus.NotEnoughBalance")
	l := r.books(t)
	ledgertest.SetBalance(t, l, "1", 1)

	for range 2 {
		_, err = buy(l)
		var refusal *sale.Refusal
		require.ErrorAs(t, err, &refusal, fmt.Sprint(err))
		require.Equal(t, sale.NotEnoughBalance, refusal.Code)
	}
}
