package runtimeapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/runtimeapi"
)

const next = "/2020-11-11/runtime/invocation/next"

// api is a runtime API that records its connections.
type api struct {
	*httptest.Server

	mu    sync.Mutex
	conns []net.Conn
}

func serve(t *testing.T, handler http.HandlerFunc) *api {
	t.Helper()
	a := &api{Server: httptest.NewUnstartedServer(handler)}
	a.Config.ConnState = func(c net.Conn, state http.ConnState) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if state == http.StateNew {
			a.conns = append(a.conns, c)
		}
	}
	a.Start()
	t.Cleanup(a.Close)
	return a
}

func (a *api) connections() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.conns)
}

func (a *api) closeConnections() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.conns {
		_ = c.Close()
	}
}

// echo answers with what it was sent, all of which it reads first.
func echo(w http.ResponseWriter, r *http.Request) {
	if text, err := io.ReadAll(r.Body); err == nil {
		_, _ = w.Write(text)
	}
}

// other is a transport that must not be used.
type other struct{}

func (other) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("sent by the other transport")
}

func (a *api) client(most int64, rest http.RoundTripper) *http.Client {
	address := strings.TrimPrefix(a.URL, "http://")
	return &http.Client{Transport: runtimeapi.New(runtimeapi.Config{Address: address, MaxEvent: most, Other: rest})}
}

// read reads a response as the SDK does.
func read(t *testing.T, response *http.Response, err error) string {
	t.Helper()
	require.NoError(t, err)
	var text bytes.Buffer
	_, err = text.ReadFrom(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
	return text.String()
}

func TestAnEventOverTheLimitIsCutOneByteBehindIt(t *testing.T) {
	written := make(chan error, 1)
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, err := w.Write(bytes.Repeat([]byte("x"), 5<<20))
		written <- err
	})

	for name, rest := range map[string]http.RoundTripper{"the transport's own way": other{}, "net/http's way": http.DefaultTransport} {
		t.Run(name, func(t *testing.T) {
			client := a.client(1000, rest)
			ctx, cancel := context.Background(), func() {}
			if rest != (other{}) {
				ctx, cancel = context.WithCancel(ctx)
			}
			defer cancel()
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL+next, nil)
			require.NoError(t, err)

			response, err := client.Do(request)
			require.Len(t, read(t, response, err), 1001)
			require.NoError(t, <-written, "the runtime API could write all of it")
			response, err = client.Get(a.URL + "/answer")
			require.Len(t, read(t, response, err), 5<<20, "only events are cut")
			<-written
		})
	}
}

func TestAnEventWithinTheLimitArrivesWhole(t *testing.T) {
	for name, size := range map[string]int{"nothing": 0, "one byte": 1, "the limit": 1000} {
		t.Run(name, func(t *testing.T) {
			a := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("x-fc-request-id", "id-1")
				_, _ = w.Write(bytes.Repeat([]byte("x"), size))
			})
			response, err := a.client(1000, other{}).Get(a.URL + next)
			require.Len(t, read(t, response, err), size)
			require.Equal(t, "id-1", response.Header.Get("x-fc-request-id"))
		})
	}
}

func TestAnswersArriveWholeOnOneConnection(t *testing.T) {
	a := serve(t, echo)
	client := a.client(1000, other{})
	for _, size := range []int{0, 1, 4 << 10, 1 << 20, 10} {
		answer := strings.Repeat("y", size)
		response, err := client.Post(a.URL+"/id/response", "application/json", bytes.NewBufferString(answer))
		require.True(t, answer == read(t, response, err), "%d bytes", size)
	}
	require.Equal(t, 1, a.connections())
}

func TestAWaitingRequestKeepsNoOtherFromBeingAnswered(t *testing.T) {
	event := make(chan string)
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == next {
			_, _ = io.WriteString(w, <-event)
		}
	})
	client := a.client(1000, other{})
	got := make(chan string)
	go func() {
		response, err := client.Get(a.URL + next)
		got <- read(t, response, err)
	}()

	for range 3 {
		response, err := client.Post(a.URL+"/id/response", "application/json", bytes.NewBufferString("answer"))
		require.Empty(t, read(t, response, err))
	}
	event <- "event"
	require.Equal(t, "event", <-got)
	require.Equal(t, 2, a.connections())
}

func TestAnAnswerIsPostedAgainWhenAnIdleConnectionWasClosed(t *testing.T) {
	a := serve(t, echo)
	client := a.client(1000, other{})
	for range 3 {
		response, err := client.Post(a.URL+"/id/response", "application/json", bytes.NewBufferString("answer"))
		require.Equal(t, "answer", read(t, response, err))
		a.closeConnections()
	}
	require.Equal(t, 3, a.connections())
}

func TestABrokenResponseIsAnErrorAndSentOnce(t *testing.T) {
	requests := 0
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests == 1 {
			return
		}
		c, out, err := w.(http.Hijacker).Hijack()
		require.NoError(t, err)
		_, _ = out.WriteString("HTTP/1.1 200 OK\r\nContent-Le")
		require.NoError(t, out.Flush())
		require.NoError(t, c.Close())
	})
	client := a.client(1000, other{})
	response, err := client.Get(a.URL + next)
	require.Empty(t, read(t, response, err))

	_, err = client.Get(a.URL + next)
	require.Error(t, err)
	require.Equal(t, 2, requests)
}

func TestHeadersWithoutEndAreAnError(t *testing.T) {
	a := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("x-long", strings.Repeat("h", 1<<20)) })
	_, err := a.client(1000, other{}).Get(a.URL + next)
	require.Error(t, err)
}

func TestRequestsToOthersGoToNetHTTP(t *testing.T) {
	a := serve(t, func(http.ResponseWriter, *http.Request) {})
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, err := a.client(1000, other{}).Get(elsewhere.URL)
	require.ErrorContains(t, err, "sent by the other transport")

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL, nil)
	require.NoError(t, err)
	_, err = a.client(1000, other{}).Do(request)
	require.ErrorContains(t, err, "sent by the other transport", "a request that can be cancelled")
}
