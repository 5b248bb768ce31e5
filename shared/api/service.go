package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"aegis/shared/access"
	"aegis/shared/operations"
	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// Service answers the events of one function.
type Service struct {
	operations []Operation
	actions    []string // of all functions
	access     *access.Registry
	backend    Backend
	clock      func() time.Time
	random     io.Reader
	errorPages string
	hosts      []string
	log        *slog.Logger
	throttle   *throttle
	warm       atomic.Bool
}

// Config wires a Service. Operations, Access and Backend must be set.
type Config struct {
	Operations []Operation
	Access     *access.Registry
	Backend    Backend
	Clock      func() time.Time // nil: time.Now
	Random     io.Reader        // of RequestIds; nil: crypto/rand
	Log        io.Writer        // nil: nowhere
	ErrorPages string           // address below which each of our own codes has a page; "": there are none
	Hosts      []string         // by which clients address this system, where something replaces the Host: see pop.Call.AcceptHosts
	Rates      Rates            // zero: calls are not limited
	Level      slog.Level       // of the log; zero: INFO
	Catalogue  string           // hash of the catalogue, for the log
	Road       string           // "ledger" or "upstream", for the log
}

// New makes a Service.
func New(c Config) (*Service, error) {
	if len(c.Operations) == 0 || c.Access == nil || c.Backend == nil {
		return nil, errors.New("make service: operations, access and backend must be set")
	}

	s := &Service{operations: c.Operations, actions: actions(), access: c.Access, backend: c.Backend, clock: c.Clock, random: c.Random, errorPages: c.ErrorPages, hosts: c.Hosts}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if c.Log == nil {
		c.Log = io.Discard
	}

	s.throttle = newThrottle(c.Rates)
	s.log = slog.New(slog.NewJSONHandler(c.Log, &slog.HandlerOptions{Level: c.Level})).With("catalogue", c.Catalogue, "road", c.Road)
	return s, nil
}

// activeCall is the state of a call while it is being answered.
type activeCall struct {
	*pop.Call
	requestID string
	source    netip.Addr // of the client
	operation Operation
	owner     string
	precheck  store.Precheck // of the caller, for the operation
	budget    sale.Budget    // of the caller's key; nil: any amount
	usage     *store.Usage
	cold      bool // the first call of the instance
	replayed  bool
	charged   sale.Fen
	orderID   string
}

// Handle answers one event. It always returns an envelope.
func (s *Service) Handle(ctx context.Context, raw []byte) Envelope {
	return s.handle(ctx, func() (request, error) { return readEvent(raw) })
}

// HandleRequest answers an HTTP request that no event was made of, as the custom runtime
// gets it. The source of such a request is not known: headers are not believed.
func (s *Service) HandleRequest(ctx context.Context, r *pop.Request) Envelope {
	return s.handle(ctx, func() (request, error) { return request{Request: r}, checkBody(r.Body) })
}

func (s *Service) handle(ctx context.Context, read func() (request, error)) Envelope {
	began := s.clock()
	c := &activeCall{Call: &pop.Call{}, cold: !s.warm.Swap(true)}
	ctx, c.usage = store.WithUsage(ctx)
	response, err := s.respond(ctx, c, read)
	s.record(ctx, c, began, err)
	return envelope(response)
}

// respond answers a call or refuses it. The error is for the log.
func (s *Service) respond(ctx context.Context, c *activeCall, read func() (request, error)) (pop.Response, error) {
	ctx, cancel := BeforeDeadline(ctx)
	defer cancel()
	var err error
	if c.requestID, err = pop.NewRequestID(s.random); err != nil {
		return refusal(err).Response(pop.JSON, "", ""), err
	}

	fields, err := s.answer(ctx, c, read)
	if err != nil {
		return s.located(refusal(err)).Response(c.Format, c.requestID, c.Host), err
	}
	c.orderID = orderOf(fields)
	return pop.Answer(c.Format, c.operation.Action, c.requestID, fields...), nil
}

// located returns a refusal that leads its reader to the page about its code: ours for a
// code of ours, else Alibaba Cloud's.
func (s *Service) located(e *pop.Error) *pop.Error {
	switch {
	case !operations.IsOwn(e.Code):
		return e
	case s.errorPages == "":
		return e.WithPage("")
	}
	return e.WithPage(strings.TrimSuffix(s.errorPages, "/") + "/" + e.Code)
}

// answer returns the fields of a call's answer. A panic is a defect that may strike
// after the sale, so it is answered ServiceUnavailable.
func (s *Service) answer(ctx context.Context, c *activeCall, read func() (request, error)) (fields []pop.Field, err error) {
	defer func() {
		if defect := recover(); defect != nil {
			err = fmt.Errorf("%w: panic: %v", sale.ErrUnavailable, defect)
		}
	}()
	request, broken := read()
	c.source = request.source
	if c.Call, err = pop.Decode(request.Request); broken != nil {
		err = broken
	}
	if err != nil {
		return nil, err
	}

	if c.operation, err = s.route(c.Call); err != nil {
		return nil, err
	}
	return s.run(ctx, c)
}

// run makes a call that is understood, for its caller and within the rates.
func (s *Service) run(ctx context.Context, c *activeCall) ([]pop.Field, error) {
	if err := s.throttle.arrive(c, s.clock()); err != nil {
		return nil, err
	}
	if err := s.authorise(ctx, c); err != nil {
		return nil, s.throttle.refuse(c, err, s.clock())
	}
	if err := s.throttle.admit(c, s.clock()); err != nil {
		return nil, err
	}

	fields, err := c.operation.run(ctx, s, c)
	s.throttle.finish(c, err, s.clock())
	return fields, err
}

// BeforeDeadline returns a context that ends before the invocation does: it leaves a
// tenth of the remaining time, half a second at most, for answering.
func BeforeDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	margin := min(time.Until(deadline)/10, 500*time.Millisecond)
	return context.WithDeadline(ctx, deadline.Add(-margin))
}
