package tablestore

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
)

// request is one authenticated request on its way through an operation.
type request struct {
	*Server
	instance  string
	operation string
	now       time.Time
	after     []Fault // to inject once the work is done
	tally     *tally
}

// ServeHTTP answers one request: POST /<Operation> of the wire protocol, or one
// of the pages for people and monitors.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.admin(w, r) {
		return
	}

	a := s.newAnswer(r)
	message, err := s.serve(w, r, a)
	switch {
	case errors.Is(err, engine.ErrClosed):
		a.fail(ots.Errorf(ots.ServerUnavailable, "Server is not available."))
	case err != nil:
		a.fail(ots.From(err))
	default:
		a.succeed(message)
	}

	s.note(r, a)
	if errors.Is(err, errDropped) {
		drop()
	}

	a.send(w)
}

// note counts the request.
func (s *Server) note(r *http.Request, a *answer) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	_, known := s.operations[name]
	took := s.clock().Sub(a.now)
	s.stats.of(name, known).note(a, r.ContentLength, took)
	if s.observe != nil {
		s.observe(roundTrip(r, a, name, took))
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, a *answer) (proto.Message, error) {
	if r.Method != http.MethodPost {
		return nil, ots.Errorf(ots.MethodNotAllowed, "Only POST method for requests is supported.")
	}

	body, release, err := s.bodies.read(w, r)
	if err != nil {
		return nil, err
	}
	defer release() // a decoded request has copied what it needs
	instance, err := s.authenticate(r, body, a)
	if err != nil {
		return nil, err
	}

	name := strings.TrimPrefix(r.URL.Path, "/")
	run := s.operations[name]
	if run == nil {
		return nil, unsupported(name)
	}

	return s.run(r.Context(), run, &request{Server: s, instance: instance, operation: name, now: a.now, tally: &a.tally}, body, a)
}

// run does the work between the faults before and after it. Those after hide
// its outcome, whatever it was.
func (s *Server) run(ctx context.Context, run operation, c *request, body []byte, a *answer) (proto.Message, error) {
	message, err := run(ctx, c, body)
	if hidden := c.injectAfter(ctx, a); hidden != nil {
		return nil, hidden
	}
	return message, err
}
