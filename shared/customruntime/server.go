package customruntime

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Answer is what a function answers. It has the fields of the envelope that events get.
type Answer struct {
	StatusCode int
	Headers    map[string]string
	Body       string
}

// Config wires a Server.
type Config struct {
	// Call answers an HTTP call. The request's body is read; its headers are the caller's.
	Call func(ctx context.Context, i Invocation, r *http.Request, body []byte) Answer
	// Event answers a raw event.
	Event func(ctx context.Context, i Invocation, event []byte) ([]byte, error)
	// MaxBody is how many bytes of a body are read. The function sees one more of a
	// longer one, so that it refuses it as it does events.
	MaxBody int64
}

// Server is the HTTP server of an instance. It is safe for concurrent use.
type Server struct{ config Config }

// New makes a Server.
func New(c Config) *Server { return &Server{config: c} }

// shutdownWithin is what calls get to end after SIGTERM. The platform sends it to
// instances without calls.
const shutdownWithin = 10 * time.Second

// Serve answers requests until the context ends, and then those that have begun.
// Connections are kept: the platform reuses them as long as it likes.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()

	select {
	case err := <-ended:
		return fmt.Errorf("serve the custom runtime: %w", err)
	case <-ctx.Done():
	}

	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return fmt.Errorf("end the calls that have begun: %w", err)
	}
	return nil
}

// ServeHTTP answers one request of the platform.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i := readInvocation(r.Header)
	control := r.Header.Get("X-Fc-Control-Path")
	removePlatformHeaders(r.Header)

	body, err := io.ReadAll(io.LimitReader(r.Body, s.config.MaxBody+1))
	if err != nil {
		http.Error(w, "the body broke off", http.StatusBadRequest)
		return
	}
	ctx, cancel := i.context(r.Context())
	defer cancel()

	switch {
	case control == "/initialize" || control == "/pre-stop" || control == "/pre-freeze":
	case control == "/invoke": // never by the path: a caller could choose that
		s.invoke(ctx, w, i, body)
	default:
		s.config.Call(ctx, i, r, body).write(w)
	}
}

// invoke answers an event. The header x-fc-status reports a failure to the platform.
func (s *Server) invoke(ctx context.Context, w http.ResponseWriter, i Invocation, event []byte) {
	answer, err := s.config.Event(ctx, i, event)
	if err != nil {
		w.Header().Set("X-Fc-Status", "404")
		w.WriteHeader(http.StatusNotFound)
		answer = []byte(err.Error())
	}
	_, _ = w.Write(answer) // a caller that has gone asks again
}

func (a Answer) write(w http.ResponseWriter) {
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.StatusCode)
	_, _ = io.WriteString(w, a.Body) // a caller that has gone asks again
}
