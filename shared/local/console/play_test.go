package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/localtest"
)

func TestFaultsTimeAndData(t *testing.T) {
	p := open(t)
	t.Run("every cell of the crash matrix is one order and one charge", func(t *testing.T) { requireMatrix(t, p) })
	t.Run("a fault is armed, counted and cleared", func(t *testing.T) { requireArmed(t, p) })
	t.Run("the timer expires what is due, and says what it changed", func(t *testing.T) { requireFired(t, p) })
	t.Run("tokens of an account have their orders", func(t *testing.T) { requireTokens(t, p) })
	t.Run("rows are read page by page, and secrets are masked", func(t *testing.T) { requirePages(t, p) })
	t.Run("a row is changed only once the page is unlocked", func(t *testing.T) { requireUnlocked(t, p) })
	t.Run("a stack in memory has no snapshots, and says so", func(t *testing.T) {
		_, kind := refused(t, p, "POST", "/api/snapshots", `{"what":"save","name":"a"}`)
		require.Equal(t, "in-memory", kind)
	})
}

type cell struct {
	Met, Orders     int
	Charged, Amount int64
	Right           bool
	OrderID         string
	First, Second   outcome
	Findings        []string
}

// strike makes one cell with an owner that has an instance after the first.
func strike(t *testing.T, p page, step, effect string, times int) cell {
	t.Helper()
	body := fmt.Sprintf(`{"step":%q,"effect":%q,"times":%d,"owner":"2000000000000099","token":"drill-%s-%s-%d","key":"LTAI-local-reseller"}`, step, effect, times, step, effect, times)
	return ask[cell](t, p, "POST", "/api/faults/drill", body)
}

func requireMatrix(t *testing.T, p page) {
	failed := 0
	for _, step := range []string{"read", "nonce", "commit"} {
		for _, effect := range []string{"drop-before", "busy", "conflict", "drop-after", "half-after", "timeout-after"} {
			for _, times := range []int{1, 50} {
				c := strike(t, p, step, effect, times)
				require.True(t, c.Right, "%s %s %d: %+v", step, effect, times, c)
				require.Equal(t, 1, c.Orders)
				require.Positive(t, c.Charged)
				if c.First.Status != http.StatusOK {
					failed++
				}
			}
		}
	}
	require.Positive(t, failed, "some first callers are not answered")
	_, kind := refused(t, p, "POST", "/api/faults/drill", `{"step":"read","effect":"delay","times":1,"owner":"2000000000000099","key":"LTAI-local-reseller"}`)
	require.Equal(t, "fault", kind)
}

type rules struct {
	Rules []struct {
		Effect       string
		Met, Matched int
	}
}

func requireArmed(t *testing.T, p page) {
	armed := ask[rules](t, p, "POST", "/api/faults", `{"table":"sales","effect":"delay-after","delay":1000}`)
	require.Equal(t, "delay-after", armed.Rules[0].Effect)
	ask[[]outcome](t, p, "POST", "/api/call", `{"key":"LTAI-local-owner","version":"v1","operation":"GetSummary","parameters":[]}`)
	require.Positive(t, ask[rules](t, p, "GET", "/api/faults", "").Rules[0].Met)
	_, kind := refused(t, p, "POST", "/api/faults/drill", `{"step":"read","effect":"busy","times":1,"owner":"2000000000000099","key":"LTAI-local-reseller"}`)
	require.Equal(t, "armed", kind, "a fault that is armed already would be counted too")
	require.Empty(t, ask[rules](t, p, "POST", "/api/faults/clear", "").Rules)
}

type look struct {
	State string
	Due   []struct{ Owner, Queue string }
}

func requireFired(t *testing.T, p page) {
	_, _, err := localtest.For(t, p.stack, "2000000000000041").Create("fire", 1, 5, 1)
	require.NoError(t, err)
	require.Contains(t, fmt.Sprint(ask[look](t, p, "GET", "/api/time", "").Due), "2000000000000041 running")

	moved := ask[struct{ Offset int64 }](t, p, "POST", "/api/time", `{"seconds":3024000}`) // 35 days
	require.EqualValues(t, 3024000, moved.Offset)
	fired := ask[struct {
		Report  struct{ Expired int }
		Changes []struct {
			Owner         string
			Before, After look
		}
	}](t, p, "POST", "/api/time/fire", `{"payload":"anytime"}`)
	require.Positive(t, fired.Report.Expired)
	require.Contains(t, fmt.Sprint(ask[look](t, p, "GET", "/api/time", "").Due), "2000000000000041 expired")

	ask[struct{}](t, p, "POST", "/api/time", `{"seconds":4752000}`) // 55 days: past the release
	require.Contains(t, fmt.Sprint(ask[struct {
		Changes []struct {
			Owner         string
			Before, After look
		}
	}](t, p, "POST", "/api/time/fire", `{"payload":"anytime"}`).Changes), "{2000000000000041 {expired []} {released")
	ask[struct{}](t, p, "POST", "/api/time", `{"seconds":0}`)
	_, kind := refused(t, p, "POST", "/api/time", `{"seconds":-1}`)
	require.Equal(t, "offset", kind)
	_, kind = refused(t, p, "POST", "/api/time/fire", `{"payload":"never"}`)
	require.Equal(t, "payload", kind)
}

type token struct{ Token, State, OrderID, Operation, Forwarded, Seller string }

func requireTokens(t *testing.T, p page) {
	all := ask[struct {
		Tokens   []token
		Forwards bool
	}](t, p, "GET", "/api/accounts/2000000000000099/tokens", "")
	require.Len(t, all.Tokens, 36)
	require.Equal(t, "done", all.Tokens[0].State)
	require.NotEmpty(t, all.Tokens[0].OrderID)
	require.False(t, all.Forwards)
	_, kind := refused(t, p, "POST", "/api/accounts/2000000000000099/tokens/resolve", `{"token":"drill-read-busy-1"}`)
	require.Equal(t, "not-pending", kind)
	_, kind = refused(t, p, "POST", "/api/accounts/2000000000000099/tokens/resolve", `{"token":"none"}`)
	require.Equal(t, "no-token", kind)
}

type rows struct {
	Rows []struct {
		ID           string
		Key, Columns []struct{ Name, Type, Value, Means string }
	}
	Next string
}

func requirePages(t *testing.T, p page) {
	seen, cursor := 0, ""
	for {
		page := ask[rows](t, p, "GET", "/api/data/local/sales?limit=100&cursor="+cursor, "")
		seen += len(page.Rows)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Greater(t, seen, 150, "101 accounts, and the orders and tokens of the tests before")

	_, keys := p.send(t, "GET", "/api/data/local/access_keys?limit=1000", "")
	require.Contains(t, keys, "********")
	require.NotContains(t, keys, "local-owner-secret")
	require.NotEmpty(t, ask[rows](t, p, "GET", "/api/data/local/sales_due?limit=10", "").Rows, "an index is read as a table")
	require.Len(t, ask[rows](t, p, "GET", "/api/data/local/audit?limit=1&backward=true", "").Rows, 0)
	status, kind := refused(t, p, "GET", "/api/data/local/nothing?limit=1", "")
	require.Equal(t, "404 no-table", fmt.Sprint(status, " ", kind))
	_, kind = refused(t, p, "GET", "/api/data/elsewhere/sales?limit=1", "")
	require.Equal(t, "no-table", kind)
}

func requireUnlocked(t *testing.T, p page) {
	nonce := ask[rows](t, p, "GET", "/api/data/local/nonces?limit=1", "").Rows[0]
	_, kind := refused(t, p, "POST", "/api/data/local/nonces", fmt.Sprintf(`{"row":%q,"delete":true}`, nonce.ID))
	require.Equal(t, "locked", kind)

	put := fmt.Sprintf(`{"row":%q,"unlocked":true,"cell":{"name":"note","type":"INTEGER","value":"7"}}`, nonce.ID)
	ask[struct{}](t, p, "POST", "/api/data/local/nonces", put)
	require.Contains(t, fmt.Sprint(ask[rows](t, p, "GET", "/api/data/local/nonces?limit=1", "").Rows[0].Columns), "{note INTEGER 7 }")
	ask[struct{}](t, p, "POST", "/api/data/local/nonces", fmt.Sprintf(`{"row":%q,"unlocked":true,"delete":true}`, nonce.ID))
	require.NotEqual(t, nonce.ID, ask[rows](t, p, "GET", "/api/data/local/nonces?limit=1", "").Rows[0].ID)

	key := ask[rows](t, p, "GET", "/api/data/local/access_keys?limit=1", "").Rows[0]
	_, kind = refused(t, p, "POST", "/api/data/local/access_keys", fmt.Sprintf(`{"row":%q,"unlocked":true,"cell":{"name":"secret","type":"STRING","value":"x"}}`, key.ID))
	require.Equal(t, "edit", kind, "a secret is not written")
	_, kind = refused(t, p, "POST", "/api/data/local/sales_due", fmt.Sprintf(`{"row":%q,"unlocked":true,"delete":true}`, key.ID))
	require.Equal(t, "edit", kind, "an index is not written")
	require.Contains(t, auditOf(t, p), "row delete")
}

func TestAResellersTokens(t *testing.T) {
	front, _, err := local.StartReseller(t.Context(), local.Config{BuildDir: localtest.BuildDir(t), Console: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, front.Close()) })
	url, secret, _ := strings.Cut(front.ConsoleURL(), "/#")
	p := page{url, secret, front}

	order, _, err := localtest.Owner(t, front).Create("forwarded", 1, 3, 1)
	require.NoError(t, err)
	sold := ask[struct {
		Tokens   []token
		Forwards bool
	}](t, p, "GET", "/api/accounts/"+local.Owner+"/tokens", "")
	require.True(t, sold.Forwards)
	require.Equal(t, order, sold.Tokens[0].OrderID)
	require.Equal(t, order, sold.Tokens[0].Seller, "the seller has it under the forwarded token")
	require.NotEqual(t, "forwarded", sold.Tokens[0].Forwarded)

	t.Run("a reservation whose end was not recorded is pending until it is resolved", func(t *testing.T) { requireResolved(t, p) })
	_, kind := refused(t, p, "POST", "/api/faults/drill", `{"step":"read","effect":"busy","times":1,"owner":"2000000000000099","key":"LTAI-local-reseller"}`)
	require.Equal(t, "forwards", kind)
}

// requireResolved loses the record of a forwarded sale, and resolves its token once the
// lease is over.
func requireResolved(t *testing.T, p page) {
	ask[rules](t, p, "POST", "/api/faults", `{"table":"sales","operation":"BatchWriteRow","nth":2,"times":1000,"effect":"busy"}`)
	_, _, err := localtest.For(t, p.stack, "2000000000000051").Create("pending", 1, 3, 1)
	require.Error(t, err)
	ask[rules](t, p, "POST", "/api/faults/clear", "")

	pending := ask[struct{ Tokens []token }](t, p, "GET", "/api/tokens", "").Tokens
	require.Len(t, pending, 1)
	require.Equal(t, "pending", pending[0].State)
	require.NotEmpty(t, pending[0].Seller, "the seller has sold it")
	require.Eventually(t, func() bool { // the lease runs by the real time
		answer, _ := p.send(t, "POST", "/api/accounts/2000000000000051/tokens/resolve", `{"token":"pending"}`)
		return answer.StatusCode == http.StatusOK
	}, time.Minute, 200*time.Millisecond)
	after := ask[struct{ Tokens []token }](t, p, "GET", "/api/accounts/2000000000000051/tokens", "").Tokens
	require.Equal(t, "done", after[0].State)
	require.Equal(t, pending[0].Seller, after[0].OrderID)
}
