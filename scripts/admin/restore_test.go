package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/audit"
	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

func TestARestoredBackupSellsNothingUntilItIsReconciled(t *testing.T) {
	ctx := t.Context()
	gate, server := storetest.Start(t, tokenrow.Sales(), audit.Table())
	books, err := ledger.New(ledger.Config{Store: gate})
	require.NoError(t, err)
	for _, owner := range []string{"1", "2", "3"} {
		_, err := books.OpenAccount(ctx, sale.Account{Owner: owner, Verified: true, Machines: 5, Balance: 100_000})
		require.NoError(t, err)
	}
	buy := func(owner string) error {
		command := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}
		_, err := books.Sell(ctx, sale.Purchase{Owner: owner, Token: "t", Caller: "k", Command: command}, nil)
		return err
	}
	broken, err := gate.Read(ctx, store.Key{Table: tokenrow.Sales(), Partition: tokenrow.Partition("2"), Sort: "account"})
	require.NoError(t, err)
	wrong := store.Update(broken[0].Key, store.Columns{store.Int("balance", 1)}, "rev", broken[0].Int("rev"))
	require.NoError(t, gate.Commit(ctx, wrong))

	admin := tool(t, server.URL)
	out, err := admin("restore", "begin", "-dry-run")
	require.NoError(t, err, out)
	require.NoError(t, buy("3"), "a dry run closes nothing")
	out, err = admin("restore", "begin", "-reason", "the store was lost")
	require.NoError(t, err, out)
	require.Contains(t, out, "3 accounts closed")
	require.ErrorIs(t, buy("1"), sale.ErrUnavailable)
	out, err = admin("account", "show", "-owner", "1")
	require.NoError(t, err, out)
	require.Contains(t, out, "closed until it is reconciled")

	out, err = admin("reconcile", "-all")
	require.Error(t, err)
	require.Contains(t, out, "owner 2:")
	require.Contains(t, out, "3 owners reconciled")
	out, err = admin("restore", "end", "-log-compared")
	require.Error(t, err)
	require.Contains(t, out, "2 accounts opened, 1 are still closed")
	require.NoError(t, buy("1"))
	require.ErrorIs(t, buy("2"), sale.ErrUnavailable)

	out, err = admin("restore", "end", "-owner", "2")
	require.Error(t, err)
	require.Contains(t, out, "needs a --reason")
	out, err = admin("restore", "end", "-owner", "2", "-reason", "explained by ticket 7")
	require.NoError(t, err, out)
	require.NotErrorIs(t, buy("2"), sale.ErrUnavailable)
}

func TestReconcilingGoesOnWhereItEnded(t *testing.T) {
	ctx := t.Context()
	gate, server := storetest.Start(t, tokenrow.Sales(), audit.Table())
	books, err := ledger.New(ledger.Config{Store: gate})
	require.NoError(t, err)
	for _, owner := range []string{"1", "2", "3"} {
		_, err := books.OpenAccount(ctx, sale.Account{Owner: owner, Balance: 5})
		require.NoError(t, err)
	}
	rows, _, err := gate.Scan(ctx, tokenrow.Sales(), store.Key{}, 1)
	require.NoError(t, err)
	first, ok := ledger.AccountOf(rows[0].Key)
	require.True(t, ok)
	out, err := tool(t, server.URL)("reconcile", "-all", "-after", first)
	require.NoError(t, err, out)
	require.Contains(t, out, "2 owners reconciled, 0 findings")
}
