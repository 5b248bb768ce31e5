package console_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/localtest"
)

// page is the console of a running stack, as its page talks to it.
type page struct {
	url, token string
	stack      *local.Stack
}

func open(t *testing.T) page {
	t.Helper()
	stack := localtest.Start(t, func(c *local.Config) { c.Console = "127.0.0.1:0" })
	url, token, found := strings.Cut(stack.ConsoleURL(), "/#")
	require.True(t, found)
	return page{url, token, stack}
}

// send sends a request with the token and these headers, and returns the answer.
func (p page) send(t *testing.T, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+p.token)
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer, string(text)
}

// ask sends a request that is answered with success, and decodes the answer.
func ask[T any](t *testing.T, p page, method, path, body string) (value T) {
	t.Helper()
	answer, text := p.send(t, method, path, body)
	require.Equal(t, http.StatusOK, answer.StatusCode, text)
	require.NoError(t, json.Unmarshal([]byte(text), &value), text)
	return value
}

// refused sends a request that is refused, and returns the status and the kind.
func refused(t *testing.T, p page, method, path, body string) (int, string) {
	t.Helper()
	answer, text := p.send(t, method, path, body)
	var problem struct{ Kind, Detail string }
	require.NoError(t, json.Unmarshal([]byte(text), &problem), text)
	return answer.StatusCode, problem.Kind
}

const purchase = `{"key":"LTAI-local-owner","version":"v1","operation":"CreateInstance","parameters":[` +
	`{"Name":"ClientToken","Value":"console-1"},{"Name":"Duration","Value":"1"},{"Name":"PricingCycle","Value":"Month"},` +
	`{"Name":"VersionCode","Value":"1"},{"Name":"VmNumber","Value":"3"}]`

type outcome struct {
	Lost         bool
	Status       int
	Body, Record string
}

type detail struct {
	Summary                struct{ Code, Owner, RequestID string }
	Request, Event, Answer string
	Lines                  []struct{ Text string }
	Trips                  []struct {
		Operation string
		Tables    []string
		Us, Took  int64
	}
	Verdict []struct {
		OK   bool
		What string
		Text map[string]string
	}
	Form struct {
		Operation, Key string
		Parameters     []struct{ Name, Value string }
	}
}

func TestAConsoleOfARunningStack(t *testing.T) {
	p := open(t)
	t.Run("requests of other sites, of other hosts and without the token are refused", func(t *testing.T) { requireGuarded(t, p) })
	t.Run("its answers let a browser load nothing from elsewhere", func(t *testing.T) { requirePolicy(t, p) })
	t.Run("a purchase whose answer is lost is charged once however often it is sent", func(t *testing.T) { requireOnce(t, p) })
	t.Run("a request shows all that happened during it", func(t *testing.T) { requireDetail(t, p) })
	t.Run("a refused request has the verdict of sign -explain in both languages", func(t *testing.T) { requireVerdict(t, p) })
	t.Run("a replay is refused for its nonce", func(t *testing.T) { requireReplayRefused(t, p) })
	t.Run("no answer has a secret", func(t *testing.T) { requireMasked(t, p) })
	t.Run("the books of an account and of all accounts add up", func(t *testing.T) { requireBooks(t, p) })
	t.Run("new requests come by the live stream, through its filter", func(t *testing.T) { requireStream(t, p) })
	t.Run("what cannot be done has a kind that the page has a text for", func(t *testing.T) { requireKinds(t, p) })
	t.Run("a recommended page is the console's", func(t *testing.T) { requireRecommended(t, p) })
	t.Run("stack.json has the token, and GET /stack has not", func(t *testing.T) { requireTokenInFileOnly(t, p) })
}

func requireGuarded(t *testing.T, p page) {
	for _, test := range []struct {
		outcome string
		headers []string
		status  int
	}{
		{"another site's page", []string{"Origin", "http://evil.example"}, http.StatusForbidden},
		{"a name that resolves to this machine", []string{"Host", "evil.example"}, http.StatusForbidden},
		{"no token", []string{"Authorization", ""}, http.StatusUnauthorized},
		{"the token of another start", []string{"Authorization", "Bearer " + strings.Repeat("A", len(p.token))}, http.StatusUnauthorized},
		{"a prefix of the token", []string{"Authorization", "Bearer " + p.token[:5]}, http.StatusUnauthorized},
		{"the page itself", []string{"Origin", p.url}, http.StatusOK},
	} {
		t.Run(test.outcome, func(t *testing.T) {
			for _, path := range []string{"/api/about", "/api/overview", "/api/books", "/api/keys", "/api/requests", "/api/accounts"} {
				answer, _ := p.send(t, "GET", path, "", test.headers...)
				require.Equal(t, test.status, answer.StatusCode, path)
			}
		})
	}
	for _, path := range []string{"/api/sign", "/api/call", "/api/repeat/1", "/api/requests/1/save", "/api/unknown"} {
		answer, _ := p.send(t, "POST", path, purchase+"}", "Authorization", "")
		require.Equal(t, http.StatusUnauthorized, answer.StatusCode, path)
	}
	for _, path := range []string{"/", "/errors/InvalidAmount.Exceeded", "/static/app.js", "/api/errors"} {
		answer, _ := p.send(t, "GET", path, "", "Authorization", "")
		require.Equal(t, http.StatusOK, answer.StatusCode, "%s is public", path)
	}
}

func requirePolicy(t *testing.T, p page) {
	for _, path := range []string{"/", "/static/app.js", "/api/about", "/api/nothing"} {
		answer, _ := p.send(t, "GET", path, "")
		policy := answer.Header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'; script-src 'self'; style-src 'self'", path)
		require.NotContains(t, policy, "unsafe", path)
		require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"), path)
	}
	_, html := p.send(t, "GET", "/", "")
	require.NotRegexp(t, `(?i)<script>|<style|style=|onclick=|https?://`, html)
}

func requireOnce(t *testing.T, p page) {
	lost := ask[[]outcome](t, p, "POST", "/api/call", purchase+`,"lose":true}`)
	require.True(t, lost[0].Lost)
	require.Empty(t, lost[0].Body)

	answers := ask[[]outcome](t, p, "POST", "/api/call", purchase+`}`)
	answers = append(answers, ask[[]outcome](t, p, "POST", "/api/call", purchase+`,"times":2}`)...)
	require.Len(t, answers, 3)
	for _, a := range answers {
		require.Equal(t, orderOf(t, answers[0].Body), orderOf(t, a.Body))
	}
	orders := 0
	for _, o := range accountOf(t, p, local.Owner).Orders {
		if o.Token == "console-1" {
			orders++
		}
	}
	require.Equal(t, 1, orders)
}

func orderOf(t *testing.T, body string) string {
	t.Helper()
	var answer struct{ OrderId string }
	require.NoError(t, json.Unmarshal([]byte(body), &answer), body)
	require.NotEmpty(t, answer.OrderId, body)
	return answer.OrderId
}

// find returns the detail of a request by the id of its invocation.
func find(t *testing.T, p page, id string) detail {
	t.Helper()
	return ask[detail](t, p, "GET", "/api/requests/"+id, "")
}

func requireDetail(t *testing.T, p page) {
	lost := ask[[]outcome](t, p, "POST", "/api/call", purchase+`,"lose":true}`)
	d := find(t, p, lost[0].Record)
	require.Contains(t, d.Request, "ClientToken=console-1")
	require.Contains(t, d.Event, `"queryParameters"`)
	require.Contains(t, d.Answer, `"OrderId"`, "the answer that was lost is kept")
	require.Equal(t, local.Owner, d.Summary.Owner)
	require.Equal(t, "CreateInstance", d.Form.Operation)
	require.Len(t, d.Form.Parameters, 5)
	require.NotEmpty(t, d.Lines)
	require.NotEmpty(t, d.Trips, "round trips are attributed to their request")
	for _, trip := range d.Trips {
		require.NotEmpty(t, trip.Tables)
		require.GreaterOrEqual(t, trip.Us, int64(0))
		require.Positive(t, trip.Took)
	}
}

func requireVerdict(t *testing.T, p page) {
	answer, err := http.Get(p.stack.URL + "/?Action=GetSummary&Version=2016-11-11&AccessKeyId=LTAI-local-owner&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0" +
		"&SignatureNonce=n1&Timestamp=2026-03-01T12%3A00%3A00Z&Signature=x&Format=JSON")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	wrong := map[string]map[string]string{}
	for _, f := range find(t, p, answer.Header.Get("X-Fc-Request-Id")).Verdict {
		if !f.OK {
			wrong[f.What] = f.Text
		}
	}
	require.Contains(t, wrong["time"]["en"], "15 minutes are allowed")
	require.Contains(t, wrong["time"]["zh-CN"], "最多允许相差 15 分钟")
	require.Contains(t, wrong, "signature")
}

func requireReplayRefused(t *testing.T, p page) {
	sent := ask[[]outcome](t, p, "POST", "/api/call", `{"key":"LTAI-local-owner","version":"v3","operation":"GetSummary","parameters":[]}`)
	require.Contains(t, sent[0].Body, "TotalMachineNum")
	again := ask[[]outcome](t, p, "POST", "/api/repeat/"+sent[0].Record, "")
	require.Contains(t, again[0].Body, "SignatureNonceUsed", "the same bytes reach the endpoint: the signature fits")
}

func requireMasked(t *testing.T, p page) {
	secrets := []string{local.OwnerSecret, local.ResellerSecret, local.FinanceSecret, local.MasterKey, "local-sts"}
	bodies := map[string]string{}
	for _, path := range []string{"/api/about", "/api/overview", "/api/keys", "/api/requests", "/api/requests/1", "/api/accounts/" + local.Owner} {
		_, bodies[path] = p.send(t, "GET", path, "")
	}
	_, bodies["/api/sign"] = p.send(t, "POST", "/api/sign", purchase+"}")
	_, bodies["/api/call"] = p.send(t, "POST", "/api/call", purchase+"}")
	for path, body := range bodies {
		for _, secret := range secrets {
			require.NotContains(t, body, secret, path)
		}
	}
	_, revealed := p.send(t, "POST", "/api/sign", purchase+`,"reveal":true}`)
	require.Contains(t, revealed, local.OwnerSecret, "a reader may ask for code that runs")
}

type account struct {
	State           string
	PaidIn, Balance int64
	Orders          []struct {
		Token  string
		Amount int64
	}
	Channels []struct {
		Name           string
		Right          bool
		Amount, Credit int64
	}
	Findings []string
}

func accountOf(t *testing.T, p page, owner string) account {
	t.Helper()
	return ask[account](t, p, "GET", "/api/accounts/"+owner, "")
}

func requireBooks(t *testing.T, p page) {
	a := accountOf(t, p, local.Owner)
	require.Equal(t, "running", a.State)
	charged := int64(0)
	for _, c := range a.Channels {
		require.True(t, c.Right, c.Name)
		charged += c.Amount
	}
	require.Positive(t, charged)
	require.Equal(t, a.PaidIn-a.Balance, charged)
	require.Empty(t, a.Findings)

	all := ask[struct {
		Accounts, PaidIn, Balance, Charged int64
		Findings                           []string
	}](t, p, "GET", "/api/books", "")
	require.EqualValues(t, 101, all.Accounts)
	require.Equal(t, all.PaidIn-all.Balance, all.Charged)
	require.Empty(t, all.Findings)
	require.Equal(t, "none", accountOf(t, p, local.ResellersOwners()[0]).State)
}

func requireStream(t *testing.T, p page) {
	list := ask[struct{ Position json.Number }](t, p, "GET", "/api/requests", "")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", p.url+"/api/requests/live?owner=2000000000000007&position="+list.Position.String(), nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+p.token)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()

	ask[[]outcome](t, p, "POST", "/api/call", `{"key":"LTAI-local-owner","version":"v1","operation":"GetSummary","parameters":[]}`)
	ask[[]outcome](t, p, "POST", "/api/call", `{"key":"LTAI-local-reseller","version":"v1","operation":"GetSummary","parameters":[{"Name":"OwnerId","Value":"2000000000000007"}]}`)
	var events []struct{ Owner string }
	event := make([]byte, 64<<10)
	n, err := answer.Body.Read(event)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(strings.TrimSpace(string(event[:n])), "data: ")), &events), string(event[:n]))
	require.Equal(t, "2000000000000007", events[0].Owner)
}

func requireKinds(t *testing.T, p page) {
	for _, test := range []struct {
		method, path, body string
		status             int
		kind               string
	}{
		{"POST", "/api/call", `{"unknown":1}`, 400, "input"},
		{"POST", "/api/call", `{"key":"nobody","version":"v1","operation":"GetSummary"}`, 404, "no-key"},
		{"POST", "/api/call", `{"key":"LTAI-local-owner","version":"v1","operation":"Nothing"}`, 404, "no-operation"},
		{"POST", "/api/sign", `{"key":"LTAI-local-owner","version":"v2","operation":"GetSummary"}`, 400, "version"},
		{"POST", "/api/call", `{"key":"LTAI-local-owner","version":"v1","operation":"GetSummary","times":9}`, 400, "times"},
		{"GET", "/api/requests?limit=0", "", 400, "limit"},
		{"GET", "/api/requests/999999", "", 404, "gone"},
		{"GET", "/api/requests/no-such-id", "", 404, "gone"},
		{"GET", "/api/accounts/9", "", 404, "no-account"},
		{"POST", "/api/requests/1/save", `{"name":"../../etc/passwd"}`, 400, "name"},
		{"POST", "/api/requests/1/save", `{"name":"createinstance"}`, 409, "exists"},
	} {
		status, kind := refused(t, p, test.method, test.path, test.body)
		require.Equal(t, test.status, status, test.kind)
		require.Equal(t, test.kind, kind)
		require.Contains(t, texts(t, "en"), "problem."+kind)
	}
}

func requireRecommended(t *testing.T, p page) {
	answers := ask[[]outcome](t, p, "POST", "/api/call", strings.Replace(purchase, "console-1", "console-2", 1)+`}`)
	var refusal struct{ Code, Recommend string }
	require.NoError(t, json.Unmarshal([]byte(answers[0].Body), &refusal))
	require.Equal(t, p.url+"/errors/"+refusal.Code, refusal.Recommend)
	answer, _ := p.send(t, "GET", strings.TrimPrefix(refusal.Recommend, p.url), "", "Authorization", "")
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

func requireTokenInFileOnly(t *testing.T, p page) {
	require.Contains(t, p.stack.Describe().Console, p.token)
	public, err := local.FetchDescription(t.Context(), p.stack.URL)
	require.NoError(t, err)
	require.Equal(t, p.url, public.Console)
}
