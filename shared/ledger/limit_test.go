package ledger_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// sellWithin sells with limits.
func (s *shop) sellWithin(token string, c sale.Command, l sale.Limits) (sale.Receipt, error) {
	return s.Sell(context.Background(), sale.Purchase{Owner: owner, Token: token, Caller: "key", Command: c, Limits: l}, nil)
}

func atMost(fen sale.Fen) sale.Limits { return sale.Limits{MaxAmount: &fen} }

func TestAPriceAboveMaxAmountIsRefusedAndMakesNoOrder(t *testing.T) {
	s := open(t)
	_, err := s.sellWithin("t1", create(), atMost(4_999))
	requireRefused(t, err, sale.AmountExceeded)
	require.ErrorContains(t, err, "It costs 50.00 CNY and MaxAmount is 49.99 CNY.")
	s.requireBooks(t, 0)

	receipt, err := s.sellWithin("t1", create(), atMost(5_000))
	require.NoError(t, err, "the same token succeeds once it may cost that much")
	require.False(t, receipt.Replayed)
	s.requireBooks(t, 1)
}

func TestAReplayIgnoresItsLimits(t *testing.T) {
	s := open(t)
	first, err := s.sell("t1", create())
	require.NoError(t, err)
	for name, limits := range map[string]sale.Limits{"a lower MaxAmount": atMost(1), "DryRun": {DryRun: true}} {
		t.Run(name, func(t *testing.T) {
			again, err := s.sellWithin("t1", create(), limits)
			require.NoError(t, err)
			require.Equal(t, first.OrderID, again.OrderID)
		})
	}
	s.requireBooks(t, 1)
}

// The first call's write is on its way and unanswered. The retry allows less: once it is
// told so, the write must not be applied any more.
func TestAWriteThatMayStillLandCannotOnceItsTokenExceedsMaxAmount(t *testing.T) {
	s := open(t)
	var late []store.Change
	ctx, cancel := context.WithCancel(context.Background())
	s.gate.BeforeCommit = func(n int, changes []store.Change) error {
		late = changes
		cancel()
		return lost(n, nil)
	}
	_, err := s.Sell(ctx, sale.Purchase{Owner: owner, Token: "t1", Command: create()}, nil)
	require.ErrorIs(t, err, sale.ErrUnavailable)

	s.gate.BeforeCommit = nil
	_, err = s.sellWithin("t1", create(), atMost(1))
	requireRefused(t, err, sale.AmountExceeded)
	require.ErrorIs(t, s.gate.Client.Commit(context.Background(), late...), store.ErrCondition, "it lands after the refusal")
	s.requireBooks(t, 0)
}

func TestADryRunChecksEverythingAndWritesNothing(t *testing.T) {
	s := open(t)
	dry := sale.Limits{DryRun: true}
	_, err := s.sellWithin("t1", create(), dry)
	requireRefused(t, err, sale.DryRunPassed)
	_, commits := s.gate.Counts()
	require.Zero(t, commits)

	_, err = s.sellWithin("t1", create(), sale.Limits{DryRun: true, MaxAmount: atMost(1).MaxAmount})
	requireRefused(t, err, sale.AmountExceeded)
	s.pay(t, 10)
	_, err = s.sellWithin("t2", create(), dry)
	requireRefused(t, err, sale.NotEnoughBalance)
	s.requireBooks(t, 0)

	s.pay(t, 5_000)
	_, err = s.sellWithin("t2", create(), dry)
	requireRefused(t, err, sale.DryRunPassed)
	_, err = s.sell("t2", create())
	require.NoError(t, err, "a dry run leaves its token free")
	s.requireBooks(t, 1)
}
