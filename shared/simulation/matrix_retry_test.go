package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

// retry is a second call with the token of a first one: what it asks otherwise.
type retry struct {
	name      string
	change    func(*sale.Create)
	catalogue string // "": the first call's
	after     time.Duration
}

func otherRetries() []retry {
	return []retry{
		{name: "with other parameters", change: func(c *sale.Create) { c.VmNumber = 6 }},
		{name: "under another catalogue", catalogue: `{"editions":[{"versionCode":1,"name":"a","rank":1,"monthlyFen":100000}]}`},
		{name: "a month later, with other parameters", change: func(c *sale.Create) { c.Term.Duration = 2 }, after: 31 * 24 * time.Hour},
	}
}

// TestTheMatrixOfAnotherRetry strikes the commit of a purchase that the balance just
// covers, and then calls with the same token and something that it does not cover.
// What is refused then must never be charged, not even by the first call's write when
// it lands at last.
func TestTheMatrixOfAnotherRetry(t *testing.T) {
	faults := []string{"crash before", "crash after", "answer lost", "lands late"}
	var table strings.Builder
	table.WriteString("| retry | " + strings.Join(faults, " | ") + " |\n|" + strings.Repeat("---|", len(faults)+1) + "\n")
	for _, r := range otherRetries() {
		fmt.Fprintf(&table, "| %s |", r.name)
		for _, fault := range faults {
			fmt.Fprintf(&table, " %s |", retryDifferently(t, r, fault))
		}
		table.WriteString("\n")
	}
	requireInFile(t, filepath.Join("README.md"), "retry matrix", table.String())
}

// retryDifferently plays one cell.
func retryDifferently(t *testing.T, r retry, fault string) string {
	t.Helper()
	memory := storetest.NewMemory()
	now := time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)
	calm := openBooks(t, memory, "", &now)
	ledgertest.SetBalance(t, calm, "1", 5_000)
	first := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}

	gate := &struckGate{Client: memory, fault: fault}
	_, err := openBooks(t, gate, "", &now).Sell(context.Background(), sale.Purchase{Owner: "1", Token: "t", Command: first}, nil)
	require.Error(t, err, "%s, %s", r.name, fault)
	made := len(ledgertest.Sales(t, calm, "1"))

	second := first
	if r.change != nil {
		r.change(&second)
	}
	now = now.Add(r.after)
	other := openBooks(t, memory, r.catalogue, &now)
	for range 3 { // polled
		receipt, err := other.Sell(context.Background(), sale.Purchase{Owner: "1", Token: "t", Command: second}, nil)
		requireHonest(t, r, made, receipt, err)
	}
	if gate.late != nil {
		require.ErrorIs(t, memory.Commit(context.Background(), gate.late...), store.ErrCondition, "%s: it lands after the refusal", r.name)
	}
	require.Len(t, ledgertest.Sales(t, calm, "1"), made)
	switch {
	case made == 0:
		return "refused, never charged"
	case r.change != nil:
		return "IdempotentParameterMismatch"
	}
	return "the same order"
}

// requireHonest requires the answer that the books give reason for.
func requireHonest(t *testing.T, r retry, made int, receipt sale.Receipt, err error) {
	t.Helper()
	if made == 0 {
		refusal, ok := errors.AsType[*sale.Refusal](err)
		require.True(t, ok, "%s: %v", r.name, err)
		require.Equal(t, sale.NotEnoughBalance, refusal.Code)
		return
	}
	if r.change != nil {
		_, ok := errors.AsType[*sale.Mismatch](err)
		require.True(t, ok, "%s: %v", r.name, err)
		return
	}
	require.NoError(t, err)
	require.True(t, receipt.Replayed)
}

func openBooks(t *testing.T, gate store.Client, catalogue string, now *time.Time) *ledger.Ledger {
	t.Helper()
	c := ledger.Config{Store: gate, Clock: func() time.Time { return *now }}
	if catalogue != "" {
		var err error
		c.Catalogue, err = sale.ParseCatalogue([]byte(catalogue))
		require.NoError(t, err)
	}
	books, err := ledger.New(c)
	require.NoError(t, err)
	return books
}

// struckGate lets a fault happen to the first commit, and then nothing more pass: the
// caller hears no answer.
type struckGate struct {
	store.Client
	fault  string
	struck bool
	late   []store.Change
}

// Read implements store.Client.
func (g *struckGate) Read(ctx context.Context, keys ...store.Key) ([]store.Row, error) {
	if g.struck {
		return nil, errCrashed
	}
	return g.Client.Read(ctx, keys...)
}

// Commit implements store.Client.
func (g *struckGate) Commit(ctx context.Context, changes ...store.Change) error {
	g.struck = true
	switch g.fault {
	case "crash before":
		return errCrashed
	case "lands late":
		g.late = changes
		return fmt.Errorf("timeout: %w", store.ErrUnknown)
	}
	if err := g.Client.Commit(ctx, changes...); err != nil {
		return err
	}
	if g.fault == "answer lost" {
		return fmt.Errorf("lost: %w", store.ErrUnknown)
	}
	return errCrashed
}
