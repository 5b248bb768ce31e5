package cloudtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/pop"
)

// Request is one request as the control plane received it.
type Request struct {
	Action, Version, Method, Path string
	Query, Form                   map[string]string
	Body                          any // JSON
}

// Answer answers the requests of one action.
type Answer func(Request) (status int, body any)

// Server is the control plane. Its Credentials are the only ones that it accepts.
type Server struct {
	URL         string
	Credentials pop.Credentials

	mu       sync.Mutex
	apis     map[string]api
	answers  map[string]Answer
	requests []Request
	problems []error
}

// Start starts a control plane that ends with the test. The test fails if a request was
// wrong.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := New()
	require.NoError(t, err)
	server := httptest.NewServer(s)
	s.URL = server.URL
	t.Cleanup(func() {
		server.Close()
		require.Empty(t, s.Problems(), "the control plane received wrong requests")
	})
	return s
}

// New returns a control plane that nobody serves yet.
func New() (*Server, error) {
	apis, err := readAPIs()
	if err != nil {
		return nil, err
	}
	credentials := pop.Credentials{AccessKeyID: "LTAI-deployer", AccessKeySecret: "a deployer's secret"}
	return &Server{Credentials: credentials, apis: apis, answers: map[string]Answer{}}, nil
}

// On sets the answer of an action. Without one it is 404 EntityNotExist.
func (s *Server) On(action string, answer Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[action] = answer
}

// Requests returns the requests so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Problems returns what was wrong with requests.
func (s *Server) Problems() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// ServeHTTP checks a request and answers it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request, err := s.receive(r)
	if err == nil {
		err = s.check(request)
	}
	if err != nil {
		s.record(request, fmt.Errorf("%s: %w", request.Action, err))
		write(w, http.StatusBadRequest, refuse("InvalidParameter", err.Error()))
		return
	}
	s.record(request, nil)
	status, body := s.answerOf(request)(request)
	write(w, status, body)
}

func (s *Server) check(r Request) error {
	a, ok := s.apis[r.Action]
	if !ok {
		return errors.New("metadata.json has no such action")
	}
	return a.check(r)
}

func (s *Server) record(r Request, problem error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	if problem != nil {
		s.problems = append(s.problems, problem)
	}
}

func (s *Server) answerOf(r Request) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer, ok := s.answers[r.Action]; ok {
		return answer
	}
	return func(r Request) (int, any) {
		return http.StatusNotFound, refuse("EntityNotExist", "nothing answers "+r.Action)
	}
}

// receive reads a request and verifies its signature.
func (s *Server) receive(r *http.Request) (Request, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return Request{}, err
	}
	received := &pop.Request{Method: r.Method, Host: r.Host, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Body: body}
	for name, values := range r.Header {
		for _, value := range values {
			received.Header = append(received.Header, pop.Param{Name: name, Value: value})
		}
	}
	request := requestOf(r, body)

	call, err := pop.Decode(received)
	switch {
	case err != nil:
		return request, err
	case call.AccessKeyID != s.Credentials.AccessKeyID || call.SecurityToken != s.Credentials.SecurityToken:
		return request, errors.New("the credentials are others")
	case !call.SignsPath():
		return request, errors.New("the signature does not cover the path")
	}
	return request, errors.Join(call.CheckTime(time.Now()), call.Verify(s.Credentials.AccessKeySecret))
}

func requestOf(r *http.Request, body []byte) Request {
	request := Request{
		Action: r.Header.Get("x-acs-action"), Version: r.Header.Get("x-acs-version"), Method: r.Method, Path: r.URL.EscapedPath(),
		Query: map[string]string{}, Form: map[string]string{},
	}
	for name := range r.URL.Query() {
		request.Query[name] = r.URL.Query().Get(name)
	}
	if r.Header.Get("Content-Type") == "application/json" {
		_ = json.Unmarshal(body, &request.Body) // a body that is no JSON is none, and missed
		return request
	}
	form, _ := url.ParseQuery(string(body)) // Decode has refused what is no form
	for name := range form {
		request.Form[name] = form.Get(name)
	}
	return request
}

// refuse is the body of a refusal.
func refuse(code, message string) map[string]string {
	return map[string]string{"Code": code, "Message": message, "RequestId": "request-1"}
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone
}
