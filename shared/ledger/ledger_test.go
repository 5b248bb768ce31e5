package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/local/tablestore/tablestoretest"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

const owner = "1000000000000001"

// shop is a ledger on a real store, with an account to buy from.
type shop struct {
	*ledger.Ledger
	gate   *storetest.Faulty
	server *tablestoretest.Store
}

func open(t testing.TB) *shop {
	t.Helper()
	s, server := storetest.Start(t, tokenrow.Sales())
	gate := &storetest.Faulty{Client: s}
	l, err := ledger.New(ledger.Config{Store: gate, Clock: func() time.Time { return time.Date(2026, 5, 10, 4, 0, 0, 123456789, time.UTC) }})
	require.NoError(t, err)
	sh := &shop{l, gate, server}
	sh.pay(t, 1_000_000)
	return sh
}

// pay sets the balance through a ledger of its own, so that hooks and counts see
// the test's calls only.
func (s *shop) pay(t testing.TB, fen sale.Fen) {
	t.Helper()
	direct, err := ledger.New(ledger.Config{Store: s.gate.Client})
	require.NoError(t, err)
	ledgertest.SetBalance(t, direct, owner, fen)
}

func create() sale.Create {
	return sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}
}

func renew(instance string) sale.Renew {
	return sale.Renew{InstanceID: instance, Term: sale.Term{Duration: 1, Cycle: sale.Month}, VmNumber: 5}
}

func (s *shop) sell(token string, c sale.Command) (sale.Receipt, error) {
	return s.Sell(context.Background(), sale.Purchase{Owner: owner, Token: token, Caller: "key", Command: c}, nil)
}

// requireBooks checks that the money adds up and that there are so many orders.
func (s *shop) requireBooks(t testing.TB, orders int) []ledger.Order {
	t.Helper()
	direct, err := ledger.New(ledger.Config{Store: s.gate.Client})
	require.NoError(t, err)
	account, err := direct.Account(context.Background(), owner)
	require.NoError(t, err)
	list := ledgertest.Sales(t, direct, owner)
	require.Len(t, list, orders)
	sum, tokens := sale.Fen(0), map[string]bool{}
	for _, o := range list {
		require.False(t, tokens[o.Token], "two orders of token %s", o.Token)
		sum, tokens[o.Token] = sum+o.Amount, true
	}
	require.Equal(t, account.Deposited-account.Balance, sum)
	return list
}

func TestASaleIsCommittedWhole(t *testing.T) {
	s := open(t)
	receipt, err := s.sell("t1", create())
	require.NoError(t, err)
	require.False(t, receipt.Replayed)

	account, err := s.Account(context.Background(), owner)
	require.NoError(t, err)
	require.EqualValues(t, 995_000, account.Balance)
	require.Equal(t, receipt.InstanceID, account.Instance.ID)
	require.Equal(t, time.Date(2026, 5, 10, 4, 0, 0, 123_000_000, time.UTC), account.Instance.Period.Anchor.UTC())
	order := s.requireBooks(t, 1)[0]
	require.Equal(t, receipt.OrderID, order.ID)
	require.Equal(t, "t1", order.Token)
	require.Equal(t, "key", order.Caller)
	require.Equal(t, account.Instance.Period.End().UnixMilli(), order.Expires.UnixMilli())
}

func TestTheSameCallAnswersTheSameOrder(t *testing.T) {
	s := open(t)
	first, err := s.sell("t1", create())
	require.NoError(t, err)
	again, err := s.sell("t1", create())
	require.NoError(t, err)
	require.True(t, again.Replayed)
	require.Positive(t, first.Charged)
	require.Zero(t, again.Charged, "only the call that made the order charged")
	again.Replayed, again.Charged = false, first.Charged
	require.Equal(t, first, again)
	s.requireBooks(t, 1)
}

func TestAUsedTokenRefusesAnotherPurchaseByTheNamesOfWhatDiffers(t *testing.T) {
	s := open(t)
	first, err := s.sell("t1", create())
	require.NoError(t, err)
	other := create()
	other.VmNumber, other.AutoRenew, other.AutoRenewMonths = 4, true, 3
	for _, c := range []struct {
		command sale.Command
		differ  []string
	}{
		{other, []string{"AutoRenewDuration", "IsAutoRenew", "VmNumber"}},
		{renew(first.InstanceID), []string{"Action"}},
	} {
		_, err = s.sell("t1", c.command)
		var mismatch *sale.Mismatch
		require.ErrorAs(t, err, &mismatch)
		require.Equal(t, c.differ, mismatch.Parameters)
	}
	s.requireBooks(t, 1)
}

func TestARefusalLeavesNoTraceOnItsToken(t *testing.T) {
	s := open(t)
	s.pay(t, 4_999)
	_, err := s.sell("t1", create())
	requireRefused(t, err, sale.NotEnoughBalance)
	s.pay(t, 5_000)
	_, err = s.sell("t1", create())
	require.NoError(t, err)
	s.requireBooks(t, 1)
}

func requireRefused(t testing.TB, err error, code sale.Code) {
	t.Helper()
	var refusal *sale.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.Code)
	require.NotErrorIs(t, err, sale.ErrUnavailable)
}

func TestAnOwnerWithoutAnAccountBuysNothing(t *testing.T) {
	s := open(t)
	_, err := s.Sell(context.Background(), sale.Purchase{Owner: "9", Token: "t", Command: create()}, nil)
	require.ErrorIs(t, err, sale.ErrNoAccount)
	_, err = s.Summary(context.Background(), "9", nil)
	require.ErrorIs(t, err, sale.ErrNoAccount)
}

func TestRoundTrips(t *testing.T) {
	s := open(t)
	receipt, err := s.sell("t1", create())
	require.NoError(t, err)
	for _, c := range []struct {
		name          string
		call          func() error
		reads, writes int
	}{
		{"a new order takes a read and a write", func() error { _, err := s.sell("t2", renew(receipt.InstanceID)); return err }, 1, 1},
		{"a replay takes a read", func() error { _, err := s.sell("t1", create()); return err }, 1, 0},
		{"a summary takes a read", func() error { _, err := s.Summary(context.Background(), owner, nil); return err }, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.server.ResetRequests()
			require.NoError(t, c.call())
			require.Equal(t, c.reads, s.server.Requests("BatchGetRow"))
			require.Equal(t, c.writes, s.server.Requests("BatchWriteRow"))
			require.Equal(t, c.reads+c.writes, s.server.TotalRequests())
		})
	}
}

func TestParallelDuplicatesMakeOneOrder(t *testing.T) {
	s := open(t)
	receipts, errs := together(16, func(int) (sale.Receipt, error) { return s.sell("t1", create()) })
	for i, err := range errs {
		require.NoError(t, err)
		require.Equal(t, receipts[0].OrderID, receipts[i].OrderID)
	}
	s.requireBooks(t, 1)
}

func TestParallelRenewalsWithDifferentTokensEachStartAtTheOthersEnd(t *testing.T) {
	s := open(t)
	first, err := s.sell("create", create())
	require.NoError(t, err)
	const callers = 6
	_, errs := together(callers, func(i int) (sale.Receipt, error) {
		for { // a conflict is a definite answer, and asks to try again
			r, err := s.sell(string(rune('a'+i)), renew(first.InstanceID))
			if !errors.Is(err, sale.ErrConflict) {
				return r, err
			}
		}
	})
	for _, err := range errs {
		require.NoError(t, err)
	}
	ends := map[int64]bool{}
	for _, o := range s.requireBooks(t, callers+1) {
		require.False(t, ends[o.Expires.UnixMilli()], "two renewals start at one expiry")
		ends[o.Expires.UnixMilli()] = true
	}
}

func together(n int, call func(i int) (sale.Receipt, error)) ([]sale.Receipt, []error) {
	receipts, errs := make([]sale.Receipt, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { receipts[i], errs[i] = call(i) })
	}
	all.Wait()
	return receipts, errs
}

func TestOrdersAreListedNewestFirstInPages(t *testing.T) {
	s := open(t)
	now := time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC)
	l, err := ledger.New(ledger.Config{Store: s.gate.Client, Clock: func() time.Time { now = now.Add(time.Second); return now }})
	require.NoError(t, err)
	s.Ledger = l
	first, err := s.sell("t0", create())
	require.NoError(t, err)
	for _, token := range []string{"t1", "t2", "t3"} {
		_, err := s.sell(token, renew(first.InstanceID))
		require.NoError(t, err)
	}
	var tokens []string
	for start, page := "", 0; page == 0 || start != ""; page++ {
		orders, next, err := s.Orders(context.Background(), owner, start, 3)
		require.NoError(t, err)
		for _, o := range orders {
			tokens = append(tokens, o.Token)
		}
		start = next
	}
	require.Equal(t, []string{"t3", "t2", "t1", "t0", ""}, tokens)
}

func TestATopUpIsBookedAsPaidIn(t *testing.T) {
	s := open(t)
	_, err := s.sell("t1", create())
	require.NoError(t, err)
	s.pay(t, 2_000_000)
	account, err := s.Account(context.Background(), owner)
	require.NoError(t, err)
	require.EqualValues(t, 2_005_000, account.Deposited)
	require.NotNil(t, account.Instance)
	s.requireBooks(t, 1)
}

func TestTheAdmission(t *testing.T) {
	refused := errors.New("refused")
	refuse := &storetest.Precheck{OnRecord: func(context.Context) error { return refused }}
	s := open(t)
	t.Run("that refuses lets nothing be sold", func(t *testing.T) {
		_, err := s.Sell(context.Background(), sale.Purchase{Owner: owner, Token: "t1", Command: create()}, refuse)
		require.ErrorIs(t, err, refused)
		s.requireBooks(t, 0)
	})
	t.Run("that refuses lets nothing be replayed or told", func(t *testing.T) {
		_, err := s.sell("t1", create())
		require.NoError(t, err)
		_, err = s.Sell(context.Background(), sale.Purchase{Owner: owner, Token: "t1", Command: create()}, refuse)
		require.ErrorIs(t, err, refused)
		_, err = s.Summary(context.Background(), owner, refuse)
		require.ErrorIs(t, err, refused)
	})
	t.Run("runs beside the read", func(t *testing.T) {
		reading := make(chan struct{})
		s.gate.BeforeRead = func(int, []store.Key) error { close(reading); return nil }
		defer func() { s.gate.BeforeRead = nil }()
		_, err := s.Sell(context.Background(), sale.Purchase{Owner: owner, Token: "t1", Command: create()}, &storetest.Precheck{OnRecord: func(context.Context) error {
			<-reading // would wait for ever if it came first
			return nil
		}})
		require.NoError(t, err)
	})
	t.Run("that checks rows reads them in the same request", func(t *testing.T) {
		key, _ := s.accountRow(t)
		reads, _ := s.gate.Counts()
		_, err := s.Sell(context.Background(), sale.Purchase{Owner: owner, Token: "t1", Command: create()}, &storetest.Precheck{
			Rows: []store.Key{key},
			OnCheck: func(rows []store.Row) error {
				require.Len(t, rows, 1)
				require.True(t, rows[0].Exists())
				return refused
			},
		})
		require.ErrorIs(t, err, refused)
		after, _ := s.gate.Counts()
		require.Equal(t, 1, after-reads)
	})
	t.Run("that panics leaves the outcome open and the process alive", func(t *testing.T) {
		_, err := s.Sell(context.Background(), sale.Purchase{Owner: owner, Token: "t9", Command: create()}, &storetest.Precheck{
			OnRecord: func(context.Context) error { panic("defect") },
		})
		require.ErrorIs(t, err, sale.ErrUnavailable)
	})
}

func TestARowOfALaterReleaseIsNotGuessedAt(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	key, rev := s.accountRow(t)
	require.NoError(t, s.gate.Client.Commit(ctx, store.Update(key, store.Columns{store.Int("schema", 99)}, "rev", rev)))
	_, err := s.sell("t1", create())
	require.ErrorIs(t, err, sale.ErrUnavailable)
	_, err = s.Summary(ctx, owner, nil)
	require.ErrorIs(t, err, sale.ErrUnavailable)
}

// accountRow reads the key and the revision of the account.
func (s *shop) accountRow(t testing.TB) (store.Key, int64) {
	t.Helper()
	key := tokenrow.Key(owner, "x")
	key.Sort = "account"
	rows, err := s.gate.Client.Read(context.Background(), key)
	require.NoError(t, err)
	return key, rows[0].Int("rev")
}

func TestAnAccountOfAnEarlierReleaseGetsItsOpeningOrderWithTheNextCommit(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	old := tokenrow.Key("77", "x")
	old.Sort = "account"
	require.NoError(t, s.gate.Client.Commit(ctx, store.Insert(old, store.Columns{
		store.Int("rev", int64(4)), store.Bool("verified", true), store.Int("machines", 5), store.Int("deposited", 9000), store.Int("balance", 9000), store.String("released", ""),
	})))
	_, err := s.Sell(ctx, sale.Purchase{Owner: "77", Token: "t", Command: create()}, nil)
	require.NoError(t, err)
	orders, _, err := s.Orders(ctx, "77", "", 10)
	require.NoError(t, err)
	require.Len(t, orders, 2)
	require.Equal(t, sale.Fen(9000), orders[1].Credit)
	require.Equal(t, "opening balance", orders[1].Reason)
	migrated, err := s.Migrate(ctx, "77")
	require.NoError(t, err)
	require.False(t, migrated)
}

func TestARefusalIsDefiniteWhateverAnEarlierCallWithTheTokenAsked(t *testing.T) {
	s := open(t)
	s.pay(t, 5_000)
	var late []store.Change
	s.gate.BeforeCommit = func(n int, changes []store.Change) error {
		late = changes
		return lost(n, nil)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.gate.BeforeRead = func(n int, _ []store.Key) error {
		if n > 1 {
			cancel()
			return fmt.Errorf("down: %w", store.ErrNotApplied)
		}
		return nil
	}
	_, err := s.Sell(ctx, sale.Purchase{Owner: owner, Token: "t1", Command: create()}, nil)
	require.ErrorIs(t, err, sale.ErrUnavailable, "its write is in flight")

	s.gate.BeforeCommit, s.gate.BeforeRead = nil, nil
	more := create()
	more.VmNumber = 6 // costs more than there is
	for range 3 {
		_, err = s.sell("t1", more)
		requireRefused(t, err, sale.NotEnoughBalance)
	}
	require.ErrorIs(t, s.gate.Client.Commit(context.Background(), late...), store.ErrCondition, "it lands after the refusal")
	s.requireBooks(t, 0)
}

func TestARefusalCostsAReadAndAFenceAndOneReadWhenPolled(t *testing.T) {
	s := open(t)
	s.pay(t, 10)
	_, before := s.accountRow(t)
	depth := func() [2]int {
		reads, writes := s.gate.Counts()
		_, err := s.sell("t1", create())
		requireRefused(t, err, sale.NotEnoughBalance)
		reads2, writes2 := s.gate.Counts()
		return [2]int{reads2 - reads, writes2 - writes}
	}
	require.Equal(t, [2]int{1, 1}, depth(), "at first")
	for range 5 {
		require.Equal(t, [2]int{1, 0}, depth(), "polled")
	}
	_, after := s.accountRow(t)
	require.Equal(t, before+1, after)

	s.pay(t, 1_000_000)
	_, err := s.sell("t1", create())
	require.NoError(t, err, "after a top-up the same call succeeds")
	s.requireBooks(t, 1)
}

func TestPollersOfARefusalDoNotMakeOthersFail(t *testing.T) {
	s := open(t)
	bought, err := s.sell("buy", create())
	require.NoError(t, err)
	poll := func(poller int) {
		_, err := s.sell(fmt.Sprint("again-", poller), create())
		requireRefused(t, err, sale.InstanceAlreadyExists)
	}
	for poller := range 32 {
		poll(poller) // the first refusal of a token is fenced, which is a write
	}

	var all sync.WaitGroup
	for poller := range 32 {
		all.Go(func() {
			for range 20 {
				poll(poller)
			}
		})
	}
	failed := 0
	for n := range 20 {
		if _, err := s.sell(fmt.Sprint("renew-", n), renew(bought.InstanceID)); err != nil {
			failed++
		}
	}
	all.Wait()
	require.Zero(t, failed, "of 20 renewals")
}

func TestTheListOfRefusedTokensIsBounded(t *testing.T) {
	s := open(t)
	s.pay(t, 10)
	for n := range 70 {
		_, err := s.sell(fmt.Sprint("t", n), create())
		requireRefused(t, err, sale.NotEnoughBalance)
	}
	key, _ := s.accountRow(t)
	rows, err := s.gate.Client.Read(context.Background(), key)
	require.NoError(t, err)
	require.Len(t, strings.Split(rows[0].String("refused"), "\n"), 64)
	s.pay(t, 1_000_000)
	_, err = s.sell("t0", create())
	require.NoError(t, err, "a refusal that gave way can be sold as well")
}

// A sale may make an earlier order under a token of its own, such as the release of a
// trial. That token may have been refused before: it must not stay on the list, or a
// call of it could be refused although it is sold (seed 615023 of the simulation).
func TestATokenThatIsSoldWithAnotherOrderLeavesTheListOfRefusals(t *testing.T) {
	s := open(t)
	month := sale.Term{Duration: 1, Cycle: sale.Month}
	_, err := s.sell("trial", sale.MarketCreate{InstanceID: "biz-0", VersionCode: 1, VmNumber: 5, Term: month, Trial: true})
	require.NoError(t, err)
	_, err = s.sell(sale.ReleaseToken("biz-0"), sale.Release{InstanceID: "biz-0", Channel: sale.Market})
	requireRefused(t, err, sale.InstanceNotExpired)

	_, err = s.sell("paid", sale.MarketCreate{InstanceID: "biz-1", VersionCode: 1, VmNumber: 5, Term: month})
	require.NoError(t, err)
	key, _ := s.accountRow(t)
	rows, err := s.gate.Client.Read(context.Background(), key)
	require.NoError(t, err)
	require.Empty(t, rows[0].String("refused"))
	again, err := s.sell(sale.ReleaseToken("biz-0"), sale.Release{InstanceID: "biz-0", Channel: sale.Market})
	require.NoError(t, err)
	require.True(t, again.Replayed)
}
