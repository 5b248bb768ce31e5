package runtimeapi

import (
	"net/http"
	"strings"
	"sync"
)

// Config says what a Transport carries.
type Config struct {
	Address  string            // host:port of the runtime API
	MaxEvent int64             // bytes of an event that are kept at most
	Other    http.RoundTripper // carries all other requests
}

// Transport is an http.RoundTripper for the runtime API. It is safe for concurrent
// use. A connection that waits for the next event is not available to others, so
// there are as many connections as requests under way, two in practice.
type Transport struct {
	config Config

	mu   sync.Mutex
	idle []*conn // the last used is taken first
}

// New returns a Transport.
func New(c Config) *Transport { return &Transport{config: c} }

// RoundTrip sends a request and returns its response. The body of an event is cut
// after MaxEvent+1 bytes.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	send := t.config.Other.RoundTrip
	if t.carries(r) {
		send = t.send
	}

	response, err := send(r)
	if err == nil && strings.HasSuffix(r.URL.Path, "/runtime/invocation/next") {
		response.Body = &event{ReadCloser: response.Body, left: t.config.MaxEvent + 1}
	}
	return response, err
}

// carries reports whether a request goes to the runtime API and cannot be
// cancelled, which only net/http supports.
func (t *Transport) carries(r *http.Request) bool {
	return r.URL.Scheme == "http" && r.URL.Host == t.config.Address && r.Context().Done() == nil
}

// send uses an idle connection if there is one.
//
// The runtime API may close an idle connection, for example while the instance is
// frozen. The request is then sent once more on a new connection, provided that no
// byte of a response arrived. That is safe although the first one may have been
// processed: asking for an event has no effect of its own, and an answer is posted
// under the id of its invocation, of which the runtime API takes only the first.
func (t *Transport) send(r *http.Request) (*http.Response, error) {
	if c := t.take(); c != nil {
		response, err := c.exchange(r)
		if err == nil || c.answered() {
			return response, err
		}
		if r, err = renew(r); err != nil {
			return nil, err
		}
	}

	c, err := t.dial()
	if err != nil {
		return nil, err
	}
	return c.exchange(r)
}

// renew returns the request with a body that has not been read.
func renew(r *http.Request) (*http.Request, error) {
	again := r.WithContext(r.Context())
	if r.GetBody == nil {
		return again, nil
	}

	var err error
	again.Body, err = r.GetBody()
	return again, err
}

func (t *Transport) take() *conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := len(t.idle) - 1
	if last < 0 {
		return nil
	}

	c := t.idle[last]
	t.idle = t.idle[:last]
	return c
}

func (t *Transport) put(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.idle = append(t.idle, c)
}
