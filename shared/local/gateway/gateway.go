package gateway

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"aegis/shared/local/functions"
	"aegis/shared/local/sameorigin"
)

// Route sends a path's requests to a function.
type Route struct {
	Path     string // exact
	Function string
	Event    Event
}

// Config wires a Gateway.
type Config struct {
	Routes    []Route
	Invoke    func(ctx context.Context, function string, i functions.Invocation) (functions.Result, error)
	RequestID func() string
	Clock     func() time.Time // nil: time.Now
	Host      string           // that functions see instead of the caller's; "": the caller's
	Observer  Observer         // nil: nobody watches
}

// Gateway serves HTTP. Until Ready is called, every request is answered 503.
type Gateway struct {
	config Config
	mux    *http.ServeMux
	ready  atomic.Bool
}

// New makes a Gateway of its routes, and /healthz.
func New(c Config) *Gateway {
	if c.Clock == nil {
		c.Clock = time.Now
	}

	g := &Gateway{config: c, mux: http.NewServeMux()}
	g.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	for _, route := range c.Routes {
		pattern := route.Path
		if pattern == "/" {
			pattern = "/{$}"
		}
		g.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { g.serve(w, r, route) })
	}

	return g
}

// Ready opens the gateway: every function answers.
func (g *Gateway) Ready() { g.ready.Store(true) }

// Handle adds a route that no function serves. It is not for web pages of other sites.
func (g *Gateway) Handle(pattern string, h http.Handler) {
	g.mux.Handle(pattern, sameorigin.Handler(h))
}

// ServeHTTP answers a request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.ready.Load() {
		http.Error(w, "the stack is starting", http.StatusServiceUnavailable)
		return
	}
	g.mux.ServeHTTP(w, r)
}

func (g *Gateway) serve(w http.ResponseWriter, r *http.Request, route Route) {
	if g.config.Observer != nil {
		answer := &answer{ResponseWriter: w}
		w = answer
		defer g.observeAnswer(answer)
	}

	id := g.config.RequestID()
	w.Header().Set("X-Fc-Request-Id", id)
	if reason := checkSize(r); reason != "" {
		refuse(w, id, reason)
		return
	}

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body is too large or broke off", http.StatusRequestEntityTooLarge)
		return
	}

	if g.config.Host != "" {
		r.Host = g.config.Host
	}
	event, err := route.Event(Request{Request: r, Body: body, RequestID: id, At: g.config.Clock()})
	if err != nil {
		http.Error(w, "the request cannot be made an event: "+err.Error(), http.StatusBadRequest)
		return
	}

	g.observe(w, Request{Request: r, Body: body, RequestID: id, At: g.config.Clock()}, route)
	result, err := g.config.Invoke(r.Context(), route.Function, functions.Invocation{RequestID: id, Event: event, HTTP: asSentTo(r, body)})
	if err != nil {
		http.Error(w, "the function could not be invoked: "+err.Error(), http.StatusServiceUnavailable)
		return
	}

	deliver(w, result)
}

// deliver turns the envelope into the answer. An invocation that failed, or whose
// answer is no envelope, is the gateway's bare 503.
func deliver(w http.ResponseWriter, result functions.Result) {
	if result.ErrorType != "" {
		w.Header().Set("X-Fc-Error-Type", result.ErrorType)
		http.Error(w, string(result.Payload), http.StatusServiceUnavailable)
		return
	}

	var envelope struct {
		IsBase64Encoded bool
		StatusCode      int
		Headers         map[string]string
		Body            string
	}
	err := json.Unmarshal(result.Payload, &envelope)
	body := []byte(envelope.Body)
	if err == nil && envelope.IsBase64Encoded {
		body, err = base64.StdEncoding.DecodeString(envelope.Body)
	}
	if err != nil || envelope.StatusCode < 100 || envelope.StatusCode > 599 {
		http.Error(w, "the function's answer is no envelope", http.StatusServiceUnavailable)
		return
	}

	for name, value := range envelope.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(envelope.StatusCode)
	_, _ = w.Write(body) // the client has gone: nothing can be done
}
