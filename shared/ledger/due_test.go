package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

func TestAnAccountIsOpenedOnce(t *testing.T) {
	sh := open(t)
	ctx := context.Background()
	before, err := sh.Account(ctx, owner)
	require.NoError(t, err)
	made, err := sh.OpenAccount(ctx, sale.Account{Owner: owner, Machines: 99})
	require.NoError(t, err)
	require.False(t, made)
	after, err := sh.Account(ctx, owner)
	require.NoError(t, err)
	require.Equal(t, before, after, "who was here keeps what is there")

	made, err = sh.OpenAccount(ctx, sale.Account{Owner: "7", Verified: true, Machines: 3})
	require.NoError(t, err)
	require.True(t, made)
	a, err := sh.Account(ctx, "7")
	require.NoError(t, err)
	require.Equal(t, sale.Account{Owner: "7", Verified: true, Machines: 3}, a)

	sh.gate.BeforeCommit = func(int, []store.Change) error { return store.ErrUnknown }
	_, err = sh.OpenAccount(ctx, sale.Account{Owner: "8"})
	require.ErrorIs(t, err, sale.ErrUnavailable)
}

func TestWhatIsDueIsFoundShardByShardAndPageByPage(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)
	books, err := ledger.New(ledger.Config{Store: storetest.NewMemory(), Clock: func() time.Time { return now }})
	require.NoError(t, err)
	for i := range 40 {
		owner := fmt.Sprint(i)
		ledgertest.SetBalance(t, books, owner, 100_000)
		now = now.Add(24 * time.Hour) // each expires a day after the one before
		_, err := books.Sell(ctx, sale.Purchase{Owner: owner, Token: "t", Command: create()}, nil)
		require.NoError(t, err)
	}
	find := func(until time.Time) (found []string) {
		for shard := range ledger.DueShards {
			p := ledger.DuePage{Queue: sale.Running, Shard: shard, Until: until, Limit: 2}
			for {
				due, next, err := books.Due(ctx, p)
				require.NoError(t, err)
				for _, d := range due {
					a, err := books.Account(ctx, d.Owner)
					require.NoError(t, err)
					require.Equal(t, a.Instance.ID, d.Instance.ID)
					require.True(t, a.Instance.Period.End().Equal(d.Expiry))
					found = append(found, d.Owner)
				}
				if p.Start = next; next.Zero() {
					break
				}
			}
		}
		return found
	}
	all := find(now.AddDate(1, 0, 0))
	require.Len(t, all, 40)
	first, err := books.Account(ctx, "0")
	require.NoError(t, err)
	require.Empty(t, find(first.Instance.Period.End().Add(-time.Millisecond)))
	require.Equal(t, []string{"0"}, find(first.Instance.Period.End()))
}

func TestAStoreWithoutIndexesSaysSo(t *testing.T) {
	books, err := ledger.New(ledger.Config{Store: struct{ store.Client }{storetest.NewMemory()}})
	require.NoError(t, err)
	_, _, err = books.Due(context.Background(), ledger.DuePage{Queue: sale.Running})
	require.ErrorContains(t, err, "no indexes")
}
