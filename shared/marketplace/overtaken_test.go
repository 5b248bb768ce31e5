package marketplace_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/marketplace"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

// overtaken is a marketplace during whose answer something else happens.
type overtaken struct {
	truth
	meanwhile func()
}

func (o *overtaken) Instance(context.Context, string) (marketplace.Entitlement, error) {
	answer := o.entitlement
	if happen := o.meanwhile; happen != nil {
		o.meanwhile = nil
		happen()
	}
	return answer, nil
}

func openOvertaken(t *testing.T) (*shop, *overtaken) {
	t.Helper()
	asked := &overtaken{}
	s, _ := storetest.Start(t, tokenrow.Sales(), marketplace.Instances(), marketplace.DeadLetters())
	sh := &shop{t: t, gate: &storetest.Faulty{Client: s}, now: time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return sh.now }
	var err error
	sh.books, err = ledger.New(ledger.Config{Store: sh.gate, Clock: clock})
	require.NoError(t, err)
	sh.OrderProcessor, err = marketplace.New(marketplace.Config{Store: sh.gate, Ledger: sh.books, Secret: secret, Clock: clock, Truth: asked})
	require.NoError(t, err)
	return sh, asked
}

// What the marketplace has confirmed about an instance says nothing about a renewal that
// is sold while it answers.
func TestAnAnswerThatARenewalHasOvertakenShortensNothing(t *testing.T) {
	t.Run("an expiry", func(t *testing.T) {
		s, asked := openOvertaken(t)
		s.consume(create("biz-1", uid))
		s.now = moment("2027-01-01 00:05:00")
		asked.say(marketplace.Expired, "2027-01-01 00:00:00")
		asked.meanwhile = func() { s.consume(renewal("r1", "2028-01-01 00:00:00")) }
		require.Equal(t, 1, s.consume(expired()).Held)
		require.Equal(t, "2028-01-01 00:00:00", s.end())
		require.False(t, s.account(uid).Instance.ExpiredAt(s.now))
	})
	t.Run("an expiry of an earlier release's instance", func(t *testing.T) {
		s, asked := openOvertaken(t)
		s.consume(create("biz-1", uid))
		account := store.Key{Table: tokenrow.Sales(), Partition: tokenrow.Partition(uid), Sort: "account"}
		rows, err := s.gate.Read(t.Context(), account)
		require.NoError(t, err)
		require.NoError(t, s.gate.Commit(t.Context(), store.Update(account, store.Columns{store.None("change")}, "rev", rows[0].Int("rev"))))

		s.now = moment("2026-12-31 23:59:00")
		asked.say(marketplace.Expired, "2027-01-01 00:00:00")
		asked.meanwhile = func() { s.consume(renewal("r1", "2028-01-01 00:00:00")) }
		s.consume(expired())
		require.False(t, s.account(uid).Instance.ExpiredAt(s.now))
	})
	t.Run("a refund that is only recorded", func(t *testing.T) {
		s, asked := openOvertaken(t)
		s.consume(create("biz-1", uid), renewal("r1", "2028-01-01 00:00:00"))
		asked.say(marketplace.Opened, "2028-01-01 00:00:00")
		s.consume(refund("2027-01-01 00:00:00"))
		s.now = s.now.Add(2 * time.Hour)
		asked.meanwhile = func() { s.consume(renewal("r2", "2029-01-01 00:00:00")) }
		require.Equal(t, 1, s.retryHeld().Held)
		require.Equal(t, "2029-01-01 00:00:00", s.end())
	})
	t.Run("a release", func(t *testing.T) {
		s, asked := openOvertaken(t)
		s.consume(create("biz-1", uid))
		s.now = moment("2027-01-01 00:05:00")
		asked.say(marketplace.Expired, "2027-01-01 00:00:00")
		asked.meanwhile = func() { s.consume(renewal("r1", "2028-01-01 00:00:00")) }
		require.Equal(t, 1, s.consume(message("releaseInstance", "instanceId=biz-1")).Held)
		require.NotNil(t, s.account(uid).Instance)
	})
}

// Seed 1301981 of the mode roads: the timer extended the term while the refund asked, so
// that nothing remembered the refund, and its renewal was granted when it came.
func TestARefundIsRememberedIfTheTimerExtendsTheTermMeanwhile(t *testing.T) {
	s, asked := openOvertaken(t)
	s.consume(create("biz-1", uid))
	asked.say(marketplace.Opened, "2028-01-01 00:00:00")
	require.Equal(t, 1, s.consume(refund("2028-01-01 00:00:00")).Held)

	s.now = s.now.Add(2 * time.Hour)
	asked.meanwhile = func() {
		over, err := s.Ended(t.Context(), uid, *s.account(uid).Instance)
		require.NoError(t, err)
		require.False(t, over)
		require.Equal(t, "2028-01-01 00:00:00", s.end())
	}
	require.Equal(t, 1, s.retryHeld().Done)

	require.Equal(t, 1, s.consume(renewal("refunded", "2029-01-01 00:00:00")).Held)
	require.Equal(t, "2028-01-01 00:00:00", s.end())
}

// The end of a transfer is computed from the target's end.
func TestATransferThatARenewalHasOvertakenIsMadeAgain(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid)) // until 2027-01-01
	s.now = moment("2026-12-31 12:00:00")
	s.consume(message("releaseInstance", "instanceId=biz-1", "isRefund=true"), renewal("late", "2028-01-01 00:00:00"))
	s.consume(message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o-b2", "skuId=aegis-4", "trial=false", "expiredOn=2027-06-01 00:00:00"))

	s.gate.BeforeCommit = func(int, []store.Change) error {
		s.gate.BeforeCommit = nil
		s.consume(message("renewInstance", "instanceId=biz-2", "orderId=r9", "expiredOn=2028-06-01 00:00:00"))
		return nil
	}
	id := s.onlyLetter().ID
	_, err := s.Transfer(t.Context(), id, "biz-2")
	require.ErrorContains(t, err, "has changed")
	require.Equal(t, "2028-06-01 00:00:00", s.end())

	_, err = s.Transfer(t.Context(), id, "biz-2")
	require.NoError(t, err)
	require.Equal(t, "2029-06-01 00:00:00", s.end(), "both paid years")
}

// The hour that the marketplace's books are given begins again with each grant.
func TestAnExpiryThatHasWaitedFreezesNoRenewalOfTheLastHour(t *testing.T) {
	s := openWith(t, &truth{})
	s.consume(create("biz-1", uid)) // until 2027-01-01
	s.now = moment("2027-01-01 00:05:00")
	s.truth.err = errors.New("the market is down")
	require.Equal(t, 1, s.consume(expired()).Held)

	s.now = moment("2027-01-01 02:58:00")
	require.Equal(t, 1, s.consume(renewal("r1", "2028-01-01 00:00:00")).Done)
	s.now = moment("2027-01-01 03:00:00") // its books are two minutes behind its word
	s.truth.err = nil
	s.truth.say(marketplace.Expired, "2027-01-01 00:00:00")
	require.Equal(t, 1, s.retryHeld().Held)
	require.False(t, s.account(uid).Instance.ExpiredAt(s.now))
}
