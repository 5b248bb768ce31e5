package upstream_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

// endpoint is a Remote that does as the test says.
type endpoint struct {
	forwards int
	tokens   []string       // that were forwarded
	commands []sale.Command // that were forwarded
	sell     func(ctx context.Context) (sale.Receipt, error)
	prepared func() // runs when a forward has been signed; nil: nothing happens then
}

func (e *endpoint) Prepare(_ context.Context, _, token string, c sale.Command) upstream.Forward {
	if e.prepared != nil {
		e.prepared()
	}
	return func(ctx context.Context) (sale.Receipt, error) {
		e.forwards++
		e.tokens, e.commands = append(e.tokens, token), append(e.commands, c)
		return e.sell(ctx)
	}
}

func (e *endpoint) Summary(context.Context, string) (sale.Summary, error) { return sale.Summary{}, nil }

// reseller is a backend on a real store, with a clock to turn.
type reseller struct {
	*upstream.Backend
	gate   *storetest.Faulty
	remote *endpoint
	now    time.Time
}

func open(t testing.TB) *reseller {
	t.Helper()
	s, _ := storetest.Start(t, tokenrow.Sales())
	r := &reseller{gate: &storetest.Faulty{Client: s}, remote: &endpoint{sell: sold("o1")}, now: time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)}
	var err error
	r.Backend, err = upstream.New(upstream.Config{Store: r.gate, Remote: r.remote, Clock: func() time.Time { return r.now }})
	require.NoError(t, err)
	return r
}

func sold(order string) func(context.Context) (sale.Receipt, error) {
	return func(context.Context) (sale.Receipt, error) {
		return sale.Receipt{OrderID: order, InstanceID: "i1"}, nil
	}
}

func lost(context.Context) (sale.Receipt, error) {
	return sale.Receipt{}, errors.New("the connection broke")
}

func refused(context.Context) (sale.Receipt, error) {
	return sale.Receipt{}, &upstream.Refused{Answer: pop.NotEnoughBalance(), Cause: errors.New("403")}
}

func throttled(context.Context) (sale.Receipt, error) {
	return sale.Receipt{}, &upstream.Refused{Answer: pop.Throttling(time.Second), Cause: errors.New("400"), BeforeTokenCheck: true}
}

func malformed(context.Context) (sale.Receipt, error) {
	return sale.Receipt{}, &upstream.Refused{Answer: pop.MissingParameter("Duration"), Cause: errors.New("400"), BeforeTokenCheck: true, OfForm: true}
}

func soldOtherwise(context.Context) (sale.Receipt, error) {
	return sale.Receipt{}, upstream.ErrTokenSold
}

func create() sale.Create {
	return sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}
}

func (r *reseller) sell1() (sale.Receipt, error) { return r.sell(create()) }

func (r *reseller) sell(c sale.Command) (sale.Receipt, error) {
	return r.Sell(context.Background(), sale.Purchase{Owner: "1", Token: "t1", Command: c}, nil)
}

func requireRefused(t *testing.T, err error, code string) {
	t.Helper()
	require.NotErrorIs(t, err, sale.ErrUnavailable)
	var answer *pop.Error
	require.ErrorAs(t, err, &answer)
	require.Equal(t, code, answer.Code)
}

func TestAnOrderIsForwardedOnceAndReturnedByEveryRetry(t *testing.T) {
	r := open(t)
	first, err := r.sell1()
	require.NoError(t, err)
	require.Equal(t, sale.Receipt{OrderID: "o1", InstanceID: "i1"}, first)
	reads, writes := r.gate.Counts()
	require.Equal(t, []int{1, 2}, []int{reads, writes}, "reserve (a read and a write), forward, record")
	again, err := r.sell1()
	require.NoError(t, err)
	require.Equal(t, "o1", again.OrderID)
	require.True(t, again.Replayed)
	require.Equal(t, 1, r.remote.forwards)
}

func TestAUsedTokenRefusesAnotherPurchase(t *testing.T) {
	r := open(t)
	_, err := r.sell1()
	require.NoError(t, err)
	other := create()
	other.VmNumber = 6
	_, err = r.sell(other)
	var mismatch *sale.Mismatch
	require.ErrorAs(t, err, &mismatch)
	require.Equal(t, []string{"VmNumber"}, mismatch.Parameters)
}

func TestADuplicateOfARunningCallIsRefusedAsProcessing(t *testing.T) {
	r := open(t)
	r.remote.sell = func(ctx context.Context) (sale.Receipt, error) {
		require.Equal(t, 1, r.remote.forwards)
		_, err := r.sell1()
		var processing *upstream.Processing
		require.ErrorAs(t, err, &processing)
		require.Equal(t, 15*time.Second, processing.After)
		requireRefused(t, err, "IdempotentProcessing")
		return sold("o1")(ctx)
	}
	_, err := r.sell1()
	require.NoError(t, err)
	require.Equal(t, 1, r.remote.forwards)
}

func TestARefusalFreesTheToken(t *testing.T) {
	r := open(t)
	r.remote.sell = refused
	_, err := r.sell1()
	requireRefused(t, err, "InvalidAccountStatus.NotEnoughBalance")
	r.remote.sell = sold("o1")
	other := create()
	other.VmNumber = 6
	receipt, err := r.sell(other)
	require.NoError(t, err)
	require.Equal(t, "o1", receipt.OrderID)
}

func TestALostAnswerKeepsTheTokenAndARetryFindsOut(t *testing.T) {
	r := open(t)
	r.remote.sell = lost
	_, err := r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable)
	other := create()
	other.VmNumber = 6
	_, err = r.sell(other)
	var mismatch *sale.Mismatch
	require.ErrorAs(t, err, &mismatch, "it stands for the first purchase")
	r.remote.sell = sold("o1")
	receipt, err := r.sell1()
	require.NoError(t, err)
	require.Equal(t, "o1", receipt.OrderID)
}

func TestARefusalAfterALostForwardIsPassedOnOnlyWhenThatCannotArriveAnyMore(t *testing.T) {
	r := open(t)
	r.remote.sell = lost
	_, err := r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable)
	r.remote.sell = refused
	r.now = r.now.Add(15 * time.Minute)
	_, err = r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable)
	r.now = r.now.Add(17 * time.Minute)
	_, err = r.sell1()
	requireRefused(t, err, "InvalidAccountStatus.NotEnoughBalance")
}

func TestThrottlingAfterALostForwardProvesNothing(t *testing.T) {
	r := open(t)
	r.remote.sell = lost
	_, err := r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable)
	r.now = r.now.Add(24 * time.Hour)
	r.remote.sell = throttled
	_, err = r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable, "the lost one may have been sold")

	fresh := open(t)
	fresh.remote.sell = throttled
	_, err = fresh.sell1()
	requireRefused(t, err, "Throttling")
}

// crash makes a call die in its forward: it reserves and is never heard of again,
// until the function returned lets it go on.
func (r *reseller) crash(t *testing.T, end func(context.Context) (sale.Receipt, error)) (goOn func() error) {
	t.Helper()
	began, resume, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	r.remote.sell = func(ctx context.Context) (sale.Receipt, error) {
		close(began)
		<-resume
		return end(ctx)
	}
	go func() {
		_, err := r.sell1()
		done <- err
	}()
	<-began
	return func() error { close(resume); return <-done }
}

func TestACrashedCallersTokenIsTakenOverAfterTheLease(t *testing.T) {
	r := open(t)
	goOn := r.crash(t, sold("o1"))
	r.now = r.now.Add(15 * time.Second)
	r.remote.sell = sold("o1")
	receipt, err := r.sell1()
	require.NoError(t, err)
	require.Equal(t, "o1", receipt.OrderID)
	require.NoError(t, goOn(), "and the late one returns what was recorded")
	require.Equal(t, 2, r.remote.forwards)
}

func TestALateFirstCallerNeitherOverwritesNorFreesItsSuccessorsRecord(t *testing.T) {
	for name, end := range map[string]func(context.Context) (sale.Receipt, error){"sold": sold("other"), "refused": refused, "lost": lost} {
		t.Run("when it was "+name+" while the successor forwards", func(t *testing.T) {
			r := open(t)
			goOn := r.crash(t, end)
			r.now = r.now.Add(15 * time.Second)
			r.remote.sell = func(ctx context.Context) (sale.Receipt, error) {
				require.ErrorIs(t, goOn(), sale.ErrUnavailable)
				_, err := r.sell1()
				requireRefused(t, err, "IdempotentProcessing")
				return sold("o1")(ctx)
			}
			receipt, err := r.sell1()
			require.NoError(t, err)
			require.Equal(t, "o1", receipt.OrderID)
			again, err := r.sell1()
			require.NoError(t, err)
			require.Equal(t, "o1", again.OrderID)
		})
	}
}

func TestALostAnswerOfTheStore(t *testing.T) {
	unknown := func(at int) func(int, []store.Change) error {
		return func(n int, _ []store.Change) error {
			if n == at {
				return fmt.Errorf("lost: %w", store.ErrUnknown)
			}
			return nil
		}
	}
	for name, hook := range map[string]func(*storetest.Faulty){
		"to the reservation that was made": func(g *storetest.Faulty) { g.AfterCommit = unknown(1) },
		"to the reservation that was not":  func(g *storetest.Faulty) { g.BeforeCommit = unknown(1) },
		"to the record that was made":      func(g *storetest.Faulty) { g.AfterCommit = unknown(2) },
		"to the record that was not":       func(g *storetest.Faulty) { g.BeforeCommit = unknown(2) },
	} {
		t.Run(name+" costs another look and no other forward", func(t *testing.T) {
			r := open(t)
			hook(r.gate)
			receipt, err := r.sell1()
			require.NoError(t, err)
			require.Equal(t, "o1", receipt.OrderID)
			require.Equal(t, 1, r.remote.forwards)
		})
	}
}

func TestAForwardEndsWithItsLease(t *testing.T) {
	r := open(t)
	r.remote.sell = func(ctx context.Context) (sale.Receipt, error) {
		deadline, ok := ctx.Deadline()
		require.True(t, ok)
		require.LessOrEqual(t, time.Until(deadline), 15*time.Second)
		return sold("o1")(ctx)
	}
	_, err := r.sell1()
	require.NoError(t, err)
}

func TestNothingIsForwardedForACallerWhoIsNotAdmitted(t *testing.T) {
	r := open(t)
	no := errors.New("no")
	_, err := r.Sell(context.Background(), sale.Purchase{Owner: "1", Token: "t1", Command: create()}, &storetest.Precheck{OnRecord: func(context.Context) error { return no }})
	require.ErrorIs(t, err, no)
	_, err = r.Summary(context.Background(), "1", &storetest.Precheck{OnRecord: func(context.Context) error { return no }})
	require.ErrorIs(t, err, no)
	require.Zero(t, r.remote.forwards)
}
