package marketplace_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/marketplace"
	"aegis/shared/sale"
)

// Arrears are paid by a renewal that leaves the end as it is.
func TestArrearsThatArePaidEndTheExpiry(t *testing.T) {
	s := openWith(t, &truth{})
	s.consume(create("biz-1", uid)) // until 2027-01-01
	s.now = moment("2026-07-01 12:00:00")
	s.truth.say(marketplace.Expired, "2027-01-01 00:00:00")
	require.Equal(t, 1, s.consume(expired()).Done)
	require.Equal(t, sale.StatusExpired, s.account(uid).Summary(s.now).Status)

	s.now = moment("2026-07-02 12:00:00")
	require.Equal(t, 1, s.consume(renewal("o-2", "2027-01-01 00:00:00")).Held, "an old one, or the books follow later")
	s.truth.say(marketplace.Opened, "2027-01-01 00:00:00")
	require.Equal(t, 1, s.retryHeld().Done)
	require.Equal(t, sale.StatusRunning, s.account(uid).Summary(s.now).Status)
}

func TestAYearThatIsPaidAgainIsNotFrozen(t *testing.T) {
	s := openWith(t, &truth{})
	s.consume(create("biz-1", uid), renewal("o-2", "2028-01-01 00:00:00"))
	s.now = moment("2027-01-01 00:30:00") // o-2 was refunded, and the notification was lost
	s.truth.say(marketplace.Expired, "2027-01-01 00:00:00")
	require.Equal(t, 1, s.consume(expired()).Held)
	s.now = s.now.Add(2 * time.Hour)
	require.Equal(t, 1, s.retryHeld().Done)

	s.now = moment("2027-01-05 00:00:00")
	s.truth.say(marketplace.Opened, "2028-01-01 00:00:00")
	require.Equal(t, 1, s.consume(renewal("o-3", "2028-01-01 00:00:00")).Done)
	require.False(t, s.account(uid).Instance.ExpiredAt(s.now))
}

// The renewal's notification is lost: the comparison finds the instance open.
func TestACheckReopensWhatIsOpenAtTheMarketplace(t *testing.T) {
	s := openWith(t, &truth{})
	s.consume(create("biz-1", uid))
	s.now = moment("2026-07-01 12:00:00")
	s.truth.say(marketplace.Expired, "2027-01-01 00:00:00")
	require.Equal(t, 1, s.consume(expired()).Done)

	s.truth.say(marketplace.Opened, "2027-01-01 00:00:00")
	report, err := s.CheckInstance(t.Context(), "biz-1", true)
	require.NoError(t, err)
	require.NotEmpty(t, report.Findings[0].Repaired)
	require.False(t, s.account(uid).Instance.ExpiredAt(s.now))
}

func TestAnUpgradedTrialIsPaid(t *testing.T) {
	s := open(t)
	s.consume(message("createInstance", "aliUid="+uid, "orderBizId=biz-0", "orderId=o-0", "skuId=aegis-1", "trial=true", "expiredOn=2027-01-01 00:00:00"))
	require.Equal(t, 1, s.consume(message("upgradeInstance", "instanceId=biz-0", "skuId=aegis-4", "vm_number=50", "orderId=o-1")).Done)
	require.Equal(t, 1, s.consume(create("biz-1", uid)).Held, "it yields to no other before its end")
	require.Equal(t, "biz-0", s.account(uid).Instance.ID)
}

func TestATransferGivesNoPastTime(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	s.now = moment("2027-01-02 00:00:00")
	s.consume(message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o-b2", "skuId=aegis-4", "trial=false", "expiredOn=2027-02-01 00:00:00"))
	s.now = moment("2027-02-20 00:00:00")
	require.Equal(t, 1, s.consume(renewal("o-3", "2027-01-11 00:00:00")).Held)
	_, err := s.Transfer(context.Background(), s.onlyLetter().ID, "biz-2")
	require.ErrorContains(t, err, "would end at 2027-02-11 00:00:00, which has passed")
	require.Len(t, s.letters(), 1, "the time can still be given")
}
