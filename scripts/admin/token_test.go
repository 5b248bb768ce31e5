package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/audit"
	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

// endpoint is one that a reseller forwards to. It breaks until it is mended, and
// keeps what it was sent.
type endpoint struct {
	*httptest.Server
	mu     sync.Mutex
	mended bool
	sent   []url.Values
}

func startEndpoint(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		e.mu.Lock()
		defer e.mu.Unlock()
		e.sent = append(e.sent, r.Form)
		if !e.mended {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, `{"OrderId":"order-7","InstanceId":"aegis-7","RequestId":"request-7"}`)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) mend() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mended = true
}

func (e *endpoint) requests() []url.Values {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sent
}

func TestAnUnfinishedTokenIsResolvedAtTheEndpoint(t *testing.T) {
	for name, c := range map[string]struct {
		token, order string
		command      sale.Command
	}{
		"a purchase": {"t-1", "order-7", sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}},
		"a release":  {sale.ReleaseToken("aegis-7"), "request-7", sale.Release{InstanceID: "aegis-7", Channel: sale.API}},
	} {
		t.Run(name, func(t *testing.T) {
			gate, server := storetest.Start(t, tokenrow.Sales(), audit.Table())
			require.NoError(t, gate.EnsureIndexes(context.Background(), upstream.ByUnfinished()))
			seller := startEndpoint(t)
			client, err := upstream.NewClient(upstream.ClientConfig{URL: seller.URL, Credentials: func(context.Context) pop.Credentials {
				return pop.Credentials{AccessKeyID: "LTAI-operator", AccessKeySecret: "secret"}
			}})
			require.NoError(t, err)
			reseller, err := upstream.New(upstream.Config{Store: gate, Remote: client})
			require.NoError(t, err)
			_, err = reseller.Sell(context.Background(), sale.Purchase{Owner: "1", Token: c.token, Command: c.command}, nil)
			require.ErrorIs(t, err, sale.ErrUnavailable)

			admin := tool(t, server.URL)
			out, err := admin("token", "show", "-owner", "1", "-token", c.token)
			require.NoError(t, err, out)
			require.Contains(t, out, "unfinished")
			require.Contains(t, out, "in doubt")
			require.NotContains(t, out, "sold")
			if forwarded := seller.requests()[0].Get("ClientToken"); forwarded != "" {
				require.Contains(t, out, "ClientToken "+forwarded)
			}

			t.Run("not without the endpoint's settings", func(t *testing.T) {
				out, err := admin("token", "resolve", "-owner", "1", "-token", c.token)
				require.Error(t, err)
				require.Contains(t, out, "SALES_BACKEND=upstream")
				require.NotContains(t, out, "sold")
				require.Len(t, seller.requests(), 1)
			})

			t.Setenv("SALES_BACKEND", "upstream")
			t.Setenv("UPSTREAM_ENDPOINT", seller.URL)
			t.Setenv("UPSTREAM_ACCESS_KEY_ID", "LTAI-operator")
			t.Setenv("UPSTREAM_ACCESS_KEY_SECRET", "secret")
			seller.mend()
			for range 2 { // the second time, what is recorded
				out, err = admin("token", "resolve", "-owner", "1", "-token", c.token)
				require.NoError(t, err, out)
				require.Contains(t, out, "sold: order "+c.order+", instance aegis-7")
			}
			sent := seller.requests()
			require.Len(t, sent, 2)
			require.Equal(t, sent[0].Get("ClientToken"), sent[1].Get("ClientToken"))
			require.Equal(t, sent[0].Get("Action"), sent[1].Get("Action"))

			out, err = admin("token", "list", "-unfinished")
			require.NoError(t, err, out)
			require.Contains(t, out, "0 unfinished")
		})
	}
}
