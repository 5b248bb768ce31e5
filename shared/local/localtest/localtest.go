// Package localtest runs the local stack in tests.
package localtest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/customer"
)

// Start runs a stack in memory on free ports until the test ends. What its
// functions print goes to the test's log.
func Start(t testing.TB, change ...func(*local.Config)) *local.Stack {
	t.Helper()
	c := local.Config{BuildDir: BuildDir(t), Progress: testLog{t}}
	for _, f := range change {
		f(&c)
	}
	s, err := local.Start(context.Background(), c)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// BuildDir is where the stack on a laptop builds its functions: what is built
// there and up to date is not linked again.
func BuildDir(t testing.TB) string {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	return filepath.Join(root, ".local", "bin")
}

// Owner is a customer with the local owner's key.
func Owner(t testing.TB, s *local.Stack) *customer.Customer {
	return Customer(t, customer.Config{URL: s.URL, KeyID: local.OwnerKey, Secret: local.OwnerSecret})
}

// For is the reseller's customer for one of its owners.
func For(t testing.TB, s *local.Stack, owner string) *customer.Customer {
	return Customer(t, customer.Config{URL: s.URL, KeyID: local.ResellerKey, Secret: local.ResellerSecret, Owner: owner})
}

// Customer makes a customer or fails the test.
func Customer(t testing.TB, config customer.Config) *customer.Customer {
	t.Helper()
	c, err := customer.New(config)
	require.NoError(t, err)
	return c
}

type testLog struct{ t testing.TB }

// Write logs a line.
func (l testLog) Write(line []byte) (int, error) {
	l.t.Logf("%s", line)
	return len(line), nil
}
