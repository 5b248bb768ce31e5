package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type progress struct {
	Stage, MessageID, OrderID, Letter string
	Batches                           []struct{ Seq uint64 }
}

// sell sends a call of the marketplace and waits until the consumer has handled it.
func sell(t *testing.T, p page, parameters ...string) progress {
	t.Helper()
	sent := ask[outcome](t, p, "POST", "/api/market/call", marketCall(t, parameters...))
	require.Equal(t, http.StatusOK, sent.Status, sent.Body)
	var now progress
	require.Eventually(t, func() bool {
		now = ask[progress](t, p, "GET", "/api/market/progress/"+sent.Record, "")
		return now.Stage != "queue"
	}, 20*time.Second, 20*time.Millisecond)
	return now
}

func marketCall(t *testing.T, parameters ...string) string {
	t.Helper()
	var all []map[string]string
	for i := 0; i < len(parameters); i += 2 {
		all = append(all, map[string]string{"Name": parameters[i], "Value": parameters[i+1]})
	}
	text, err := json.Marshal(map[string]any{"parameters": all})
	require.NoError(t, err)
	return string(text)
}

type letters struct {
	Letters []struct{ ID, State, Reason, Message string }
}

func TestTheMarketplacesPart(t *testing.T) {
	p := open(t)
	const owner = "2000000000000031"
	create := []string{"action", "createInstance", "aliUid", owner, "orderBizId", "biz-1", "orderId", "o-1", "skuId", "aegis-1", "vm_number", "5", "trial", "false"}

	t.Run("a paid order goes through the queue and a batch to an order of the account", func(t *testing.T) {
		done := sell(t, p, create...)
		require.Equal(t, "done", done.Stage)
		require.NotEmpty(t, done.Batches)
		require.Equal(t, done.OrderID, marketOrder(t, p, owner))
	})
	t.Run("a call with a wrong token is refused and enqueues nothing", func(t *testing.T) {
		sent := ask[outcome](t, p, "POST", "/api/market/call", `{"wrongToken":true,"parameters":[{"Name":"action","Value":"expiredInstance"},{"Name":"instanceId","Value":"biz-1"}]}`)
		require.Equal(t, http.StatusForbidden, sent.Status)
		require.Equal(t, "refused", ask[progress](t, p, "GET", "/api/market/progress/"+sent.Record, "").Stage)
	})
	t.Run("the secret is in no step of the token", func(t *testing.T) {
		_, text := p.send(t, "POST", "/api/market/sign", marketCall(t, create...))
		require.NotContains(t, text, "local-market-secret")
		require.Contains(t, text, "orderBizId=biz-1\\u0026orderId=o-1")
	})
	t.Run("an order of an unknown sku is a dead letter, with the reason, until it is discarded", func(t *testing.T) { requireDiscarded(t, p) })
	t.Run("an order for an instance that comes later waits, and is done by a retry", func(t *testing.T) { requireRetried(t, p) })
	t.Run("what is not there is said", func(t *testing.T) {
		status, kind := refused(t, p, "POST", "/api/letters/none/retry", "")
		require.Equal(t, "404 no-letter", fmt.Sprint(status, " ", kind))
		_, kind = refused(t, p, "POST", "/api/letters/none/burn", "")
		require.Equal(t, "no-change", kind)
	})
}

type order struct{ ID, Channel string }

func marketOrder(t *testing.T, p page, owner string) string {
	t.Helper()
	a := ask[struct{ Orders []order }](t, p, "GET", "/api/accounts/"+owner, "")
	orders := slices.DeleteFunc(a.Orders, func(o order) bool { return o.Channel != "market" })
	require.Len(t, orders, 1)
	return orders[0].ID
}

func requireDiscarded(t *testing.T, p page) {
	dead := sell(t, p, "action", "createInstance", "aliUid", "2000000000000032", "orderBizId", "biz-2", "orderId", "o-2", "skuId", "no-such-sku", "trial", "false")
	require.Equal(t, "dead", dead.Stage)
	require.NotEmpty(t, dead.Letter)

	kept := ask[letters](t, p, "GET", "/api/letters", "").Letters
	require.Equal(t, dead.Letter, kept[0].ID)
	require.Contains(t, kept[0].Reason, "no-such-sku")
	again := ask[struct{ State, Reason string }](t, p, "POST", "/api/letters/"+dead.Letter+"/retry", "")
	require.Equal(t, "dead", again.State, "a retry cannot make a sku")
	require.Contains(t, again.Reason, "no-such-sku")
	require.Equal(t, "discarded", ask[struct{ State string }](t, p, "POST", "/api/letters/"+dead.Letter+"/discard", "").State)
	require.Empty(t, ask[letters](t, p, "GET", "/api/letters", "").Letters)
	require.Contains(t, auditOf(t, p), "deadletter discard")
}

func requireRetried(t *testing.T, p page) {
	held := sell(t, p, "action", "renewInstance", "instanceId", "biz-3", "orderId", "o-4", "expiredOn", "2030-01-01 00:00:00")
	require.Contains(t, []string{"held", "dead"}, held.Stage)
	sell(t, p, "action", "createInstance", "aliUid", "2000000000000033", "orderBizId", "biz-3", "orderId", "o-3", "skuId", "aegis-1", "vm_number", "5", "trial", "false")
	done := ask[struct{ State, OrderID string }](t, p, "POST", "/api/letters/"+held.Letter+"/retry", "")
	require.Equal(t, "done", done.State)
	require.NotEmpty(t, done.OrderID)
	require.Empty(t, ask[letters](t, p, "GET", "/api/letters", "").Letters)
}

// auditOf returns the audit log as the page of the data shows it.
func auditOf(t *testing.T, p page) string {
	t.Helper()
	_, text := p.send(t, "GET", "/api/data/local/audit?"+url.Values{"limit": {"100"}}.Encode(), "")
	return text
}
