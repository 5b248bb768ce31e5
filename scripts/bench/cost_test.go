package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/operations"
)

func TestEveryOperationAsksTheStoreNoMoreThanItMust(t *testing.T) {
	s, err := openShop(context.Background(), "")
	require.NoError(t, err)
	defer s.close()
	built, err := s.build(context.Background(), "./functions/pop")
	require.NoError(t, err)
	r, err := openReport(io.Discard, "")
	require.NoError(t, err)
	require.NoError(t, options{report: r}.cost(context.Background(), s, built[0]))

	requests := map[string]float64{}
	for _, f := range r.Figures {
		if name, ok := strings.CutSuffix(f.Name, ": store requests"); ok {
			requests[name] = f.Value
		}
	}
	for _, c := range costed() {
		want := 3 // the read, the nonce in parallel with it, the commit
		o, ok := find(c.sample)
		require.True(t, ok, c.sample)
		switch {
		case c.name == "QueryOrders, a page of 20": // the page, the key and the nonce, all at once
		case o.ReadOnly, strings.HasSuffix(c.name, "replay"), strings.HasSuffix(c.name, "again"), strings.HasSuffix(c.name, "DryRun"):
			want = 2
		}
		require.EqualValues(t, want, requests[c.name], c.name)
	}
}

func TestEveryOperationIsCosted(t *testing.T) {
	seen := map[string]bool{"releaseinstance": true} // it needs an instance that has expired
	for _, c := range costed() {
		seen[c.sample] = true
	}
	for _, o := range operations.All() {
		require.True(t, seen[o.Function()], o.Name)
	}
}

func find(function string) (operations.Operation, bool) {
	for _, o := range operations.All() {
		if o.Function() == function {
			return o, true
		}
	}
	return operations.Operation{}, false
}
