package sale_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
)

func decide(t testing.TB, c sale.Command, a sale.Account, at string) sale.Decision {
	t.Helper()
	d, err := c.Decide(sale.DefaultCatalogue(), a, when(t, at))
	require.NoError(t, err)
	return d
}

func refused(t testing.TB, code sale.Code, c sale.Command, a sale.Account, at string) {
	t.Helper()
	_, err := c.Decide(sale.DefaultCatalogue(), a, when(t, at))
	var r *sale.Refusal
	require.ErrorAs(t, err, &r)
	require.Equal(t, code, r.Code, r.Reason())
}

// automatic is licensed, from 10 May to 11 June 00:00, and renewed for two months.
func automatic(t testing.TB) sale.Account {
	a := licensed(t)
	a.Instance.AutoRenewMonths = 2
	return a
}

func autoRenew(t testing.TB) sale.AutoRenew {
	return sale.AutoRenew{InstanceID: "aegis-1", Expiry: shanghai(t, "2026-06-11 00:00:00")}
}

func TestAutomaticRenewalChargesTheTermThatWasChosen(t *testing.T) {
	d := decide(t, autoRenew(t), automatic(t), "2026-06-02 08:00:00")
	require.Equal(t, sale.Fen(10_000), d.Order.Amount, "five machines for two months")
	require.Equal(t, sale.Timer, d.Order.Channel)
	require.Equal(t, shanghai(t, "2026-08-11 00:00:00"), d.Account.Instance.Period.End())
}

func TestAutomaticRenewalKeepsItsHours(t *testing.T) {
	for at, ok := range map[string]bool{
		"2026-06-01 12:00:00": false, // more than nine days before
		"2026-06-02 07:59:59": false,
		"2026-06-02 08:00:00": true,
		"2026-06-02 17:59:59": true,
		"2026-06-02 18:00:00": false,
		"2026-06-11 09:00:00": true, // expired meanwhile
	} {
		t.Run(at, func(t *testing.T) {
			if ok {
				decide(t, autoRenew(t), automatic(t), at)
			} else {
				refused(t, sale.NotApplicable, autoRenew(t), automatic(t), at)
			}
		})
	}
	t.Run("unless an operator asks", func(t *testing.T) {
		anytime := autoRenew(t)
		anytime.Anytime = true
		decide(t, anytime, automatic(t), "2026-06-02 03:00:00")
		refused(t, sale.NotApplicable, anytime, automatic(t), "2026-06-01 12:00:00")
	})
}

func TestARenewalByHandTakesTheAutomaticOnesPlace(t *testing.T) {
	byHand := sale.Renew{InstanceID: "aegis-1", Term: month(1), VmNumber: 5}
	a := decide(t, byHand, automatic(t), "2026-06-03 07:00:00").Account
	refused(t, sale.NotApplicable, autoRenew(t), a, "2026-06-03 09:00:00")
	_, at, ok := a.Due()
	require.True(t, ok)
	require.Equal(t, shanghai(t, "2026-07-02 08:00:00"), at, "nine days before the new expiry")
}

func TestAFailedRenewalIsTriedTheNextDay(t *testing.T) {
	a := automatic(t)
	a.Balance = 9_999
	refused(t, sale.NotEnoughBalance, autoRenew(t), a, "2026-06-02 09:00:00")
	a, ok := a.RenewalFailed("aegis-1", autoRenew(t).Expiry, shanghai(t, "2026-06-02 09:00:00"), sale.NotEnoughBalance)
	require.True(t, ok)
	a.Balance = 10_000
	refused(t, sale.NotApplicable, autoRenew(t), a, "2026-06-02 12:00:00")
	_, at, _ := a.Due()
	require.Equal(t, shanghai(t, "2026-06-03 08:00:00"), at)
	renewed := decide(t, autoRenew(t), a, "2026-06-03 08:00:00").Account
	require.Empty(t, renewed.Instance.RenewalFailure)
	_, ok = renewed.RenewalFailed("aegis-1", autoRenew(t).Expiry, time.Now(), sale.NotEnoughBalance)
	require.False(t, ok, "that expiry is past")
}

func TestWhatIsDue(t *testing.T) {
	expiry := "2026-06-11 00:00:00"
	expired := func(a sale.Account) sale.Account { a.Instance.Expired = shanghai(t, expiry); return a }
	for name, c := range map[string]struct {
		account sale.Account
		on      sale.DueQueue
		at      string
	}{
		"an instance renewed by hand at its expiry":       {licensed(t), sale.Running, expiry},
		"one renewed automatically nine days before":      {automatic(t), sale.Running, "2026-06-02 08:00:00"},
		"an expired one is on the list of releases":       {expired(licensed(t)), sale.Expired, expiry},
		"unless it is renewed automatically, day by day":  {expired(automatic(t)), sale.Running, "2026-06-02 08:00:00"},
		"a try that failed is due tomorrow, not before":   {tried(t, "2026-06-04 10:00:00"), sale.Running, "2026-06-05 08:00:00"},
		"an expiry between today's try and the next wins": {tried(t, "2026-06-10 10:00:00"), sale.Running, expiry},
	} {
		t.Run(name, func(t *testing.T) {
			on, at, ok := c.account.Due()
			require.True(t, ok)
			require.Equal(t, c.on, on)
			require.WithinDuration(t, shanghai(t, c.at), at, 0)
		})
	}
	_, _, ok := fresh().Due()
	require.False(t, ok)
}

func tried(t testing.TB, at string) sale.Account {
	a := automatic(t)
	a.Instance.RenewalTried = shanghai(t, at)
	return a
}

func TestAnInstanceExpiresOnceAtItsExpiry(t *testing.T) {
	expire := sale.Expire{InstanceID: "aegis-1", Expiry: shanghai(t, "2026-06-11 00:00:00")}
	refused(t, sale.NotApplicable, expire, licensed(t), "2026-06-10 23:59:59")
	d := decide(t, expire, licensed(t), "2026-06-11 00:00:00")
	require.Zero(t, d.Order.Amount)
	require.True(t, d.Account.Instance.ExpiredAt(shanghai(t, "2026-06-11 00:00:00")))
	refused(t, sale.NotApplicable, expire, d.Account, "2026-06-12 00:00:00")
	t.Run("and a renewal revives it", func(t *testing.T) {
		a := decide(t, sale.Renew{InstanceID: "aegis-1", Term: month(1), VmNumber: 5}, d.Account, "2026-06-12 00:00:00").Account
		require.True(t, a.Instance.Expired.IsZero())
		refused(t, sale.NotApplicable, expire, a, "2026-06-12 00:00:00")
	})
}

func TestRelease(t *testing.T) {
	release := sale.Release{InstanceID: "aegis-1", Channel: sale.API}
	t.Run("is refused while unexpired", func(t *testing.T) {
		refused(t, sale.InstanceNotExpired, release, licensed(t), "2026-06-10 23:59:59")
		refused(t, sale.InstanceNotExpired, sale.Release{InstanceID: "biz-1", Channel: sale.Market}, sold(t), noon)
		refused(t, sale.InstanceNotExpired, sale.Release{InstanceID: "aegis-1", Channel: sale.API, Refund: true}, licensed(t), noon)
	})
	t.Run("unless the marketplace sold it and paid back", func(t *testing.T) {
		decide(t, sale.Release{InstanceID: "biz-1", Channel: sale.Market, Refund: true}, sold(t), noon)
		refused(t, sale.SoldByAPI, sale.Release{InstanceID: "aegis-1", Channel: sale.Market, Refund: true}, licensed(t), noon)
	})
	t.Run("by the timer waits", func(t *testing.T) {
		timer := sale.Release{InstanceID: "aegis-1", Channel: sale.Timer, After: sale.DefaultReleaseAfter}
		refused(t, sale.InstanceNotExpired, timer, licensed(t), "2026-06-25 23:59:59")
		decide(t, timer, licensed(t), "2026-06-26 00:00:00")
	})
	t.Run("ends the instance, and another can be bought", func(t *testing.T) {
		a := decide(t, release, licensed(t), "2026-06-11 00:00:00").Account
		require.Nil(t, a.Instance)
		require.Equal(t, []string{"aegis-1"}, a.Released)
		refused(t, sale.InstanceReleased, release, a, "2026-06-11 00:00:00")
		decide(t, sale.Create{Term: month(1), VersionCode: 1, VmNumber: 1}, a, "2026-06-11 00:00:00")
	})
}

func TestDerivedTokensAreNobodysClientToken(t *testing.T) {
	at := time.UnixMilli(1)
	long := string(make([]byte, 90))
	for _, token := range []string{
		sale.ReleaseToken("aegis-1"), sale.RenewalToken("aegis-1", at, 1), sale.ExpiryToken("aegis-1", at, 1), sale.ReleaseToken(long),
	} {
		require.Greater(t, token[0], byte('~'), "a ClientToken is printable ASCII")
		require.LessOrEqual(t, len(token), 64)
	}
	require.NotEqual(t, sale.ReleaseToken(long), sale.ReleaseToken(long+"x"))
	require.NotEqual(t, sale.RenewalToken("aegis-1", at, 1), sale.RenewalToken("aegis-1", at, 2), "the same expiry after a refund")
	require.NotEqual(t, sale.RenewalToken("aegis-1", at, 1), sale.RenewalToken("aegis-1", at.Add(time.Millisecond), 1))
}
