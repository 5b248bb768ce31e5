package gateway

import (
	"net/http"
	"time"
)

// Observer is told of requests that became invocations, and of their answers. Its methods
// are called where it happens and must not wait. They may keep what they are given, and
// must not change it.
type Observer interface {
	// Received: a request is about to be handed to a function.
	Received(r Request, function string)
	// Answered: the answer has been written. The times are the gateway's.
	Answered(requestID string, a Answer, at time.Time)
}

// Answer is what a caller got.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// answer keeps what is written to a caller.
type answer struct {
	http.ResponseWriter
	requestID string // "": the request became no invocation
	status    int
	body      []byte
}

// WriteHeader writes a status.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body.
func (a *answer) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return a.ResponseWriter.Write(p)
}

// observe tells the observer of a request, if there is one.
func (g *Gateway) observe(w http.ResponseWriter, r Request, route Route) {
	if a, ok := w.(*answer); ok {
		a.requestID = r.RequestID
		g.config.Observer.Received(r, route.Function)
	}
}

func (g *Gateway) observeAnswer(a *answer) {
	if a.requestID != "" {
		g.config.Observer.Answered(a.requestID, Answer{a.status, a.Header(), a.body}, g.config.Clock())
	}
}
