package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
)

func lost(int, []store.Change) error { return fmt.Errorf("the answer was lost: %w", store.ErrUnknown) }

func TestALostAnswerIsFoundOutByReading(t *testing.T) {
	s := open(t)
	s.gate.AfterCommit = lost
	receipt, err := s.sell("t1", create())
	require.NoError(t, err)
	require.True(t, receipt.Replayed)
	require.Equal(t, receipt.OrderID, s.requireBooks(t, 1)[0].ID)
	_, commits := s.gate.Counts()
	require.Equal(t, 1, commits)
}

func TestAWriteThatDidNotArriveIsMadeAgain(t *testing.T) {
	s := open(t)
	s.gate.BeforeCommit = func(n int, _ []store.Change) error {
		if n <= 3 {
			return fmt.Errorf("busy: %w", store.ErrUnknown)
		}
		return nil
	}
	_, err := s.sell("t1", create())
	require.NoError(t, err)
	s.requireBooks(t, 1)
}

func TestAWriteThatLandsLateLosesToTheOneMadeAfterIt(t *testing.T) {
	s := open(t)
	var late []store.Change
	s.gate.BeforeCommit = func(n int, changes []store.Change) error {
		if n == 1 {
			late = changes
			return lost(n, nil)
		}
		return nil
	}
	_, err := s.sell("t1", create())
	require.NoError(t, err)
	require.ErrorIs(t, s.gate.Client.Commit(context.Background(), late...), store.ErrCondition)
	s.requireBooks(t, 1)
}

// expiring has an instance, whose year is over after the next commit, which does
// not arrive, and an upgrade of it that was to be committed by that.
func expiring(t *testing.T) (s *shop, upgrade sale.Upgrade, late func() error) {
	s = open(t)
	now := time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)
	l, err := ledger.New(ledger.Config{Store: s.gate, Clock: func() time.Time { return now }})
	require.NoError(t, err)
	s.Ledger = l
	first, err := s.sell("create", create())
	require.NoError(t, err)

	var delayed []store.Change
	s.gate.BeforeCommit = func(n int, changes []store.Change) error {
		if delayed != nil {
			return nil
		}
		delayed, now = changes, now.AddDate(1, 0, 0)
		return lost(n, nil)
	}
	return s, sale.Upgrade{InstanceID: first.InstanceID, VersionCode: 2, VmNumber: 5}, func() error {
		return s.gate.Client.Commit(context.Background(), delayed...)
	}
}

// To refuse and have the write land afterwards would charge a refused call.
func TestAWriteThatMayStillLandCannotOnceItsCallIsRefused(t *testing.T) {
	s, upgrade, late := expiring(t)
	_, err := s.sell("upgrade", upgrade) // decides again after the instance has expired
	requireRefused(t, err, sale.InstanceExpired)
	require.ErrorIs(t, late(), store.ErrCondition)
	s.requireBooks(t, 1)
}

func TestAWriteOfACallThatGaveUpCannotLandOnceItsRetryIsRefused(t *testing.T) {
	s, upgrade, late := expiring(t)
	ctx, cancel := context.WithCancel(context.Background())
	s.gate.BeforeRead = func(n int, _ []store.Key) error {
		if n > 2 { // that of create and the first of this call
			cancel()
			return fmt.Errorf("down: %w", store.ErrNotApplied)
		}
		return nil
	}
	_, err := s.Sell(ctx, sale.Purchase{Owner: owner, Token: "upgrade", Command: upgrade}, nil)
	require.ErrorIs(t, err, sale.ErrUnavailable)

	s.gate.BeforeRead = nil
	_, err = s.sell("upgrade", upgrade)
	requireRefused(t, err, sale.InstanceExpired)
	require.ErrorIs(t, late(), store.ErrCondition)
	s.requireBooks(t, 1)
}

func TestARefusalWhoseFenceIsInDoubtIsNotTold(t *testing.T) {
	s, upgrade, late := expiring(t)
	before := s.gate.BeforeCommit
	s.gate.BeforeCommit = func(n int, changes []store.Change) error {
		if err := before(n, changes); err != nil {
			return err
		}
		return lost(n, nil)
	}
	_, err := s.sell("upgrade", upgrade)
	require.ErrorIs(t, err, sale.ErrUnavailable)
	require.NoError(t, late(), "nothing has kept it from landing")
	s.gate.BeforeCommit = nil
	again, err := s.sell("upgrade", upgrade)
	require.NoError(t, err)
	require.True(t, again.Replayed)
	s.requireBooks(t, 2)
}

func TestARefusalIsDefiniteOnceTheAccountHasMovedOn(t *testing.T) {
	s := open(t)
	var late []store.Change
	s.gate.BeforeCommit = func(n int, changes []store.Change) error {
		if n > 1 {
			return nil
		}
		late = changes
		s.pay(t, 10) // moves the account
		return lost(n, nil)
	}
	_, err := s.sell("t1", create())
	requireRefused(t, err, sale.NotEnoughBalance)
	require.ErrorIs(t, s.gate.Client.Commit(context.Background(), late...), store.ErrCondition, "it can no longer land")
	s.requireBooks(t, 0)
}

// The twin commits after our read of the token and before our read of the
// account: we see its instance and not its token.
func TestATwinThatCommitsBetweenTheTwoReadsIsReplayedNotRefused(t *testing.T) {
	s := open(t)
	var twin sale.Receipt
	s.gate.AfterRead = func(n int, rows []store.Row) error {
		if n != 1 {
			return nil
		}
		var err error
		twin, err = s.sell("t1", create())
		require.NoError(t, err)
		fresh, err := s.gate.Client.Read(context.Background(), rows[1].Key)
		require.NoError(t, err)
		rows[1] = fresh[0]
		return nil
	}
	receipt, err := s.sell("t1", create())
	require.NoError(t, err)
	require.Equal(t, twin.OrderID, receipt.OrderID)
	s.requireBooks(t, 1)
}

func TestACallThatIsAlwaysOvertakenConflicts(t *testing.T) {
	s := open(t)
	balance := sale.Fen(1_000_000)
	s.gate.BeforeCommit = func(int, []store.Change) error {
		balance++
		s.pay(t, balance)
		return nil
	}
	_, err := s.sell("t1", create())
	require.ErrorIs(t, err, sale.ErrConflict)
	_, commits := s.gate.Counts()
	require.Equal(t, 8, commits, "the tries are bounded")
	s.requireBooks(t, 0)
}

func TestAnOutcomeThatCannotBeFoundOutIsUnavailable(t *testing.T) {
	down := func(n int, _ []store.Key) error {
		if n > 1 {
			return fmt.Errorf("down: %w", store.ErrNotApplied)
		}
		return nil
	}
	s := open(t)
	s.gate.BeforeRead, s.gate.AfterCommit = down, lost
	_, err := s.sell("t1", create())
	require.ErrorIs(t, err, sale.ErrUnavailable)

	s.gate.BeforeRead, s.gate.AfterCommit = nil, nil
	receipt, err := s.sell("t1", create())
	require.NoError(t, err)
	require.True(t, receipt.Replayed, "the retry finds it out")
	s.requireBooks(t, 1)
}

func TestACallEndsWithItsContext(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	s.gate.BeforeCommit = func(n int, _ []store.Change) error {
		cancel()
		return lost(n, nil)
	}
	_, err := s.Sell(ctx, sale.Purchase{Owner: owner, Token: "t1", Command: create()}, nil)
	require.ErrorIs(t, err, sale.ErrUnavailable)
}

func TestADefectOfTheSetUpIsToldAtOnce(t *testing.T) {
	s := open(t)
	defect := fmt.Errorf("no such table")
	s.gate.BeforeCommit = func(int, []store.Change) error { return defect }
	_, err := s.sell("t1", create())
	require.ErrorIs(t, err, defect)
	require.NotErrorIs(t, err, sale.ErrUnavailable)
	_, commits := s.gate.Counts()
	require.Equal(t, 1, commits)
}

func TestACallOneOfWhoseWritesIsUnknownNeverClaimsAConflict(t *testing.T) {
	s := open(t)
	balance := sale.Fen(1_000_000)
	s.gate.BeforeCommit = func(n int, _ []store.Change) error {
		if n == 1 {
			return lost(n, nil)
		}
		balance++
		s.pay(t, balance)
		return nil
	}
	_, err := s.sell("t1", create())
	require.ErrorIs(t, err, sale.ErrUnavailable)
	require.NotErrorIs(t, err, sale.ErrConflict)
}

func TestACallWhoseEveryWriteIsUnknownNeverClaimsAConflict(t *testing.T) {
	s := open(t)
	s.gate.BeforeCommit = func(n int, _ []store.Change) error { return lost(n, nil) }
	_, err := s.sell("t1", create())
	require.ErrorIs(t, err, sale.ErrUnavailable)
	require.NotErrorIs(t, err, sale.ErrConflict)
}

// A call that would now be accepted takes its token off the list of refusals first:
// else its write could be on its way while another call is refused by that list.
func TestAWriteOfATokenThatWasRefusedBeforeCannotLandAfterItsNextRefusal(t *testing.T) {
	s := open(t)
	s.pay(t, 10)
	_, err := s.sell("t1", create())
	requireRefused(t, err, sale.NotEnoughBalance)
	s.pay(t, 5_000)

	var late []store.Change
	ctx, cancel := context.WithCancel(context.Background())
	s.gate.BeforeCommit = func(n int, changes []store.Change) error {
		if len(changes) < 3 {
			return nil
		}
		late = changes
		cancel()
		return lost(n, nil)
	}
	_, err = s.Sell(ctx, sale.Purchase{Owner: owner, Token: "t1", Command: create()}, nil)
	require.ErrorIs(t, err, sale.ErrUnavailable)
	require.NotNil(t, late)

	s.gate.BeforeCommit = nil
	more := create()
	more.VmNumber = 6
	_, err = s.sell("t1", more)
	requireRefused(t, err, sale.NotEnoughBalance)
	require.ErrorIs(t, s.gate.Client.Commit(context.Background(), late...), store.ErrCondition)
	s.requireBooks(t, 0)
}
