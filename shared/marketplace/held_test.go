package marketplace_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/marketplace"
	"aegis/shared/renewals"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// truth is what the marketplace's books say, as a test sets it.
type truth struct {
	entitlement marketplace.Entitlement
	unpaid      bool
	err         error
	asked       int
}

func (tr *truth) Instance(context.Context, string) (marketplace.Entitlement, error) {
	tr.asked++
	return tr.entitlement, tr.err
}

func (tr *truth) Paid(context.Context, string) (bool, error) { return !tr.unpaid, tr.err }

func (tr *truth) say(status marketplace.Status, ends string) {
	tr.entitlement = marketplace.Entitlement{Status: status, Ends: moment(ends)}
}

func moment(text string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, text, sale.Shanghai())
	if err != nil {
		panic(err) // a constant of a test
	}
	return t
}

func renewal(order, ends string) string {
	return message("renewInstance", "instanceId=biz-1", "orderId="+order, "expiredOn="+ends)
}

func refund(ends string) string {
	return message("refundRenewInstance", "instanceId=biz-1", "expiredOn="+ends)
}

func expired() string { return message("expiredInstance", "instanceId=biz-1") }

func (s *shop) end() string {
	s.t.Helper()
	require.NotNil(s.t, s.account(uid).Instance)
	return s.account(uid).Instance.Period.End().In(sale.Shanghai()).Format(time.DateTime)
}

func (s *shop) retryHeld() marketplace.HeldReport {
	s.t.Helper()
	r, err := s.RetryHeld(context.Background())
	require.NoError(s.t, err)
	return r
}

func (s *shop) onlyLetter() marketplace.DeadLetter {
	s.t.Helper()
	letters, _, err := s.Letters().List(context.Background(), "", 10)
	require.NoError(s.t, err)
	require.Len(s.t, letters, 1)
	return letters[0]
}

// repeated is the same signed call, sent by the marketplace a second time.
func repeated(body, call string) string {
	return `{"requestId":"` + call + `",` + body[1:]
}

func TestAWordThatEndsPaidTimeIsHeldUntilThatTimeIsOver(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	require.Equal(t, 1, s.consume(expired()).Held)
	require.True(t, s.account(uid).Instance.Expired.IsZero())
	require.Equal(t, marketplace.Held, s.onlyLetter().State)
	require.Equal(t, 1, s.retryHeld().Held, "hourly, as long as it takes")

	s.now = moment("2026-12-31 23:10:00")
	require.Equal(t, 1, s.retryHeld().Done)
	require.False(t, s.account(uid).Instance.Expired.IsZero())
	require.Empty(t, s.letters())
}

func TestARepeatedExpiryDoesNotFreezeARenewedInstance(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	s.now = moment("2027-01-01 00:05:00")
	require.Equal(t, 1, s.consume(expired()).Done)
	s.consume(renewal("r1", "2028-01-01 00:00:00"))
	require.Equal(t, 1, s.consume(repeated(expired(), "again")).Held)
	require.False(t, s.account(uid).Instance.ExpiredAt(s.now))
}

func TestTheSameRefundASecondTimeIsHeldAndNeverAnsweredDone(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid), renewal("r1", "2028-01-01 00:00:00"))
	first := repeated(refund("2027-01-01 00:00:00"), "call-1")
	require.Equal(t, 1, s.consume(first).Done)
	require.Equal(t, "2027-01-01 00:00:00", s.end())

	s.consume(renewal("r2", "2028-01-01 00:00:00"))
	require.Equal(t, "2028-01-01 00:00:00", s.end(), "a new renewal after a refund is granted")
	require.True(t, slices.ContainsFunc(s.orders(uid), func(o ledger.Order) bool {
		return o.Reason == "renewed after a refund" && o.Expires.Equal(moment("2028-01-01 00:00:00"))
	}), "and listed")

	require.Equal(t, 1, s.consume(first).Replayed, "the queue delivers the first call once more")
	require.Equal(t, 1, s.consume(repeated(refund("2027-01-01 00:00:00"), "call-2")).Held, "the marketplace sends it once more")
	require.Equal(t, "2028-01-01 00:00:00", s.end())

	t.Run("until an operator confirms it", func(t *testing.T) {
		_, err := s.Retry(context.Background(), s.onlyLetter().ID, true)
		require.NoError(t, err)
		require.Equal(t, "2027-01-01 00:00:00", s.end())
		require.Empty(t, s.letters())
	})
}

func TestARefundThatOvertookItsRenewalWaitsForIt(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	require.Equal(t, 1, s.consume(refund("2027-01-01 00:00:00")).Held)
	s.consume(renewal("r1", "2028-01-01 00:00:00"))
	require.Equal(t, 1, s.retryHeld().Done)
	require.Equal(t, "2027-01-01 00:00:00", s.end())
}

func TestARenewalThatCameBeforeItsCreationIsHeldAndDoneAfterIt(t *testing.T) {
	s := open(t)
	require.Equal(t, 1, s.consume(renewal("r1", "2028-01-01 00:00:00")).Held)
	s.consume(create("biz-1", uid))
	require.Equal(t, 1, s.retryHeld().Done)
	require.Equal(t, "2028-01-01 00:00:00", s.end())
}

func TestAReleaseWithoutARefundWaitsForTheEndOfPaidTime(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	require.Equal(t, 1, s.consume(message("releaseInstance", "instanceId=biz-1")).Held, "isRefund is absent in the vendor's sample")
	s.now = moment("2027-01-01 00:00:00")
	require.Equal(t, 1, s.retryHeld().Done)
	require.Nil(t, s.account(uid).Instance)
}

func TestAnOrderBesideALiveAPIInstanceIsHeldAndDoneAfterItsRelease(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	ledgertest.SetBalance(t, s.books, uid, 100_000)
	bought, err := s.books.Sell(ctx, sale.Purchase{Owner: uid, Token: "api", Command: sale.Create{
		Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}}, nil)
	require.NoError(t, err)
	require.Equal(t, 1, s.consume(create("biz-1", uid)).Held)
	require.Contains(t, s.onlyLetter().Reason, "sold by api")

	s.now = s.now.AddDate(0, 2, 0)
	_, err = s.books.Sell(ctx, sale.Purchase{Owner: uid, Token: sale.ReleaseToken(bought.InstanceID), Command: sale.Release{InstanceID: bought.InstanceID, Channel: sale.API}}, nil)
	require.NoError(t, err)
	require.Equal(t, 1, s.retryHeld().Done)
	require.Equal(t, "biz-1", s.account(uid).Instance.ID)
}

func TestATrialYieldsToAPaidOrderInOneCommit(t *testing.T) {
	s := open(t)
	s.consume(message("createInstance", "aliUid="+uid, "orderBizId=biz-0", "orderId=o-0", "skuId=aegis-4", "trial=true"))
	require.True(t, s.account(uid).Instance.Trial)
	require.Equal(t, 1, s.consume(create("biz-1", uid)).Done)
	a := s.account(uid)
	require.Equal(t, "biz-1", a.Instance.ID)
	require.Equal(t, []string{"biz-0"}, a.Released)
	require.Len(t, s.orders(uid), 3)
	require.True(t, slices.ContainsFunc(s.orders(uid), func(o ledger.Order) bool {
		return o.Operation == sale.ReleaseInstance && o.Token == sale.ReleaseToken("biz-0")
	}))
	require.Equal(t, 1, s.consume(create("biz-1", uid)).Replayed)
}

func TestALateRenewalOfAReplacedInstanceIsHeldAndCanBeTransferred(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	s.consume(create("biz-1", uid))
	s.now = moment("2027-01-02 00:00:00")
	s.consume(message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o-2", "skuId=aegis-4", "expiredOn=2027-07-01 00:00:00"))
	require.Equal(t, 1, s.consume(renewal("r1", "2027-01-31 00:00:00")).Held)

	letter := s.onlyLetter()
	_, err := s.Transfer(ctx, letter.ID, "biz-9")
	require.ErrorContains(t, err, "no live instance")
	receipt, err := s.Transfer(ctx, letter.ID, "biz-2")
	require.NoError(t, err)
	require.NotEmpty(t, receipt.OrderID)
	require.Equal(t, "2027-07-31 00:00:00", s.end(), "thirty days more")
	require.Empty(t, s.letters())
}

func TestTwoTransferredRenewalsGrantTheirTimeOnce(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	s.consume(create("biz-1", uid))
	s.now = moment("2027-01-02 00:00:00")
	s.consume(message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o-2", "skuId=aegis-4", "expiredOn=2027-07-01 00:00:00"))
	s.consume(renewal("r1", "2028-01-01 00:00:00"), renewal("r2", "2029-01-01 00:00:00"))
	letters, _, err := s.Letters().List(ctx, "", 10)
	require.NoError(t, err)
	granted := 0
	for _, l := range letters {
		if _, err := s.Transfer(ctx, l.ID, "biz-2"); err == nil {
			granted++
		}
	}
	require.NotZero(t, granted)
	require.Equal(t, "2029-07-01 00:00:00", s.end(), "two years, in whatever order they are transferred")
}

func TestAnUpgradeWithoutAnOrderID(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	up := message("upgradeInstance", "instanceId=biz-1", "skuId=aegis-4", "vm_number=9")
	require.Equal(t, marketplace.Report{Messages: 1, Done: 1}, s.consume(up))
	require.Equal(t, marketplace.Report{Messages: 1, Done: 1}, s.consume(up), "it is there already")
	require.Equal(t, 9, s.account(uid).Instance.VmNumber)
	require.Len(t, s.orders(uid), 2)
}

func TestAnUpgradeWithoutABillingItemKeepsTheMachines(t *testing.T) {
	s := open(t)
	s.consume(message("createInstance", "aliUid="+uid, "orderBizId=biz-1", "orderId=o-1", "skuId=aegis-1", "vm_number=40", "expiredOn=2027-01-01 00:00:00"),
		message("upgradeInstance", "instanceId=biz-1", "skuId=aegis-2", "orderId=u-1"))
	i := s.account(uid).Instance
	require.Equal(t, []int{2, 40}, []int{i.VersionCode, i.VmNumber})
}

func TestAnExpiryThatComesBackAfterARefundIsMarkedAgain(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	s.now = moment("2027-01-01 00:00:00")
	s.consume(expired(), renewal("r1", "2028-01-01 00:00:00"), refund("2027-01-01 00:00:00"))
	require.Equal(t, 1, s.consume(repeated(expired(), "again")).Done)
	require.False(t, s.account(uid).Instance.Expired.IsZero())
}

func TestTwoLettersOfOneInstanceWithDifferentParametersAreTwo(t *testing.T) {
	s := open(t)
	s.consume(message("renewInstance", "instanceId=biz-1", "orderId=r1", "expiredOn=2028-01-01 00:00:00"),
		message("renewInstance", "instanceId=biz-1", "orderId=r1", "expiredOn=2029-01-01 00:00:00"))
	require.Len(t, s.letters(), 2)
}

func TestALetterKeepsThatItsTokenWasVerifiedAndNotTheToken(t *testing.T) {
	s := open(t)
	s.consume(expired())
	letter := s.onlyLetter()
	require.True(t, letter.Verified)
	require.NotContains(t, string(letter.Body), "token")

	t.Run("and an unverified token is not shown", func(t *testing.T) {
		s := open(t)
		s.consume(`{"params":{"action":"expiredInstance","instanceId":"biz-1","token":"0123456789abcdef"}}`)
		require.NotContains(t, s.onlyLetter().Shown(), "0123456789abcdef")
	})
}

func TestTheMarketplaceIsAskedBeforeATermIsShortened(t *testing.T) {
	shopUntil2028 := func(t *testing.T) *shop {
		s := openWith(t, &truth{})
		s.consume(create("biz-1", uid), renewal("r1", "2028-01-01 00:00:00"))
		require.Zero(t, s.truth.asked, "nothing was shortened yet")
		return s
	}
	t.Run("an expiry that it confirms is done", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Expired, "2026-05-01 00:00:00")
		require.Equal(t, 1, s.consume(expired()).Held, "its books may not have our renewal yet")
		s.now = s.now.Add(time.Hour)
		require.Equal(t, 1, s.retryHeld().Done)
		require.True(t, s.account(uid).Instance.ExpiredAt(s.now))
	})
	t.Run("an expiry from before a renewal changes nothing", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Opened, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.consume(expired()).Held, "the marketplace's books may follow its word")
		s.now = s.now.Add(time.Hour)
		require.Equal(t, 1, s.retryHeld().Done)
		require.True(t, s.account(uid).Instance.Expired.IsZero())
		require.Empty(t, s.letters())
	})
	t.Run("an end that is later there extends the term by a named order", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Opened, "2029-01-01 00:00:00")
		require.Equal(t, 1, s.consume(expired()).Done)
		require.Equal(t, "2029-01-01 00:00:00", s.end())
		require.Len(t, s.orders(uid), 3)
	})
	t.Run("a disagreement is held, and pulled again", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Opened, "2027-01-01 00:00:00")
		require.Equal(t, 1, s.consume(expired()).Held)
		require.Equal(t, 1, s.retryHeld().Held)
		s.now = s.now.Add(time.Hour)
		s.truth.say(marketplace.Expired, "2027-01-01 00:00:00")
		require.Equal(t, 1, s.retryHeld().Done)
	})
	t.Run("a marketplace that cannot be asked is asked later", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.err = errors.New("no answer")
		require.Equal(t, 1, s.consume(expired()).Held)
		s.truth.err = nil
		s.truth.say(marketplace.Expired, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.retryHeld().Done)
	})
	t.Run("a refund that it confirms is done, and its repetition does nothing", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Opened, "2027-01-01 00:00:00")
		require.Equal(t, 1, s.consume(refund("2027-01-01 00:00:00")).Done)
		require.Equal(t, "2027-01-01 00:00:00", s.end())
		require.Equal(t, 1, s.consume(repeated(refund("2027-01-01 00:00:00"), "2")).Done)
		require.Len(t, s.orders(uid), 3)
	})
	t.Run("a refund before its renewal waits, and is recorded after an hour", func(t *testing.T) {
		s := openWith(t, &truth{})
		s.consume(create("biz-1", uid))
		was := s.end()
		s.truth.say(marketplace.Opened, was)
		require.Equal(t, 1, s.consume(refund(was)).Held)
		s.now = s.now.Add(time.Hour)
		require.Equal(t, 1, s.retryHeld().Done)
		require.Equal(t, was, s.end())
		require.Equal(t, 1, s.consume(renewal("r1", "2028-01-01 00:00:00")).Held, "the renewal that was refunded")
		require.Equal(t, was, s.end())
	})
	t.Run("an old refund is recorded before it is dropped", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Opened, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.consume(refund("2027-01-01 00:00:00")).Held)
		s.now = s.now.Add(time.Hour)
		require.Equal(t, 1, s.retryHeld().Done)
		require.Equal(t, "2028-01-01 00:00:00", s.end(), "a later renewal followed it")
		require.Equal(t, 1, s.consume(renewal("r0", "2030-01-01 00:00:00")).Held, "the renewal that was refunded comes late")
		require.Equal(t, "2028-01-01 00:00:00", s.end())
	})
	t.Run("a refund that the marketplace's books do not have yet undoes nothing and is not forgotten", func(t *testing.T) {
		s := openWith(t, &truth{})
		s.consume(create("biz-1", uid))
		s.truth.say(marketplace.Opened, "2029-01-01 00:00:00") // as it was before the refund
		require.Equal(t, 1, s.consume(refund("2028-01-01 00:00:00")).Held)
		s.now = s.now.Add(time.Hour)
		s.truth.say(marketplace.Opened, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.retryHeld().Done)
		require.Equal(t, "2028-01-01 00:00:00", s.end(), "a renewal before it has not arrived")
		require.Equal(t, 1, s.consume(renewal("r2", "2029-01-01 00:00:00")).Held, "the renewal that was refunded")
		require.Equal(t, "2028-01-01 00:00:00", s.end())
	})
	t.Run("an old refund after a new renewal does nothing", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Opened, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.consume(refund("2027-01-01 00:00:00")).Held)
		s.now = s.now.Add(time.Hour)
		require.Equal(t, 1, s.retryHeld().Done)
		require.Equal(t, "2028-01-01 00:00:00", s.end())
	})
	t.Run("a refund that reaches us before its books change is done when they have", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Opened, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.consume(refund("2027-01-01 00:00:00")).Held)
		s.truth.say(marketplace.Opened, "2027-01-01 00:00:00")
		require.Equal(t, 1, s.retryHeld().Done)
		require.Equal(t, "2027-01-01 00:00:00", s.end())
	})
	t.Run("a closed instance is never extended", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Closed, "2029-01-01 00:00:00")
		require.Equal(t, 1, s.consume(refund("2027-01-01 00:00:00")).Held)
		require.Equal(t, "2028-01-01 00:00:00", s.end())
	})
	t.Run("a renewal after a refund is granted if it is paid, and held if it was the one refunded", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Opened, "2027-01-01 00:00:00")
		s.consume(refund("2027-01-01 00:00:00"))
		require.Equal(t, 1, s.consume(renewal("late", "2028-01-01 00:00:00")).Held)
		s.truth.say(marketplace.Opened, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.retryHeld().Done)
		require.Equal(t, "2028-01-01 00:00:00", s.end())
	})
	t.Run("a release without a refund is done if it closed the instance", func(t *testing.T) {
		s := shopUntil2028(t)
		s.truth.say(marketplace.Opened, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.consume(message("releaseInstance", "instanceId=biz-1")).Held)
		s.truth.say(marketplace.Closed, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.retryHeld().Done)
		require.Nil(t, s.account(uid).Instance)
	})
	t.Run("a release with a refund is done without asking", func(t *testing.T) {
		s := shopUntil2028(t)
		require.Equal(t, 1, s.consume(message("releaseInstance", "instanceId=biz-1", "isRefund=true")).Done)
		require.Zero(t, s.truth.asked)
	})
	t.Run("a paid instance whose end has passed yields only if it agrees", func(t *testing.T) {
		s := shopUntil2028(t)
		s.now = moment("2028-01-02 00:00:00")
		s.truth.say(marketplace.Opened, "2029-01-01 00:00:00")
		require.Equal(t, 1, s.consume(create("biz-2", uid)).Held)
		s.truth.say(marketplace.Expired, "2028-01-01 00:00:00")
		require.Equal(t, 1, s.retryHeld().Done)
		require.Equal(t, "biz-2", s.account(uid).Instance.ID)
	})
}

func TestAParameterThatHidesAnotherIsRefused(t *testing.T) {
	s, queue := open(t), &outbox{}
	split := params("createInstance", "aliUid="+uid, "orderBizId=biz-1", "orderId=o-1", "skuId=aegis-1", "vm_number=500")
	joined := map[string]string{}
	for name, value := range split {
		joined[name] = value
	}
	delete(joined, "vm_number")
	joined["skuId"] = "aegis-1&vm_number=500" // the same text to sign
	require.Equal(t, marketplace.Sign(split, secret), marketplace.Sign(joined, secret))

	require.False(t, marketplace.Verify(joined, secret))
	require.Equal(t, 400, s.spi(queue).Call(context.Background(), "r", joined).Status)
	require.Empty(t, queue.sent)
	require.True(t, marketplace.Verify(params("x", "template=a&b"), secret), "an & alone hides nothing")
	require.False(t, marketplace.Verify(params("x", "a&b=c"), secret))
}

func TestOrderPayIsAcknowledgedAndNeedsNoWork(t *testing.T) {
	s, queue := open(t), &outbox{}
	require.Equal(t, marketplace.Answer{Status: 200, Success: "true"}, s.spi(queue).Call(context.Background(), "r", params("orderPay", "orderId=7")))
	require.Empty(t, queue.sent)
}

func TestALetterWhoseOrderWasDoneLaterSaysSo(t *testing.T) {
	s := open(t)
	s.consume(message("renewInstance", "instanceId=biz-1", "orderId=r1", "expiredOn=2028-01-01 00:00:00", "extra=1"))
	letter := s.onlyLetter()
	done, err := s.DoneSince(context.Background(), letter)
	require.NoError(t, err)
	require.Empty(t, done)
	s.consume(create("biz-1", uid), renewal("r1", "2028-01-01 00:00:00"))
	done, err = s.DoneSince(context.Background(), letter)
	require.NoError(t, err)
	require.NotEmpty(t, done)
}

func TestTheTimerAsksBeforeItEndsATermThatTheMarketplaceSold(t *testing.T) {
	ctx := context.Background()
	s := openWith(t, &truth{})
	s.consume(create("biz-1", uid))
	s.now = moment("2027-01-01 00:10:00")
	ended := func() bool {
		over, err := s.Ended(ctx, uid, *s.account(uid).Instance)
		require.NoError(t, err)
		return over
	}
	s.truth.say(marketplace.Expired, "2027-01-01 00:00:00")
	require.True(t, ended())
	s.truth.say(marketplace.Opened, "2027-06-01 00:00:00")
	require.False(t, ended(), "it was renewed there, and the notification has not arrived")
	require.Equal(t, "2027-06-01 00:00:00", s.end(), "a named order gives it the time")

	s.truth.err = errors.New("no answer")
	_, err := s.Ended(ctx, uid, *s.account(uid).Instance)
	require.Error(t, err, "the next run asks again")
}

func TestTheTimerEndsNoTermThatTheMarketplaceHasRenewed(t *testing.T) {
	asked := &truth{}
	s := openWith(t, asked)
	s.consume(create("biz-1", uid))
	s.now = moment("2027-01-01 00:10:00")
	asked.say(marketplace.Opened, "2027-06-01 00:00:00")
	runner, err := renewals.New(renewals.Config{Ledger: s.books, Orders: s.OrderProcessor, Clock: func() time.Time { return s.now }})
	require.NoError(t, err)
	require.NoError(t, s.gate.Client.(*store.Store).EnsureIndexes(context.Background(), ledger.ByDue()))

	report, err := runner.Run(context.Background(), renewals.Due)
	require.NoError(t, err)
	require.Zero(t, report.Expired)
	require.True(t, s.account(uid).Instance.Expired.IsZero())
	require.Equal(t, "2027-06-01 00:00:00", s.end())
}
