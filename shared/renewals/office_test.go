package renewals_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/renewals"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

// office has a ledger on a store, and a clock to move.
type office struct {
	t      testing.TB
	gate   *storetest.Faulty
	books  *ledger.Ledger
	runner *renewals.Runner
	now    time.Time
}

func open(t testing.TB, gate store.Client) *office {
	t.Helper()
	o := &office{t: t, gate: &storetest.Faulty{Client: gate}, now: at("2026-05-10 12:00:00")}
	clock := func() time.Time { return o.now }
	var err error
	o.books, err = ledger.New(ledger.Config{Store: o.gate, Clock: clock})
	require.NoError(t, err)
	o.runner, err = renewals.New(renewals.Config{Ledger: o.books, Clock: clock, Page: 3})
	require.NoError(t, err)
	return o
}

// real is an office on a real store with its index.
func real(t testing.TB) *office {
	s, _ := storetest.Start(t, tokenrow.Sales())
	require.NoError(t, s.EnsureIndexes(context.Background(), ledger.ByDue()))
	return open(t, s)
}

func at(text string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, text, sale.Shanghai())
	if err != nil {
		panic(err) // a constant of a test
	}
	return t
}

// buy gives an owner an account and an instance for a month, until 11 June 00:00.
func (o *office) buy(owner string, balance sale.Fen, autoRenewMonths int) (instance string) {
	o.t.Helper()
	ledgertest.SetBalance(o.t, o.books, owner, balance+5000)
	create := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5, AutoRenew: autoRenewMonths > 0, AutoRenewMonths: autoRenewMonths}
	receipt, err := o.books.Sell(context.Background(), sale.Purchase{Owner: owner, Token: "buy", Command: create}, nil)
	require.NoError(o.t, err)
	return receipt.InstanceID
}

func (o *office) run() renewals.Report {
	o.t.Helper()
	r, err := o.runner.Run(context.Background(), renewals.Due)
	require.NoError(o.t, err)
	return r
}

func (o *office) account(owner string) sale.Account {
	o.t.Helper()
	a, err := o.books.Account(context.Background(), owner)
	require.NoError(o.t, err)
	return a
}

func (o *office) orders(owner string) (operations []string) {
	o.t.Helper()
	sum := sale.Fen(0)
	for _, order := range ledgertest.Sales(o.t, o.books, owner) {
		operations = append([]string{string(order.Operation)}, operations...)
		sum += order.Amount
	}
	a := o.account(owner)
	require.Equal(o.t, a.Deposited-a.Balance, sum)
	return operations
}
