package upstream_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

func TestPendingTokensAreListedOldestFirst(t *testing.T) {
	r := open(t)
	s := r.gate.Client.(*store.Store)
	ctx := context.Background()
	require.NoError(t, s.EnsureIndexes(ctx, upstream.ByUnfinished()))
	buy := func(token string) {
		_, _ = r.Sell(ctx, sale.Purchase{Owner: "1", Token: token, Command: create()}, nil)
		r.now = r.now.Add(time.Minute)
	}
	buy("sold")
	r.remote.sell = refused
	buy("refused")
	r.remote.sell = lost
	buy("older")
	buy("newer")

	list, err := upstream.ListPending(ctx, s, 10)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "older", list[0].Token)
	require.Equal(t, "newer", list[1].Token)
	require.Equal(t, "1", list[0].Owner)
	require.Equal(t, "5", list[0].Parameters["VmNumber"])

	r.remote.sell = sold("o1")
	_, err = r.Sell(ctx, sale.Purchase{Owner: "1", Token: "older", Command: create()}, nil)
	require.NoError(t, err)
	list, err = upstream.ListPending(ctx, s, 10)
	require.NoError(t, err)
	require.Len(t, list, 1)
	done, err := upstream.Status(ctx, s, "1", "older")
	require.NoError(t, err)
	require.Equal(t, tokenrow.Done, done.State)
	require.Equal(t, "o1", done.OrderID)
	_, err = upstream.Status(ctx, s, "1", "never")
	require.ErrorIs(t, err, sale.ErrNoToken)
}
