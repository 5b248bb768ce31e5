// Package tablestoretest runs a local Tablestore for the length of a test.
//
//	store := tablestoretest.Start(t)
//	client := store.Client()
//	...
//	require.Equal(t, 2, store.Requests("BatchWriteRow"))
//
// A store is in memory unless Durable is given, serves on an address of its
// own, and counts the requests that reach it, those an SDK repeats by itself
// included.
package tablestoretest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
)

// The instance a store serves, and the key pair that opens it.
const (
	Instance        = "local"
	AccessKeyID     = "local"
	AccessKeySecret = "local"
)

// Store is a running local Tablestore. Its methods are safe for concurrent
// use, but for Restart and Close.
type Store struct {
	URL string

	t      testing.TB
	config tablestore.Config
	http   *httptest.Server

	mu       sync.RWMutex
	server   *tablestore.Server
	requests map[string]int
}

// Option changes how a store is set up.
type Option func(testing.TB, *tablestore.Config)

// Durable keeps the store in a folder of the test's own, so that Restart finds
// all it had.
func Durable() Option {
	return func(t testing.TB, c *tablestore.Config) { c.Dir = t.TempDir() }
}

// With changes the configuration at will.
func With(change func(*tablestore.Config)) Option {
	return func(_ testing.TB, c *tablestore.Config) { change(c) }
}

// Start runs a store until the test ends.
func Start(t testing.TB, options ...Option) *Store {
	t.Helper()
	s := &Store{t: t, requests: make(map[string]int)}
	for _, option := range options {
		option(t, &s.config)
	}

	s.open()
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	t.Cleanup(s.Close)
	return s
}

func (s *Store) open() {
	s.t.Helper()
	server, err := tablestore.Open(s.config)
	require.NoError(s.t, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = server
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests[strings.TrimPrefix(r.URL.Path, "/")]++
	s.mu.Unlock()
	s.Server().ServeHTTP(w, r)
}

// Server is the server under test.
func (s *Store) Server() *tablestore.Server {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.server
}

// Client is a new client of the official SDK for the store's instance. If the
// configuration sets a clock, the client's requests are dated by it.
func (s *Store) Client() *sdk.TableStoreClient {
	if s.config.Clock != nil {
		return s.clientAt(s.config.Clock)
	}
	return sdk.NewClient(s.URL, Instance, AccessKeyID, AccessKeySecret)
}

// Requests counts the requests for an operation, such as "BatchWriteRow",
// since the start or the last ResetRequests.
func (s *Store) Requests(operation string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.requests[operation]
}

// TotalRequests counts the requests for any operation.
func (s *Store) TotalRequests() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	total := 0
	for _, n := range s.requests {
		total += n
	}
	return total
}

// ResetRequests starts counting from zero.
func (s *Store) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.requests)
}

// Restart closes the server and opens it again at the same address. A store
// that is not Durable comes back empty.
func (s *Store) Restart() {
	s.t.Helper()
	require.NoError(s.t, s.Server().Close())
	s.open()
}

// Close ends the store; a test's end does so too. Closing twice is harmless.
func (s *Store) Close() {
	s.http.Close()
	require.NoError(s.t, s.Server().Close())
}
