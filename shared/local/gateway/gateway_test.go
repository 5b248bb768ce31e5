package gateway_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/functions"
	"aegis/shared/local/gateway"
)

// function stands in for the runtime and remembers the last invocation.
type function struct {
	last   functions.Invocation
	result functions.Result
}

func (f *function) invoke(_ context.Context, _ string, i functions.Invocation) (functions.Result, error) {
	f.last = i
	return f.result, nil
}

func (f *function) event(t *testing.T) map[string]any {
	var e map[string]any
	require.NoError(t, json.Unmarshal(f.last.Event, &e))
	return e
}

func open(f *function) *gateway.Gateway {
	g := gateway.New(gateway.Config{
		Invoke: f.invoke, RequestID: func() string { return "id-1" }, Clock: func() time.Time { return time.Unix(1_800_000_000, 0) },
		Routes: []gateway.Route{
			{Path: "/", Function: "pop", Event: gateway.HTTPTriggerEvent},
			{Path: "/CreateInstance", Function: "createinstance", Event: gateway.APIGatewayEvent},
		},
	})
	g.Ready()
	return g
}

func ok() functions.Result {
	return functions.Result{Payload: []byte(`{"isBase64Encoded":false,"statusCode":201,"headers":{"Content-Type":"text/x"},"body":"hi"}`)}
}

func send(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestARouteMakesAnAPIGatewayEvent(t *testing.T) {
	f := &function{result: ok()}
	w := send(open(f), "POST", "http://api.test/CreateInstance?b=%2B+1&a=&a=2", "x=1", "X-Two", "1", "X-Two", "2")
	require.Equal(t, 201, w.Code)
	require.Equal(t, "hi", w.Body.String())
	require.Equal(t, "text/x", w.Header().Get("Content-Type"))
	e := f.event(t)
	require.Equal(t, "/CreateInstance", e["path"])
	require.Equal(t, "POST", e["httpMethod"])
	require.Equal(t, map[string]any{"b": "+ 1", "a": ",2"}, e["queryParameters"])
	require.Equal(t, "x=1", e["body"])
	require.Equal(t, false, e["isBase64Encoded"])
	require.Equal(t, "1,2", e["headers"].(map[string]any)["X-Two"])
	require.Equal(t, "api.test", e["headers"].(map[string]any)["Host"])
}

func TestTheRootMakesAnHTTPTriggerEvent(t *testing.T) {
	f := &function{result: ok()}
	send(open(f), "GET", "http://api.test/?a=1", "\xff\xfe")
	e := f.event(t)
	require.Equal(t, "v1", e["version"])
	require.Equal(t, true, e["isBase64Encoded"])
	require.Equal(t, base64.StdEncoding.EncodeToString([]byte("\xff\xfe")), e["body"])
	c := e["requestContext"].(map[string]any)
	require.Equal(t, "api.test", c["domainName"])
	require.Equal(t, "id-1", c["requestId"])
	require.EqualValues(t, 1_800_000_000_000, c["timeEpoch"])
	require.Equal(t, "GET", c["http"].(map[string]any)["method"])
}

func TestWhatIsNoEnvelopeIsABare503(t *testing.T) {
	for name, result := range map[string]functions.Result{
		"an error of the function": {Payload: []byte(`{"errorMessage":"x"}`), ErrorType: functions.UnhandledInvocationError},
		"not JSON":                 {Payload: []byte(`{`)},
		"no status":                {Payload: []byte(`{"body":"x"}`)},
		"broken base64":            {Payload: []byte(`{"statusCode":200,"isBase64Encoded":true,"body":"@"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			w := send(open(&function{result: result}), "GET", "/", "")
			require.Equal(t, 503, w.Code)
			require.Equal(t, result.ErrorType, w.Header().Get("X-Fc-Error-Type"))
		})
	}
}

func TestABinaryAnswerIsDecoded(t *testing.T) {
	w := send(open(&function{result: functions.Result{Payload: []byte(`{"statusCode":200,"isBase64Encoded":true,"body":"aGk="}`)}}), "GET", "/", "")
	require.Equal(t, "hi", w.Body.String())
}

func TestNothingIsServedBeforeReady(t *testing.T) {
	g := gateway.New(gateway.Config{})
	require.Equal(t, 503, send(g, "GET", "/healthz", "").Code)
	g.Ready()
	require.Equal(t, 200, send(g, "GET", "/healthz", "").Code)
	require.Equal(t, 404, send(g, "GET", "/nowhere", "").Code)
}

func TestAContainerSpeaksAsServerlessDevsExpects(t *testing.T) {
	f := &function{result: functions.Result{Payload: []byte(`"answer"`), Log: []byte("printed\n"), Duration: 12 * time.Millisecond, MemoryMB: 9}}
	c := gateway.NewContainer(f.invoke, "function")
	const path = "/2023-03-30/functions/function/invocations"
	require.Equal(t, 200, send(c, "GET", "/anything", "").Code)
	require.Equal(t, 404, send(c, "POST", "/elsewhere", "").Code)

	w := send(c, "POST", path, `{"a":1}`, "x-fc-request-id", "r", "x-fc-function-timeout", "7", "x-fc-access-key-id", "ak", "X-Fc-Event-Type", "Default")
	require.Equal(t, `"answer"`, w.Body.String())
	require.Equal(t, `{"a":1}`, string(f.last.Event))
	require.Equal(t, 7*time.Second, f.last.Timeout)
	require.Equal(t, "ak", f.last.Credentials.AccessKeyID)
	require.Equal(t, "r", w.Header().Get("x-fc-request-id"))
	require.Equal(t, base64.StdEncoding.EncodeToString([]byte("printed\n")), w.Header().Get("x-fc-log-result"))
	require.Equal(t, "12", w.Header().Get("x-fc-invocation-duration"))
	require.Equal(t, "9", w.Header().Get("x-fc-max-memory-usage"))

	t.Run("a failed invocation is 200 with its error type", func(t *testing.T) {
		f.result = functions.Result{Payload: []byte(`{}`), ErrorType: functions.UnhandledInvocationError}
		w := send(c, "POST", path, `{}`)
		require.Equal(t, 200, w.Code)
		require.Equal(t, functions.UnhandledInvocationError, w.Header().Get("X-Fc-Error-Type"))
	})
	t.Run("an HTTP event is made of what the caller sent", func(t *testing.T) {
		f.result = ok()
		w := send(c, "GET", path+"?q=1", "body", "X-Fc-Event-Type", "HTTP", "X-Fc-HTTP-Path", "/CreateInstance")
		require.Equal(t, 201, w.Code)
		body, err := io.ReadAll(w.Body)
		require.NoError(t, err)
		require.Equal(t, "hi", string(body))
		require.Equal(t, "/CreateInstance", f.event(t)["rawPath"])
		require.Equal(t, map[string]any{"q": "1"}, f.event(t)["queryParameters"])
		require.Equal(t, "GET", f.event(t)["requestContext"].(map[string]any)["http"].(map[string]any)["method"])
		send(c, "GET", path+"?null", "", "X-Fc-Event-Type", "HTTP", "X-Fc-HTTP-Path", "/")
		require.Empty(t, f.event(t)["queryParameters"])
	})
}
