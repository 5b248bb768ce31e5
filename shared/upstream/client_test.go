package upstream_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/upstream"
)

// client makes a Client of the endpoint at a URL.
func client(t *testing.T, url string) *upstream.Client {
	t.Helper()
	return clientWith(t, upstream.ClientConfig{URL: url})
}

func clientWith(t *testing.T, c upstream.ClientConfig) *upstream.Client {
	t.Helper()
	c.Credentials = func(context.Context) pop.Credentials {
		return pop.Credentials{AccessKeyID: "LTAI-operator", AccessKeySecret: "operators-secret"}
	}
	made, err := upstream.NewClient(c)
	require.NoError(t, err)
	return made
}

// answering starts an HTTP server that answers everything with one status and body.
func answering(t *testing.T, status int, body string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

// refusal is a POP answer.
func refusal(code string) string {
	return `{"RequestId":"8906582E-6722-409A-A6C4-0E7863B733A5","HostId":"aegis.aliyuncs.com","Code":"` + code + `","Message":"The message."}`
}

func TestWhatIsNotAnAnswerOfTheEndpointLeavesTheOutcomeOpen(t *testing.T) {
	const page = "<html><body><h1>Something is wrong</h1></body></html>"
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"a proxy's 400":                     {400, page},
		"a proxy's 403":                     {403, page},
		"a proxy's 408":                     {408, page},
		"a proxy's 413":                     {413, page},
		"a proxy's 429":                     {429, page},
		"a proxy's 499":                     {499, page},
		"a proxy's 502":                     {502, page},
		"a proxy's JSON":                    {403, `{"code":"Forbidden","requestId":"1","message":"No."}`},
		"a Code without a RequestId":        {403, `{"Code":"Forbidden","Message":"No."}`},
		"a RequestId without a Code":        {403, `{"RequestId":"1","Message":"No."}`},
		"a Code that is none":               {403, `{"RequestId":"1","Code":"go away, please"}`},
		"a refusal with a 200":              {200, refusal("InvalidAccountStatus.NotEnoughBalance")},
		"a refusal with a redirect":         {302, refusal("InvalidAccountStatus.NotEnoughBalance")},
		"an empty 200":                      {200, ""},
		"an empty 403":                      {403, ""},
		"half a JSON":                       {200, `{"OrderId":"o1","Insta`},
		"two JSONs":                         {200, `{"OrderId":"o1"}{"OrderId":"o2"}`},
		"a page with a 200":                 {200, page},
		"a 200 of somebody else":            {200, `{"status":"ok"}`},
		"an empty OrderId":                  {200, `{"OrderId":"","RequestId":"1"}`},
		"a 201":                             {201, `{"OrderId":"o1","RequestId":"1"}`},
		"an order with a Code":              {200, `{"OrderId":"o1","RequestId":"1","Code":"x"}`},
		"a longer answer than any is":       {200, `{"OrderId":"o1","More":"` + strings.Repeat("m", 64<<10) + `"}`},
		"the endpoint's 500":                {500, refusal("InternalError")},
		"the endpoint's 503":                {503, refusal("ServiceUnavailable")},
		"the endpoint's 400, unavailable":   {400, refusal("ServiceUnavailable")},
		"the same call in progress":         {403, refusal("IdempotentProcessing")},
		"a nonce that was used":             {400, refusal("SignatureNonceUsed")},
		"a token sold, as a bad request":    {400, refusal("IdempotentParameterMismatch")},
		"a token sold, as a conflict":       {409, refusal("IdempotentParameterMismatch")},
		"a refusal in XML, never asked for": {403, `<Error><RequestId>1</RequestId><Code>Forbidden</Code></Error>`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client(t, answering(t, answer.status, answer.body).URL).Prepare(context.Background(), "1", "t1", create())(context.Background())
			require.Error(t, err)
			var refused *upstream.Refused
			require.NotErrorAs(t, err, &refused)
			require.Equal(t, strings.HasPrefix(name, "a token sold"), errors.Is(err, upstream.ErrTokenSold))
		})
	}
}

func TestAnAnswerWithCodeAndRequestIdIsARefusal(t *testing.T) {
	for code, want := range map[string]struct {
		status       int
		before, form bool // the token was looked up; the parameters can never be sold
	}{
		"InvalidAccountStatus.NotEnoughBalance": {403, false, false},
		"RealNameAuthenticationError":           {403, false, false},
		"InstanceAlreadyExists":                 {409, false, false},
		"Throttling.User":                       {400, true, false},
		"Forbidden.RAM":                         {403, true, false},
		"MissingDuration":                       {400, true, true},
		"InvalidParameter":                      {400, true, true},
	} {
		t.Run(code, func(t *testing.T) {
			_, err := client(t, answering(t, want.status, refusal(code)).URL).Prepare(context.Background(), "1", "t1", create())(context.Background())
			var refused *upstream.Refused
			require.ErrorAs(t, err, &refused)
			require.Equal(t, []bool{want.before, want.form}, []bool{refused.BeforeTokenCheck, refused.OfForm})

			var answer *pop.Error
			require.ErrorAs(t, refused.Answer, &answer)
			require.Equal(t, []any{code, want.status, "The message."}, []any{answer.Code, answer.Status, answer.Message})
			require.Contains(t, err.Error(), code)
			require.Contains(t, refused.Cause.Error(), "8906582E-6722-409A-A6C4-0E7863B733A5", "which the operator can ask about")
		})
	}
}

func TestTheOperatorsOwnFaultIsNotShownToTheCaller(t *testing.T) {
	for _, code := range []string{"SignatureDoesNotMatch", "InvalidAccessKeyId.NotFound", "InvalidTimeStamp.Expired", "InvalidSecurityToken.Expired"} {
		_, err := client(t, answering(t, 400, refusal(code)).URL).Prepare(context.Background(), "1", "t1", create())(context.Background())
		var refused *upstream.Refused
		require.ErrorAs(t, err, &refused)
		require.True(t, refused.BeforeTokenCheck)

		var answer *pop.Error
		require.NotErrorAs(t, refused.Answer, &answer)
	}
}

func TestASaleIsAnswered(t *testing.T) {
	upgrade := sale.Upgrade{InstanceID: "i7", VersionCode: 2, VmNumber: 5}
	for name, c := range map[string]struct {
		command sale.Command
		body    string
		want    sale.Receipt
	}{
		"with order and instance":          {create(), `{"OrderId":"o1","InstanceId":"i1","RequestId":"r"}`, sale.Receipt{OrderID: "o1", InstanceID: "i1"}},
		"with an order that is a number":   {create(), `{"OrderId":20190612345678901,"InstanceId":"i1"}`, sale.Receipt{OrderID: "20190612345678901", InstanceID: "i1"}},
		"of an upgrade":                    {upgrade, `{"OrderId":"o2","RequestId":"r"}`, sale.Receipt{OrderID: "o2", InstanceID: "i7"}},
		"of a release, which has no order": {sale.Release{InstanceID: "i7"}, `{"RequestId":"r3"}`, sale.Receipt{OrderID: "r3", InstanceID: "i7"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := client(t, answering(t, 200, c.body).URL).Prepare(context.Background(), "1", "t1", c.command)(context.Background())
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestASummaryIsReadInEitherSpelling(t *testing.T) {
	for _, id := range []string{"Instanceid", "InstanceId"} {
		s, err := client(t, answering(t, 200, `{"TotalMachineNum":"5","ExpireDateTimestamp":1760000000000,"`+id+`":"i1"}`).URL).Summary(context.Background(), "1")
		require.NoError(t, err)
		require.Equal(t, sale.Summary{Machines: 5, InstanceID: "i1", Expires: time.UnixMilli(1760000000000)}, s)
	}
	for _, body := range []string{`{}`, `{"TotalMachineNum":"five"}`, `<html>`, `{"TotalMachineNum":"5","ExpireDateTimestamp":"soon"}`} {
		_, err := client(t, answering(t, 200, body).URL).Summary(context.Background(), "1")
		require.Error(t, err)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		var elsewhere atomic.Int32
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
		t.Cleanup(other.Close)
		s := httptest.NewServer(http.RedirectHandler(other.URL, status))
		t.Cleanup(s.Close)

		_, err := client(t, s.URL).Prepare(context.Background(), "1", "t1", create())(context.Background())
		require.Error(t, err)
		require.Zero(t, elsewhere.Load(), "a signed request went to another host")
	}
}

func TestAForwardThatCouldNotConnectDidNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())

	_, err = client(t, "http://"+l.Addr().String()).Prepare(context.Background(), "1", "t1", create())(context.Background())
	var refused *upstream.Refused
	require.ErrorAs(t, err, &refused)
	require.True(t, refused.BeforeTokenCheck, "it says nothing about an earlier forward")
	require.ErrorIs(t, refused.Answer, sale.ErrUnavailable)
}

// A server that has read a request and closes the connection may have sold.
func TestAForwardIsSentOnce(t *testing.T) {
	var requests, connections atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		if requests.Add(1) == 1 {
			_, _ = io.WriteString(w, `{"OrderId":"o1","RequestId":"r"}`)
			return
		}
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = c.Close()
		}
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	c := client(t, s.URL)

	_, err := c.Prepare(context.Background(), "1", "t1", create())(context.Background())
	require.NoError(t, err)
	_, err = c.Prepare(context.Background(), "1", "t2", create())(context.Background())
	require.Error(t, err)
	var refused *upstream.Refused
	require.NotErrorAs(t, err, &refused, "it may have been sold")
	require.EqualValues(t, 2, requests.Load())
	require.EqualValues(t, 2, connections.Load(), "a sale does not trust a connection that was left open")
}

// The connection of a function that was frozen is mostly dead when it goes on.
func TestAQuerySurvivesAConnectionThatTheServerClosed(t *testing.T) {
	var requests, connections atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		requests.Add(1)
		if !r.Context().Value(connection{}).(*atomic.Bool).Swap(true) {
			_, _ = io.WriteString(w, `{"TotalMachineNum":"5","RequestId":"r"}`)
			return
		}
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = c.Close() // each connection answers once
		}
	}))
	s.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		connections.Add(1)
		return context.WithValue(ctx, connection{}, &atomic.Bool{})
	}
	s.Start()
	t.Cleanup(s.Close)

	c := client(t, s.URL)
	for range 2 {
		_, err := c.Summary(context.Background(), "1")
		require.NoError(t, err)
	}
	require.EqualValues(t, 3, requests.Load(), "the second query is sent again")
	require.EqualValues(t, 2, connections.Load())
}

// connection is the key of a connection's value: whether it has answered.
type connection struct{}

// expire is an operation that only the ledger has.
type expire struct{ sale.Release }

func (expire) Operation() sale.Operation { return "MarkExpired" }

func TestAnOperationThatTheEndpointDoesNotHaveIsNotSent(t *testing.T) {
	endpoint := record(t)
	_, err := client(t, endpoint.URL).Prepare(context.Background(), "1", "t1", expire{})(context.Background())
	var refused *upstream.Refused
	require.ErrorAs(t, err, &refused)
	require.Empty(t, endpoint.last.method)
}

func TestARequestHasNothingInItsURLAndNoSecondBody(t *testing.T) {
	var sent *http.Request
	c := clientWith(t, upstream.ClientConfig{URL: "http://aegis.test", Transport: transport(func(r *http.Request) (*http.Response, error) {
		sent = r
		return nil, errors.New("the connection broke")
	})})
	_, err := c.Prepare(context.Background(), "1", "t1", create())(context.Background())
	require.Error(t, err)
	require.Equal(t, "http://aegis.test/", sent.URL.String())
	require.Equal(t, http.MethodPost, sent.Method)
	require.Nil(t, sent.GetBody, "with it, net/http could send the request again")
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestAnErrorDoesNotNameTheURL(t *testing.T) {
	c := clientWith(t, upstream.ClientConfig{URL: "http://aegis.test", Transport: transport(func(*http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Post", URL: "http://aegis.test/?Signature=abc", Err: errors.New("the connection broke")}
	})})
	_, err := c.Prepare(context.Background(), "1", "t1", create())(context.Background())
	require.ErrorContains(t, err, "the connection broke")
	require.NotContains(t, err.Error(), "Signature")
}

func TestAClientNeedsAnEndpointAndCredentials(t *testing.T) {
	someone := func(context.Context) pop.Credentials { return pop.Credentials{} }
	for _, c := range []upstream.ClientConfig{
		{URL: "aegis.test", Credentials: someone}, {URL: "ftp://aegis.test", Credentials: someone}, {URL: "http://", Credentials: someone},
		{URL: "http://aegis.test"},
	} {
		_, err := upstream.NewClient(c)
		require.Error(t, err)
	}
}
