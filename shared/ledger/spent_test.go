package ledger_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

// spender is a ledger whose account has an instance that costs 10.00 CNY a month, paid
// for without a ceiling.
type spender struct {
	*ledger.Ledger
	now      time.Time
	instance string
}

func newSpender(t *testing.T) *spender {
	t.Helper()
	gate, _ := storetest.Start(t, tokenrow.Sales())
	s := &spender{now: time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)}
	var err error
	s.Ledger, err = ledger.New(ledger.Config{Store: gate, Clock: func() time.Time { return s.now }, Tries: 50})
	require.NoError(t, err)
	_, err = s.OpenAccount(t.Context(), sale.Account{Owner: owner, Verified: true, Machines: 1, Balance: 1_000_000})
	require.NoError(t, err)
	create := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 1}
	receipt, err := s.Sell(t.Context(), sale.Purchase{Owner: owner, Token: "create", Command: create}, nil)
	require.NoError(t, err)
	s.instance = receipt.InstanceID
	return s
}

// renew buys another month for 10.00 CNY with a key that may spend 30.00 CNY a day.
func (s *spender) renew(key, token string) (sale.Receipt, error) {
	return s.renewWithin(key, token, sale.DailyCeiling(3000))
}

func (s *spender) renewWithin(key, token string, budget sale.Budget) (sale.Receipt, error) {
	command := sale.Renew{InstanceID: s.instance, Term: sale.Term{Duration: 1, Cycle: sale.Month}, VmNumber: 1}
	return s.Sell(context.Background(), sale.Purchase{Owner: owner, Token: token, Caller: key, Command: command, Budget: budget}, nil)
}

func TestAKeyNeverSpendsMoreThanItsCeiling(t *testing.T) {
	s := newSpender(t)
	var sold atomic.Int64
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			_, err := s.renew("k=1", fmt.Sprint("t", n))
			if err == nil {
				sold.Add(1)
				return
			}
			refusal := &sale.Refusal{}
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, sale.CeilingExceeded, refusal.Code)
		})
	}
	all.Wait()
	require.EqualValues(t, 3, sold.Load(), "and not less")
	account, err := s.Account(t.Context(), owner)
	require.NoError(t, err)
	require.Equal(t, sale.Spent{Day: 20260510, By: map[string]sale.Fen{"k=1": 3000}}, account.Spent)

	t.Run("while other keys spend theirs", func(t *testing.T) {
		_, err := s.renew("k2", "other")
		require.NoError(t, err)
	})
	t.Run("and a token that was sold answers its order", func(t *testing.T) {
		sold, err := s.renew("k2", "other")
		require.NoError(t, err)
		require.True(t, sold.Replayed)
	})
	t.Run("and the day ends at midnight in Shanghai", func(t *testing.T) {
		s.now = time.Date(2026, 5, 10, 15, 59, 59, 0, time.UTC)
		_, err := s.renew("k=1", "late")
		requireRefused(t, err, sale.CeilingExceeded)
		s.now = s.now.Add(time.Second)
		_, err = s.renew("k=1", "late")
		require.NoError(t, err, "the token that was refused is sold the next day")
	})
}

func TestTwoClocksThatDisagreeAboutTheDaySpendOneCeiling(t *testing.T) {
	s := newSpender(t)
	ceiling := sale.DailyCeiling(1000)
	midnight := time.Date(2026, 5, 10, 16, 0, 0, 0, time.UTC)
	renewAt := func(offset time.Duration, token string) error {
		s.now = midnight.Add(offset)
		_, err := s.renewWithin("k", token, ceiling)
		return err
	}

	require.NoError(t, renewAt(-20*time.Millisecond, "1"))
	require.NoError(t, renewAt(20*time.Millisecond, "2"), "a new day")
	requireRefused(t, renewAt(-20*time.Millisecond, "3"), sale.CeilingExceeded)
	requireRefused(t, renewAt(20*time.Millisecond, "4"), sale.CeilingExceeded)
}
