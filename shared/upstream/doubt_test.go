package upstream_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

// untilDefinite calls again and again, with a pause, until the outcome is known, and
// returns how long that took.
func (r *reseller) untilDefinite(t *testing.T, pause time.Duration) (took time.Duration, err error) {
	t.Helper()
	began := r.now
	for r.now.Sub(began) < 24*time.Hour {
		r.now = r.now.Add(pause)
		_, err := r.sell1()
		if !errors.Is(err, sale.ErrUnavailable) {
			return r.now.Sub(began), err
		}
	}
	require.Fail(t, "the retry never ends")
	return 0, nil
}

func TestARetryAfterALostForwardEndsWhenTheDoubtDoes(t *testing.T) {
	for _, pause := range []time.Duration{time.Second, 30 * time.Second, 5 * time.Minute, 15*time.Minute + 59*time.Second} {
		t.Run("every "+pause.String(), func(t *testing.T) {
			r := open(t)
			r.remote.sell = lost
			_, err := r.sell1()
			require.ErrorIs(t, err, sale.ErrUnavailable)
			r.remote.sell = refused

			took, err := r.untilDefinite(t, pause)

			requireRefused(t, err, "InvalidAccountStatus.NotEnoughBalance")
			require.GreaterOrEqual(t, took, 16*time.Minute, "the lost forward could still arrive")
			require.Less(t, took, 16*time.Minute+pause)
		})
	}
}

func TestEveryForwardWithoutAnAnswerStartsTheDoubtAgain(t *testing.T) {
	r := open(t)
	r.remote.sell = lost
	_, err := r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable)
	r.now = r.now.Add(10 * time.Minute)
	_, err = r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable)
	r.remote.sell = refused

	took, _ := r.untilDefinite(t, time.Second)
	require.Equal(t, 16*time.Minute, took, "counted from the second")
}

func TestARefusalIsJudgedByWhenItsForwardWasSent(t *testing.T) {
	r := open(t)
	r.remote.sell = lost
	_, err := r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable)

	r.now = r.now.Add(16*time.Minute - time.Second)
	r.remote.sell = func(ctx context.Context) (sale.Receipt, error) {
		r.now = r.now.Add(5 * time.Second)
		return refused(ctx)
	}
	_, err = r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable, "the lost one may have arrived after the refusal and before its answer")
}

func TestACrashDuringARetryStartsTheDoubtAgain(t *testing.T) {
	r := open(t)
	goOn := r.crash(t, refused)
	r.now = r.now.Add(15 * time.Second)
	r.remote.sell = refused
	_, err := r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable, "the crashed caller may have forwarded")
	require.ErrorIs(t, goOn(), sale.ErrUnavailable)

	took, _ := r.untilDefinite(t, time.Second)
	require.Equal(t, 16*time.Minute, took, "counted from the end of its lease")
}

func TestARefusalOfTheFormEndsARetryAndLeavesTheToken(t *testing.T) {
	r := open(t)
	r.remote.sell = lost
	_, err := r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable)

	r.remote.sell = malformed
	took, err := r.untilDefinite(t, time.Second)
	requireRefused(t, err, "MissingParameter")
	require.Equal(t, 16*time.Minute, took)

	other := create()
	other.VmNumber = 6
	_, err = r.sell(other)
	var mismatch *sale.Mismatch
	require.ErrorAs(t, err, &mismatch, "the lost forward may have been sold")
	r.remote.sell = sold("o1")
	receipt, err := r.sell1()
	require.NoError(t, err)
	require.Equal(t, "o1", receipt.OrderID)
}

func TestATokenThatTheEndpointHasSoldGoesBackToWhatWasForwardedFirst(t *testing.T) {
	first, second, third := create(), create(), create()
	second.VmNumber, third.VmNumber = 6, 7
	for name, before := range map[string]struct {
		forwards func(*reseller, *testing.T)
		sold     int // VmNumber of what the endpoint has sold
	}{
		"after a refusal": {func(r *reseller, t *testing.T) {
			r.remote.sell = refused
			_, err := r.sell(first)
			requireRefused(t, err, "InvalidAccountStatus.NotEnoughBalance")
		}, 5},
		"after a forward without an answer": {func(r *reseller, t *testing.T) {
			r.remote.sell = refused
			_, err := r.sell(first)
			requireRefused(t, err, "InvalidAccountStatus.NotEnoughBalance")

			r.remote.sell = lost
			_, err = r.sell(second)
			require.ErrorIs(t, err, sale.ErrUnavailable)
			r.now = r.now.Add(17 * time.Minute)
			r.remote.sell = refused
			_, err = r.sell(second)
			requireRefused(t, err, "InvalidAccountStatus.NotEnoughBalance")
		}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			before.forwards(r, t)

			r.remote.sell = soldOtherwise
			_, err := r.sell(third)
			var mismatch *sale.Mismatch
			require.ErrorAs(t, err, &mismatch)
			require.Equal(t, []string{"VmNumber"}, mismatch.Parameters)

			known := create()
			known.VmNumber = before.sold
			r.remote.sell = sold("o1")
			receipt, err := r.sell(known)
			require.NoError(t, err)
			require.Equal(t, "o1", receipt.OrderID)
		})
	}
}

func TestATokenThatTheEndpointHasSoldIsNeverFreed(t *testing.T) {
	r := open(t)
	r.remote.sell = soldOtherwise
	_, err := r.sell1()
	require.ErrorIs(t, err, sale.ErrUnavailable, "its order is not known")
	require.ErrorIs(t, err, upstream.ErrTokenSold, "the log says what to do")

	for _, answer := range []func(context.Context) (sale.Receipt, error){refused, malformed, throttled} {
		r.remote.sell = answer
		r.now = r.now.Add(24 * time.Hour)
		_, err = r.sell1()
		require.ErrorIs(t, err, sale.ErrUnavailable)
	}

	status, err := upstream.Status(context.Background(), r.gate, "1", "t1")
	require.NoError(t, err)
	require.Equal(t, tokenrow.Pending, status.State)
	require.True(t, status.SoldElsewhere)
}
