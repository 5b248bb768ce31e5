package upstream_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/operations"
	"aegis/shared/sale"
	"aegis/shared/upstream"
)

// ask asks what became of the token of every test.
func (r *reseller) ask(t *testing.T) sale.OrderPage {
	t.Helper()
	before, _ := r.gate.Counts()
	page, err := r.QueryOrders(context.Background(), "1", sale.OrderQuery{Token: "t1", Limit: 1}, nil)
	require.NoError(t, err)
	after, _ := r.gate.Counts()
	require.Equal(t, 1, after-before, "one read")
	return page
}

func (r *reseller) sellWithin(l sale.Limits) (sale.Receipt, error) {
	return r.Sell(context.Background(), sale.Purchase{Owner: "1", Token: "t1", Command: create(), Limits: l}, nil)
}

func TestAForwardedTokenSaysWhatBecameOfIt(t *testing.T) {
	r := open(t)
	require.Equal(t, sale.Unsold, r.ask(t).Token.State)

	goOn := r.crash(t, lost)
	began := r.now
	r.now = r.now.Add(5 * time.Second)
	pending := r.ask(t).Token
	require.Equal(t, sale.Pending, pending.State)
	require.True(t, began.Equal(pending.Since))
	require.True(t, began.Add(15*time.Second).Equal(pending.RetryAt), "when the lease is over")

	r.now = r.now.Add(time.Minute)
	require.True(t, r.now.Equal(r.ask(t).Token.RetryAt), "at once")
	_ = goOn()

	r.remote.sell = sold("o1")
	receipt, err := r.sell1()
	require.NoError(t, err)
	page := r.ask(t)
	require.Equal(t, sale.Sold, page.Token.State)
	require.Equal(t, receipt.OrderID, page.Orders[0].ID)
}

func TestWhatTheEndpointKeepsIsNotAnsweredHere(t *testing.T) {
	r := open(t)
	_, err := r.QueryOrders(context.Background(), "1", sale.OrderQuery{Limit: 1}, nil)
	require.ErrorIs(t, err, sale.ErrElsewhere)
	_, err = r.OrderDetail(context.Background(), "1", "o1", nil)
	require.ErrorIs(t, err, sale.ErrElsewhere)
	_, err = r.Quote(context.Background(), "1", create(), nil)
	require.ErrorIs(t, err, sale.ErrElsewhere)
}

func TestTheTableSaysWhatIsForwarded(t *testing.T) {
	for _, o := range operations.All() {
		forwarded := o.Name == "GetSummary" || upstream.Forwards(sale.Operation(o.Name))
		require.Equal(t, forwarded, o.Upstream == operations.Forwarded, o.Name)
	}
}

func TestLimitsAreNotForwardedToAnEndpointThatMightIgnoreThem(t *testing.T) {
	much := sale.Fen(1_000_000)
	for name, limits := range map[string]sale.Limits{"DryRun": {DryRun: true}, "MaxAmount": {MaxAmount: &much}} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			_, err := r.sellWithin(limits)
			refusal, ok := errors.AsType[*sale.Refusal](err)
			require.True(t, ok, "%v", err)
			require.True(t, refusal.OfForm())
			require.Equal(t, name, refusal.Parameter)
			require.Zero(t, r.remote.forwards)
			require.Equal(t, sale.Unsold, r.ask(t).Token.State)

			first, err := r.sell1()
			require.NoError(t, err)
			again, err := r.sellWithin(limits)
			require.NoError(t, err, "a replay ignores them")
			require.Equal(t, first.OrderID, again.OrderID)
			require.Equal(t, 1, r.remote.forwards)
		})
	}
}

func TestASummaryOfANewerEndpointDescribesTheInstance(t *testing.T) {
	s := answering(t, http.StatusOK, `{"RequestId":"r","TotalMachineNum":"5","InstanceId":"i","ExpireDateTimestamp":1782921600000,
		"VersionCode":2,"VmNumber":7,"Status":"Running","AutoRenew":true,"ChargeType":"PrePaid"}`)
	summary, err := client(t, s.URL).Summary(context.Background(), "1")
	require.NoError(t, err)
	require.Equal(t, sale.Summary{
		Machines: 5, InstanceID: "i", Expires: time.UnixMilli(1782921600000), VersionCode: 2, VmNumber: 7,
		Status: sale.StatusRunning, AutoRenew: true, ChargeType: sale.PrePaid,
	}, summary)
}
