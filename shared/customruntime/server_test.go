package customruntime_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/customruntime"
)

// calls remembers what a function was given.
type calls struct {
	invocation customruntime.Invocation
	header     http.Header
	body, path string
	deadline   bool
	event      string
}

func (c *calls) config() customruntime.Config {
	return customruntime.Config{
		MaxBody: 4,
		Call: func(ctx context.Context, i customruntime.Invocation, r *http.Request, body []byte) customruntime.Answer {
			_, c.deadline = ctx.Deadline()
			c.invocation, c.header, c.body, c.path = i, r.Header, string(body), r.URL.Path
			return customruntime.Answer{StatusCode: 409, Headers: map[string]string{"Content-Type": "text/x"}, Body: "answer"}
		},
		Event: func(_ context.Context, i customruntime.Invocation, event []byte) ([]byte, error) {
			if c.event = string(event); c.event == "bad" {
				return nil, errors.New("no")
			}
			return []byte("done"), nil
		},
	}
}

func send(c *calls, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	customruntime.New(c.config()).ServeHTTP(w, r)
	return w
}

func TestACallArrivesAsItsCallerSentIt(t *testing.T) {
	c := &calls{}
	w := send(c, "POST", "/CreateInstance?a=1", "abc", "X-Mine", "1",
		"x-fc-request-id", "id", "x-fc-access-key-id", "STS.a", "x-fc-access-key-secret", "s", "x-fc-security-token", "t", "x-fc-function-timeout", "10")

	require.Equal(t, 409, w.Code)
	require.Equal(t, "answer", w.Body.String())
	require.Equal(t, "text/x", w.Header().Get("Content-Type"))
	require.Equal(t, http.Header{"X-Mine": {"1"}}, c.header, "the platform's headers are not the caller's")
	require.Equal(t, "abc", c.body)
	require.True(t, c.deadline)
	require.Equal(t, customruntime.Invocation{
		RequestID: "id", AccessKeyID: "STS.a", AccessKeySecret: "s", SecurityToken: "t", Timeout: 10 * time.Second,
	}, c.invocation)
}

func TestOnlyThePlatformSendsEvents(t *testing.T) {
	c := &calls{}
	send(c, "POST", "/invoke", "e")
	require.Equal(t, "/invoke", c.path, "a caller who posts there makes a call")
	require.Empty(t, c.event)

	w := send(c, "POST", "/invoke", "event", "x-fc-control-path", "/invoke")
	require.Equal(t, "done", w.Body.String())
	require.Equal(t, "event", c.event)
}

func TestAFailedEventIsReportedToThePlatform(t *testing.T) {
	w := send(&calls{}, "POST", "/invoke", "bad", "x-fc-control-path", "/invoke")
	require.Equal(t, 404, w.Code)
	require.Equal(t, "404", w.Header().Get("x-fc-status"))
}

func TestALongBodyIsCutWhereItCanBeSeen(t *testing.T) {
	c := &calls{}
	send(c, "POST", "/", "123456789")
	require.Equal(t, "12345", c.body, "one byte more than is allowed")
}

func TestLifecycleRequestsReachNoFunction(t *testing.T) {
	for _, control := range []string{"/initialize", "/pre-stop", "/pre-freeze"} {
		c := &calls{}
		require.Equal(t, 200, send(c, "POST", "/", "", "x-fc-control-path", control).Code)
		require.Empty(t, c.path)
	}
}

func TestACallThatHasBegunIsAnsweredBeforeTheInstanceEnds(t *testing.T) {
	begun, end := make(chan struct{}), make(chan struct{})
	server := customruntime.New(customruntime.Config{MaxBody: 1, Call: func(context.Context, customruntime.Invocation, *http.Request, []byte) customruntime.Answer {
		close(begun)
		<-end
		return customruntime.Answer{StatusCode: 200, Body: "sold"}
	}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served, answered := make(chan error, 1), make(chan string, 1)
	go func() { served <- server.Serve(ctx, l) }()
	go func() {
		response, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()

	<-begun
	stop()
	close(end)
	require.Equal(t, "sold", <-answered)
	require.NoError(t, <-served)
}
