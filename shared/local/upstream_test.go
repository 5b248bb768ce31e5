package local_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/local"
	"aegis/shared/local/localtest"
	"aegis/shared/pop"
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

	became := query(t, front, "QueryOrders", "ClientToken", "create")
	require.Equal(t, "Sold", became["TokenStatus"])
	require.Contains(t, fmt.Sprint(became["OrderList"]), order)
	described := query(t, front, "GetSummary")
	require.Equal(t, "Running", described["Status"])
	require.EqualValues(t, 5, described["VmNumber"])
	for _, action := range []string{"QueryOrders", "GetOrderDetail", "QueryPrice"} {
		refused := query(t, front, action, "OrderId", order, "OrderType", "NewOrder", "Duration", "1", "PricingCycle", "Month", "VersionCode", "1", "VmNumber", "1")
		require.Equal(t, "UnsupportedOperation", refused["Code"], action)
	}

	books, err := ledger.New(ledger.Config{Store: storetest.Open(t, seller.StoreURL)})
	require.NoError(t, err)
	sold, err := books.FindToken(context.Background(), local.Owner, upstream.ForwardedToken(local.Owner, "create"))
	require.NoError(t, err)
	require.Equal(t, order, sold.OrderID, "the seller knows the token that was forwarded")
	_, err = books.FindToken(context.Background(), local.Owner, "create")
	require.ErrorIs(t, err, sale.ErrNoToken, "and not the caller's own")
}

// query makes a call of the local owner's and returns the fields of the answer.
func query(t *testing.T, stack *local.Stack, action string, parameters ...string) map[string]any {
	t.Helper()
	all := pop.Params{{Name: "Action", Value: action}, {Name: "Version", Value: "2016-11-11"}, {Name: "Format", Value: "JSON"}}
	for i := 0; i < len(parameters); i += 2 {
		all = append(all, pop.Param{Name: parameters[i], Value: parameters[i+1]})
	}
	signer := pop.Signer{Credentials: pop.Credentials{AccessKeyID: local.OwnerKey, AccessKeySecret: local.OwnerSecret}}
	answer, err := http.Get(stack.URL + "/" + action + "?" + signer.SignV1(http.MethodGet, all).Encode())
	require.NoError(t, err)
	defer answer.Body.Close()
	var fields map[string]any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&fields))
	return fields
}
