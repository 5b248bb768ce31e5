package gateway

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"aegis/shared/local/functions"
	"aegis/shared/pop"
)

// Container is one function behind the interface that s local invoke and s local
// start expect of the container that they run (Serverless Devs, component fc3,
// subCommands/local): any GET shows that it is there, a POST invokes it with the
// metadata in headers. Of s local start, whose X-Fc-Event-Type is HTTP, every
// request to the path of invocations is a call, with its own method and query.
type Container struct {
	invoke   func(ctx context.Context, function string, i functions.Invocation) (functions.Result, error)
	function string
}

// NewContainer puts the interface before a function.
func NewContainer(invoke func(context.Context, string, functions.Invocation) (functions.Result, error), function string) *Container {
	return &Container{invoke, function}
}

const invocationPath = "/2023-03-30/functions/function/invocations"

// ServeHTTP answers a request.
func (c *Container) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	overHTTP := r.URL.Path == invocationPath && r.Header.Get("X-Fc-Event-Type") == "HTTP"
	switch {
	case overHTTP:
		c.serve(w, r, overHTTP)
	case r.Method == http.MethodGet:
		fmt.Fprintln(w, "ok")
	case r.Method != http.MethodPost || r.URL.Path != invocationPath:
		http.Error(w, "POST "+invocationPath+" invokes the function", http.StatusNotFound)
	default:
		c.serve(w, r, false)
	}
}

func (c *Container) serve(w http.ResponseWriter, r *http.Request, overHTTP bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body is too large or broke off", http.StatusRequestEntityTooLarge)
		return
	}

	i := invocation(r)
	if i.Event = body; overHTTP {
		if i.Event, err = HTTPTriggerEvent(Request{Request: asSent(r), Body: body, RequestID: i.RequestID, At: time.Now()}); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}

	result, err := c.invoke(r.Context(), c.function, i)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}

	describe(w.Header(), i.RequestID, result)
	if overHTTP {
		deliver(w, result)
		return
	}
	if result.ErrorType != "" {
		w.Header().Set("X-Fc-Error-Type", result.ErrorType)
	}

	_, _ = w.Write(result.Payload) // 200 for failed invocations too, as the platform does
}

func invocation(r *http.Request) functions.Invocation {
	i := functions.Invocation{RequestID: r.Header.Get("x-fc-request-id"), Details: true}
	if i.RequestID == "" {
		i.RequestID = "local"
	}
	if seconds, err := strconv.Atoi(r.Header.Get("x-fc-function-timeout")); err == nil && seconds > 0 {
		i.Timeout = time.Duration(seconds) * time.Second
	}
	if id := r.Header.Get("x-fc-access-key-id"); id != "" {
		i.Credentials = &pop.Credentials{
			AccessKeyID: id, AccessKeySecret: r.Header.Get("x-fc-access-key-secret"), SecurityToken: r.Header.Get("x-fc-security-token"),
		}
	}

	return i
}

// asSent is the request as the caller of s local start sent it. A call without a
// query arrives with the query "null".
func asSent(r *http.Request) *http.Request {
	sent := r.Clone(r.Context())
	sent.URL = &url.URL{Path: r.Header.Get("X-Fc-HTTP-Path"), RawQuery: r.URL.RawQuery}
	if sent.URL.RawQuery == "null" {
		sent.URL.RawQuery = ""
	}
	return sent
}

func describe(h http.Header, requestID string, result functions.Result) {
	h.Set("x-fc-request-id", requestID)
	h.Set("x-fc-log-result", base64.StdEncoding.EncodeToString(result.Log))
	h.Set("x-fc-invocation-duration", strconv.FormatInt(result.Duration.Milliseconds(), 10))
	h.Set("x-fc-max-memory-usage", strconv.Itoa(result.MemoryMB))
}
