// Package storetest gives tests a real store, and a place at its gate from which
// to disturb the requests that pass.
package storetest

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestoretest"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// Start runs a local Tablestore with these tables until the test ends, and opens
// it with the real SDK.
func Start(t testing.TB, tables ...store.Table) (*store.Store, *tablestoretest.Store) {
	t.Helper()
	server := tablestoretest.Start(t)
	s := Open(t, server.URL)
	require.NoError(t, s.EnsureTables(context.Background(), tables...))
	return s, server
}

// Open opens the local instance at a URL.
func Open(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(store.Config{
		Endpoint: url, Instance: tablestoretest.Instance,
		Credentials: pop.Credentials{AccessKeyID: tablestoretest.AccessKeyID, AccessKeySecret: tablestoretest.AccessKeySecret},
	})
	require.NoError(t, err)
	return s
}

// Faulty passes requests on to another gate, unless its hooks say otherwise. Hooks
// that are nil let everything pass.
type Faulty struct {
	store.Client

	// Before runs before the n-th Read or Commit (from 1, each counted alone);
	// its error is the request's, which is not sent then.
	BeforeRead   func(n int, keys []store.Key) error
	BeforeCommit func(n int, changes []store.Change) error
	// After runs when the request has succeeded; its error is the request's,
	// which took effect all the same.
	AfterRead   func(n int, rows []store.Row) error
	AfterCommit func(n int, changes []store.Change) error

	mu             sync.Mutex
	reads, commits int
}

// Read implements store.Client.
func (g *Faulty) Read(ctx context.Context, keys ...store.Key) ([]store.Row, error) {
	n := g.count(&g.reads)
	if g.BeforeRead != nil {
		if err := g.BeforeRead(n, keys); err != nil {
			return nil, err
		}
	}

	rows, err := g.Client.Read(ctx, keys...)
	if err == nil && g.AfterRead != nil {
		err = g.AfterRead(n, rows)
	}

	return rows, err
}

// Commit implements store.Client.
func (g *Faulty) Commit(ctx context.Context, changes ...store.Change) error {
	n := g.count(&g.commits)
	if g.BeforeCommit != nil {
		if err := g.BeforeCommit(n, changes); err != nil {
			return err
		}
	}

	err := g.Client.Commit(ctx, changes...)
	if err == nil && g.AfterCommit != nil {
		err = g.AfterCommit(n, changes)
	}

	return err
}

// Find implements store.IndexReader if the gate behind is one, and counts as a read.
func (g *Faulty) Find(ctx context.Context, r store.IndexRange) ([]store.Row, store.Cursor, error) {
	n := g.count(&g.reads)
	if g.BeforeRead != nil {
		if err := g.BeforeRead(n, nil); err != nil {
			return nil, store.Cursor{}, err
		}
	}
	return g.Client.(store.IndexReader).Find(ctx, r)
}

// Counts are the reads and commits so far.
func (g *Faulty) Counts() (reads, commits int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.reads, g.commits
}

func (g *Faulty) count(n *int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	*n++
	return *n
}
