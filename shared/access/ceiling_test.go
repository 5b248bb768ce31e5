package access_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/store"
)

const (
	today    = 20260510
	tomorrow = 20260511
)

// openLimited returns a reseller's caller whose key may spend a sum a day.
func openLimited(t *testing.T, ceiling int64) (*lobby, *access.Caller) {
	t.Helper()
	l := open(t)
	l.put(t, access.Key{ID: "r", Secret: "s", Reseller: true}, "2")
	require.NoError(t, l.EditLimits(t.Context(), "r", func(limits *access.Limits) { limits.DailyFen = ceiling }))
	caller, err := l.Authorize(t.Context(), call("r", "s", "2"))
	require.NoError(t, err)
	return l, caller
}

// spend makes purchases of one owner as the ledger does, until one is refused or the
// store fails, or it has spent ten times as much as there is. It returns what was sold.
func spend(ctx context.Context, c *access.Caller, owner string, price int64) (sold int64) {
	for sold < 10*c.Ceiling {
		leased, err := c.Allow(ctx, owner, access.Lease{Day: today, Fen: sold + price}, false)
		if err != nil || leased.Fen < sold+price {
			return sold
		}
		sold += price
	}
	return sold
}

func spendInParallel(t *testing.T, c *access.Caller, owners int, price int64) int64 {
	t.Helper()
	sold := make([]int64, owners)
	var all sync.WaitGroup
	for n := range owners {
		all.Go(func() { sold[n] = spend(t.Context(), c, fmt.Sprint(n), price) })
	}
	all.Wait()

	total := int64(0)
	for _, fen := range sold {
		total += fen
	}
	return total
}

func TestAResellersOwnersTogetherSpendTheWholeCeilingAndNoMore(t *testing.T) {
	_, caller := openLimited(t, 100_00)
	require.EqualValues(t, 98_00, spendInParallel(t, caller, 6, 7_00))
}

func TestACeilingIsNotExceededWhenAnswersOfTheStoreAreLost(t *testing.T) {
	for seed := range uint64(20) {
		l, caller := openLimited(t, 100_00)
		var mu sync.Mutex
		rng := rand.New(rand.NewPCG(seed, 1))
		fault := func(err error) error {
			mu.Lock()
			defer mu.Unlock()
			if rng.IntN(4) == 0 {
				return err
			}
			return nil
		}
		l.gate.BeforeRead = func(int, []store.Key) error { return fault(store.ErrNotApplied) }
		l.gate.BeforeCommit = func(int, []store.Change) error { return fault(store.ErrUnknown) }
		l.gate.AfterCommit = func(int, []store.Change) error { return fault(store.ErrUnknown) }

		require.LessOrEqual(t, spendInParallel(t, caller, 6, 7_00), int64(100_00), "seed %d", seed)
	}
}

func TestALeaseThatWasNotSpentStaysWithItsOwner(t *testing.T) {
	_, caller := openLimited(t, 100)
	allow := func(owner string, fen int64) access.Lease {
		leased, err := caller.Allow(t.Context(), owner, access.Lease{Day: today, Fen: fen}, false)
		require.NoError(t, err)
		return leased
	}

	require.Equal(t, access.Lease{Day: today, Fen: 60}, allow("2", 60))
	require.Equal(t, access.Lease{Day: today, Fen: 60}, allow("2", 40), "it has it already")
	require.Equal(t, access.Lease{Day: today, Fen: 40}, allow("3", 41), "and others have the rest")
	require.Equal(t, access.Lease{Day: today, Fen: 40}, allow("3", 40))
	require.Equal(t, access.Lease{Day: today, Fen: 0}, allow("4", 1))
}

func TestADryRunLeasesNothing(t *testing.T) {
	_, caller := openLimited(t, 100)
	for range 2 {
		leased, err := caller.Allow(t.Context(), "2", access.Lease{Day: today, Fen: 80}, true)
		require.NoError(t, err)
		require.Equal(t, access.Lease{Day: today, Fen: 80}, leased)
	}
	leased, err := caller.Allow(t.Context(), "3", access.Lease{Day: today, Fen: 100}, false)
	require.NoError(t, err)
	require.EqualValues(t, 100, leased.Fen)
}

func TestOneDaysCeilingIsNotLeasedTwiceAroundMidnight(t *testing.T) {
	_, caller := openLimited(t, 100)
	allow := func(day int64) access.Lease {
		leased, err := caller.Allow(t.Context(), "2", access.Lease{Day: day, Fen: 70}, false)
		require.NoError(t, err)
		return leased
	}

	require.Equal(t, access.Lease{Day: today, Fen: 70}, allow(today))
	require.Equal(t, access.Lease{Day: tomorrow, Fen: 70}, allow(tomorrow), "a new day")
	require.Equal(t, tomorrow, int(allow(today).Day), "a clock that is behind counts on it too")

	other, err := caller.Allow(t.Context(), "3", access.Lease{Day: today, Fen: 70}, false)
	require.NoError(t, err)
	require.Equal(t, access.Lease{Day: tomorrow}, other)
}

func TestABusyKeysPurchasesWaitForOneAnother(t *testing.T) {
	_, caller := openLimited(t, 1_000_00)
	failed := make([]error, 64)
	var all sync.WaitGroup
	for n := range failed {
		all.Go(func() {
			_, failed[n] = caller.Allow(t.Context(), fmt.Sprint(n), access.Lease{Day: today, Fen: 7_00}, false)
		})
	}
	all.Wait()
	for _, err := range failed {
		require.NoError(t, err)
	}
}
