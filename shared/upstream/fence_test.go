package upstream_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/sale"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

func TestATokenThatTheLedgerRefusedIsForwardedAsOurs(t *testing.T) {
	r := open(t)
	l, err := ledger.New(ledger.Config{Store: r.gate})
	require.NoError(t, err)
	ledgertest.SetBalance(t, l, "1", 1)
	_, err = buy(l) // refused: NotEnoughBalance
	require.Error(t, err)
	_, err = r.sell1()
	require.NoError(t, err)
	rows, err := r.gate.Read(context.Background(), tokenrow.Key("1", "t1"))
	require.NoError(t, err)
	require.Equal(t, upstream.ForwardedToken("1", "t1"), rows[0].String("forwarded"))
}

// Seed 5960498 of the reseller's simulation: a process stood still for a month before it
// sent its forward, which arrived after another call's refusal.
func TestAForwardOfAProcessThatStoodStillIsNotSent(t *testing.T) {
	r := open(t)
	r.remote.prepared = func() { r.now = r.now.Add(30 * 24 * time.Hour) }
	r.remote.sell = func(ctx context.Context) (sale.Receipt, error) {
		require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded, "the lease is over")
		return sale.Receipt{}, ctx.Err()
	}
	_, err := r.Sell(t.Context(), sale.Purchase{Owner: "1", Token: "t1", Command: create()}, nil)
	require.ErrorIs(t, err, sale.ErrUnavailable)
}

func TestAForwardHasTheTimeOfItsSignatureWheneverItIsSent(t *testing.T) {
	var sent url.Values
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		require.NoError(t, q.ParseForm())
		sent = q.PostForm
	}))
	defer endpoint.Close()
	now := time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)
	c := clientWith(t, upstream.ClientConfig{URL: endpoint.URL, Clock: func() time.Time { return now }})

	send := c.Prepare(t.Context(), "1", "t1", create())
	now = now.Add(time.Hour)
	_, err := send(t.Context())
	require.Error(t, err, "the answer is empty")
	require.Equal(t, "2026-05-10T04:00:00Z", sent.Get("Timestamp"))
}
