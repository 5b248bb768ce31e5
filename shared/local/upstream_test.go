package local_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/local"
	"aegis/shared/local/localtest"
	"aegis/shared/sale"
	"aegis/shared/store/storetest"
	"aegis/shared/upstream"
)

// A reseller's functions, and behind them a seller's that speak the same
// protocol, as the real endpoint does.
func TestAResellerForwardsToTheSeller(t *testing.T) {
	front, seller, err := local.StartReseller(context.Background(), local.Config{BuildDir: localtest.BuildDir(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, front.Close()) })
	buyer := localtest.Owner(t, front)
	order, instance, err := buyer.Create("create", 1, 3, 1)
	require.NoError(t, err)
	again, _, err := buyer.Create("create", 1, 3, 1)
	require.NoError(t, err)
	require.Equal(t, order, again)
	_, _, err = buyer.Create("create", 1, 4, 1)
	requireCode(t, err, "IdempotentParameterMismatch")
	_, _, err = buyer.Create("second", 1, 3, 1)
	requireCode(t, err, "InstanceAlreadyExists")
	_, err = buyer.Upgrade("upgrade", instance, 2, 5)
	require.NoError(t, err)
	_, err = buyer.Renew("renew", instance, 5, 1)
	require.NoError(t, err)
	summary, err := buyer.Summary()
	require.NoError(t, err)
	require.Equal(t, instance, summary.InstanceID)

	direct, err := localtest.Owner(t, seller).Summary()
	require.NoError(t, err)
	require.Equal(t, direct, summary)

	books, err := ledger.New(ledger.Config{Store: storetest.Open(t, seller.StoreURL)})
	require.NoError(t, err)
	sold, err := books.FindToken(context.Background(), local.Owner, upstream.ForwardedToken(local.Owner, "create"))
	require.NoError(t, err)
	require.Equal(t, order, sold.OrderID, "the seller knows the token that was forwarded")
	_, err = books.FindToken(context.Background(), local.Owner, "create")
	require.ErrorIs(t, err, sale.ErrNoToken, "and not the caller's own")
}
