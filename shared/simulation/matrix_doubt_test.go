package simulation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/api"
	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/local/gateway"
	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/store/storetest"
	"aegis/shared/upstream"
)

// TestTheMatrixOfAResellersDoubt has the first forward of a purchase meet everything
// that can come back instead of the endpoint's answer, and then retries as clients do.
// The endpoint is a seller behind a real HTTP server. Every cell must end, with the
// one order or with the refusal, and a refusal only once nothing can be sold any more.
// The table of shared/upstream/README.md is what this test makes.
func TestTheMatrixOfAResellersDoubt(t *testing.T) {
	patterns := []retries{{"every second", time.Second}, {"every 30 s", 30 * time.Second}, {"after 5 minutes", 5 * time.Minute}, {"after 17 minutes", 17 * time.Minute}}
	var table strings.Builder
	table.WriteString("| purchase | the first forward |")
	for _, p := range patterns {
		table.WriteString(" retried " + p.name + " |")
	}
	table.WriteString("\n|" + strings.Repeat("---|", len(patterns)+2) + "\n")

	for _, balance := range []sale.Fen{1_000_000, 10} {
		for _, m := range mishaps() {
			if m.after && balance == 10 {
				continue // a refused forward did nothing: it is as if it had not arrived
			}
			fmt.Fprintf(&table, "| %s | %s |", map[bool]string{true: "paid", false: "refused"}[balance > 10], m.name)
			for _, p := range patterns {
				fmt.Fprintf(&table, " %s |", doubt(t, balance, m, p))
			}
			table.WriteString("\n")
		}
	}
	requireInFile(t, filepath.Join("..", "upstream", "README.md"), "matrix of the doubt", table.String())
}

// retries are how a client repeats a call without an answer.
type retries struct {
	name  string
	pause time.Duration
}

// mishap is what comes back for a forward instead of the endpoint's answer.
type mishap struct {
	name   string
	after  bool // the endpoint has done what was forwarded
	answer func(http.ResponseWriter)
}

func mishaps() []mishap {
	page := func(status int) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html><h1>The proxy has something to say</h1></html>")
		}
	}
	write := func(status int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	return []mishap{
		{"is lost", false, hangUp},
		{"arrives, its answer is lost", true, hangUp},
		{"meets a proxy's 413 page", false, page(413)},
		{"arrives, a proxy answers a 499 page", true, page(499)},
		{"arrives, a proxy answers a 408 page", true, page(408)},
		{"arrives, a proxy answers a 200 page", true, page(200)},
		{"arrives, the answer is empty", true, write(200, "")},
		{"arrives, half the answer comes back", true, write(200, `{"OrderId":"0`)},
		{"meets a 200 of somebody else", false, write(200, `{"status":"ok"}`)},
		{"meets a redirect", false, func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://elsewhere.test/")
			w.WriteHeader(302)
		}},
		{"arrives, the endpoint answers ServiceUnavailable", true, write(503, `{"Code":"ServiceUnavailable","Message":"m","RequestId":"r"}`)},
	}
}

func hangUp(w http.ResponseWriter) {
	if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = c.Close()
	}
}

// pair is a reseller and the seller behind it, on one clock.
type pair struct {
	*scene
	seller   *api.Service
	mishap   *mishap // of the next forward
	forwards int
}

// ServeHTTP is the network between the two.
func (p *pair) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.forwards++
	m := p.mishap
	p.mishap = nil
	if m != nil && !m.after {
		m.answer(w)
		return
	}
	envelope := p.sell(r)
	if m != nil {
		m.answer(w)
		return
	}
	for name, value := range envelope.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(envelope.StatusCode)
	_, _ = io.WriteString(w, envelope.Body)
}

func (p *pair) sell(r *http.Request) api.Envelope {
	body, err := io.ReadAll(r.Body)
	require.NoError(p.t, err)
	event, err := gateway.HTTPTriggerEvent(gateway.Request{Request: r, Body: body, At: p.now})
	require.NoError(p.t, err)
	return p.seller.Handle(context.Background(), event)
}

// newPair starts a reseller before a seller whose account has a balance.
func newPair(t *testing.T, balance sale.Fen) *pair {
	t.Helper()
	p := &pair{scene: &scene{t: t, memory: storetest.NewMemory(), front: storetest.NewMemory(), now: time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)}}
	books, err := ledger.New(ledger.Config{Store: p.memory, Clock: p.clock})
	require.NoError(t, err)
	p.pay(books, balance)
	operator := access.Key{ID: "operator", Secret: "operators-secret", Reseller: true}
	require.NoError(t, p.registry(p.memory).Put(context.Background(), operator, []string{"1"}))
	require.NoError(t, p.registry(p.front).Put(context.Background(), access.Key{ID: "key", Secret: "secret", Owner: "1"}, nil))
	p.seller, err = api.New(api.Config{Operations: api.All(), Access: p.registry(p.memory), Backend: books, Clock: p.clock})
	require.NoError(t, err)
	return p
}

// reseller is the service that callers meet.
func (p *pair) reseller(endpoint string) *api.Service {
	client, err := upstream.NewClient(upstream.ClientConfig{URL: endpoint, Clock: p.clock, Credentials: func(context.Context) pop.Credentials {
		return pop.Credentials{AccessKeyID: "operator", AccessKeySecret: "operators-secret"}
	}})
	require.NoError(p.t, err)
	backend, err := upstream.New(upstream.Config{Store: p.front, Remote: client, Clock: p.clock})
	require.NoError(p.t, err)
	service, err := api.New(api.Config{Operations: api.All(), Access: p.registry(p.front), Backend: backend, Clock: p.clock})
	require.NoError(p.t, err)
	return service
}

// buy makes a signed call and returns the order, or the code of what came instead.
func (p *pair) buy(service *api.Service) string {
	params := operations()[0].params("")
	signer := pop.Signer{Credentials: pop.Credentials{AccessKeyID: "key", AccessKeySecret: "secret"}, Clock: p.clock}
	r, err := http.NewRequest(http.MethodPost, "http://aegis.test/?"+signer.SignV1(http.MethodPost, params).Encode(), nil)
	require.NoError(p.t, err)
	event, err := gateway.HTTPTriggerEvent(gateway.Request{Request: r, At: p.now})
	require.NoError(p.t, err)

	var answer struct{ OrderId, Code string }
	require.NoError(p.t, json.Unmarshal([]byte(service.Handle(context.Background(), event).Body), &answer))
	return answer.Code + answer.OrderId
}

// doubt plays one cell.
func doubt(t *testing.T, balance sale.Fen, m mishap, pattern retries) string {
	t.Helper()
	p := newPair(t, balance)
	p.mishap = &m
	network := httptest.NewServer(p)
	defer network.Close()
	service := p.reseller(network.URL)

	name := fmt.Sprintf("%s, retried %s", m.name, pattern.name)
	require.Equal(t, "ServiceUnavailable", p.buy(service), name)
	began, answer, calls := p.now, "ServiceUnavailable", 1
	for answer == "ServiceUnavailable" {
		p.now = p.now.Add(pattern.pause)
		require.LessOrEqual(t, p.now.Sub(began), 21*time.Minute, "%s: it never ends", name)
		answer, calls = p.buy(service), calls+1
	}
	require.Equal(t, calls, p.forwards, "%s: one forward for each call", name)
	return p.end(name, answer, p.now.Sub(began))
}

// end checks how it ended and says so.
func (p *pair) end(name, answer string, took time.Duration) string {
	p.t.Helper()
	if answer == "InvalidAccountStatus.NotEnoughBalance" {
		require.Zero(p.t, p.orders(), "%s: refused, and sold", name)
		require.GreaterOrEqual(p.t, took, 16*time.Minute, "%s: the first forward could still arrive", name)
		return "503, refused after " + minutes(took)
	}
	books, err := ledger.New(ledger.Config{Store: p.memory})
	require.NoError(p.t, err)
	orders := ledgertest.Sales(p.t, books, "1")
	require.Len(p.t, orders, 1, "%s: one order", name)
	require.Equal(p.t, orders[0].ID, answer, name)
	return "503, the order after " + minutes(took)
}

// minutes is a duration as people write it.
func minutes(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return strings.TrimSuffix(strings.TrimSuffix(fmt.Sprintf("%.1f", d.Minutes()), "0"), ".") + " min"
}
