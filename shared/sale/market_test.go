package sale_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
)

// sold is an account without money whose instance the marketplace sold until 1 July.
func sold(t testing.TB) sale.Account {
	create := sale.MarketCreate{InstanceID: "biz-1", VersionCode: 1, VmNumber: 5, Ends: shanghai(t, "2026-07-01 00:00:00")}
	return decide(t, create, sale.Account{Owner: "7", Verified: true, Machines: 5}, "2026-06-01 00:01:00").Account
}

func renewal(t testing.TB, ends string) sale.MarketRenew {
	return sale.MarketRenew{InstanceID: "biz-1", Ends: shanghai(t, ends)}
}

func refund(t testing.TB, ends string) sale.MarketRefund {
	return sale.MarketRefund{InstanceID: "biz-1", Ends: shanghai(t, ends)}
}

func endOf(a sale.Account) string {
	return a.Instance.Period.End().In(sale.Shanghai()).Format("2006-01-02 15:04:05")
}

// after decides one command after another, each with an order of its own.
func after(t testing.TB, a sale.Account, at string, commands ...sale.Command) sale.Account {
	t.Helper()
	for n, c := range commands {
		d, err := c.Decide(sale.DefaultCatalogue(), a, sale.DecideContext{
			Now: shanghai(t, at), OrderID: string(rune('a'+n)) + a.Owner, EarlierID: "earlier", InstanceID: "aegis-9",
		})
		require.NoError(t, err)
		a = d.Account
	}
	return a
}

func TestTheMarketplacesOrdersDoNotTouchTheBalance(t *testing.T) {
	a := after(t, sold(t), "2026-06-15 00:00:00", renewal(t, "2026-08-01 00:00:00"))
	for _, c := range []sale.Command{
		sale.MarketUpgrade{InstanceID: "biz-1", VersionCode: 4, VmNumber: 9},
		refund(t, "2026-07-01 00:00:00"),
		sale.MarketExpire{InstanceID: "biz-1", Confirmed: true},
		sale.Release{InstanceID: "biz-1", Channel: sale.Market},
	} {
		d := decide(t, c, a, "2026-06-15 00:00:00")
		require.Zero(t, d.Order.Amount)
		require.Equal(t, sale.Market, d.Order.Channel)
		a = d.Account
		require.Zero(t, a.Balance)
	}
	require.Equal(t, []string{"biz-1"}, a.Released)
}

func TestAMarketTermIsExactAndNotRoundedToMidnight(t *testing.T) {
	create := sale.MarketCreate{InstanceID: "biz-1", VersionCode: 4, VmNumber: 5, Term: month(1)}
	d := decide(t, create, sale.Account{Owner: "7"}, noon)
	require.Equal(t, shanghai(t, "2026-06-10 12:00:00"), d.Order.Expires)
	create.Term.Duration = 0
	refused(t, sale.OutOfRange, create, sale.Account{Owner: "7"}, noon)
}

func TestTheMarketplaceSellsWhatThereIs(t *testing.T) {
	create := sale.MarketCreate{InstanceID: "biz-2", VersionCode: 4, VmNumber: 5, Term: month(1)}
	refused(t, sale.InstanceAlreadyExists, create, sold(t), noon)
	refused(t, sale.InstanceReleased, create, sale.Account{Released: []string{"biz-2"}}, noon)
	create.VmNumber = 501
	refused(t, sale.OutOfRange, create, sale.Account{}, noon)
	create.VmNumber, create.VersionCode = 5, 9
	refused(t, sale.OutOfRange, create, sale.Account{}, noon)
}

func TestAnInstanceIsChangedOnlyByTheChannelThatSoldIt(t *testing.T) {
	rich := sold(t)
	rich.Balance = 1_000_000
	for name, c := range map[string]sale.Command{
		"upgrade": sale.Upgrade{InstanceID: "biz-1", VersionCode: 4, VmNumber: 500},
		"renewal": sale.Renew{InstanceID: "biz-1", Term: month(12), VmNumber: 5},
		"release": sale.Release{InstanceID: "biz-1", Channel: sale.API},
		"SetRenewal": sale.Renewal{
			InstanceID: "biz-1", Status: sale.AutoRenewal, Period: 1, Unit: sale.Month, Channel: sale.API,
		},
	} {
		t.Run("the API refuses the "+name+" of a market instance", func(t *testing.T) {
			refused(t, sale.SoldByMarketplace, c, rich, "2026-06-30 23:59:00")
			refused(t, sale.SoldByMarketplace, c, rich, "2026-07-02 00:00:00")
		})
	}
	for name, c := range map[string]sale.Command{
		"upgrade": sale.MarketUpgrade{InstanceID: "aegis-1", VersionCode: 4, VmNumber: 5},
		"renewal": sale.MarketRenew{InstanceID: "aegis-1", Ends: shanghai(t, "2036-01-01 00:00:00")},
		"refund":  sale.MarketRefund{InstanceID: "aegis-1", Ends: shanghai(t, noon), Confirmed: true},
		"expiry":  sale.MarketExpire{InstanceID: "aegis-1", Confirmed: true},
		"release": sale.Release{InstanceID: "aegis-1", Channel: sale.Market, Refund: true},
	} {
		t.Run("the marketplace may not touch an API instance: "+name, func(t *testing.T) {
			refused(t, sale.SoldByAPI, c, licensed(t), noon)
		})
	}
	t.Run("automatic renewal leaves a market instance alone", func(t *testing.T) {
		a := sold(t)
		a.Instance.AutoRenewMonths = 1
		refused(t, sale.NotApplicable, sale.AutoRenew{InstanceID: "biz-1", Expiry: a.Instance.Period.End(), Anytime: true}, a, "2026-06-30 12:00:00")
	})
	t.Run("an operator moves it, with a reason", func(t *testing.T) {
		adopt := sale.Adopt{InstanceID: "biz-1", Channel: sale.API, Reason: "contract 7"}
		d := decide(t, adopt, rich, noon)
		require.Equal(t, "contract 7", d.Order.Reason)
		decide(t, sale.Renew{InstanceID: "biz-1", Term: month(1), VmNumber: 5}, d.Account, noon)
		refused(t, sale.NotApplicable, adopt, d.Account, noon)
		adopt.Reason = ""
		refused(t, sale.OutOfRange, adopt, rich, noon)
	})
}

func TestARenewalTakesTheLaterEndInWhateverOrderRenewalsArrive(t *testing.T) {
	august, september := renewal(t, "2026-08-01 00:00:00"), renewal(t, "2026-09-01 00:00:00")
	for name, order := range map[string][]sale.Command{"in order": {august, september}, "the later one first": {september, august}} {
		t.Run(name, func(t *testing.T) {
			a := after(t, sold(t), "2026-06-10 00:00:00", order...)
			require.Equal(t, "2026-09-01 00:00:00", endOf(a))
			t.Run("and can be undone one by one", func(t *testing.T) {
				refused(t, sale.NoRenewalLeft, refund(t, "2026-07-01 00:00:00"), a, "2026-06-11 00:00:00")
				a := after(t, a, "2026-06-11 00:00:00", refund(t, "2026-08-01 00:00:00"), refund(t, "2026-07-01 00:00:00"))
				require.Equal(t, "2026-07-01 00:00:00", endOf(a))
				refused(t, sale.NoRenewalLeft, refund(t, "2026-06-01 00:01:00"), a, "2026-06-11 00:00:00")
			})
		})
	}
}

func TestARepeatedRefundUndoesNothing(t *testing.T) {
	a := after(t, sold(t), "2026-06-10 00:00:00", renewal(t, "2026-08-01 00:00:00"), refund(t, "2026-07-01 00:00:00"))
	refused(t, sale.NoRenewalLeft, refund(t, "2026-07-01 00:00:00"), a, "2026-06-11 00:00:00")
	again := decide(t, renewal(t, "2026-08-01 00:00:00"), a, "2026-06-12 00:00:00")
	require.Equal(t, "renewed after a refund", again.Order.Reason, "so that it is listed")
	require.Equal(t, "2026-08-01 00:00:00", endOf(again.Account))
}

func TestAConfirmedRefundCutsTheTermAndNeverExtendsIt(t *testing.T) {
	confirmed := refund(t, "2026-06-20 00:00:00")
	confirmed.Confirmed = true
	require.Equal(t, "2026-06-20 00:00:00", endOf(decide(t, confirmed, sold(t), "2026-06-10 00:00:00").Account))
	confirmed.Ends = shanghai(t, "2026-09-01 00:00:00")
	refused(t, sale.NoRenewalLeft, confirmed, sold(t), "2026-06-10 00:00:00")
}

func TestARefundUndoesNoTimeThatAnOperatorOrTheAPIGranted(t *testing.T) {
	t.Run("an operator's extension", func(t *testing.T) {
		extend := sale.Correct{InstanceID: "biz-1", Ends: shanghai(t, "2026-07-20 00:00:00"), Reason: "ticket 7"}
		a := after(t, sold(t), "2026-06-10 00:00:00", extend)
		refused(t, sale.NoRenewalLeft, refund(t, "2026-07-01 00:00:00"), a, "2026-06-11 00:00:00")
	})
	t.Run("a renewal that the API sold before the instance was adopted", func(t *testing.T) {
		a := licensed(t)
		a = after(t, a, "2026-05-20 00:00:00",
			sale.Renew{InstanceID: a.Instance.ID, Term: month(1), VmNumber: a.Machines},
			sale.Adopt{InstanceID: a.Instance.ID, Channel: sale.Market, Reason: "ticket 8"})
		undo := sale.MarketRefund{InstanceID: a.Instance.ID, Ends: a.Instance.Segments[1].From}
		refused(t, sale.NoRenewalLeft, undo, a, "2026-05-21 00:00:00")
	})
}

func TestAConfirmedRefundBeforeItsRenewalIsRecordedOnce(t *testing.T) {
	confirmed := refund(t, "2026-07-01 00:00:00")
	confirmed.Confirmed = true
	a := after(t, sold(t), "2026-06-10 00:00:00", confirmed)
	require.Equal(t, "2026-07-01 00:00:00", endOf(a))
	require.False(t, a.Instance.Refunded.IsZero(), "so that the marketplace is asked about a renewal that arrives late")
	refused(t, sale.NoRenewalLeft, confirmed, a, "2026-06-11 00:00:00")
}

func TestARenewalOutlivesAnUpgradeAndIsUndoneWhole(t *testing.T) {
	a := after(t, sold(t), "2026-06-10 00:00:00", renewal(t, "2026-08-01 00:00:00"))
	a = after(t, a, "2026-07-10 00:00:00", sale.MarketUpgrade{InstanceID: "biz-1", VersionCode: 2})
	require.Equal(t, 5, a.Instance.VmNumber, "no billing item: the machines stay")
	a = after(t, a, "2026-07-11 00:00:00", refund(t, "2026-07-01 00:00:00"))
	require.Equal(t, "2026-07-01 00:00:00", endOf(a))
}

func TestAnUpgradeThatIsThereAlreadyIsDone(t *testing.T) {
	refused(t, sale.NotApplicable, sale.MarketUpgrade{InstanceID: "biz-1", VersionCode: 1}, sold(t), noon)
}

func TestPaidTimeIsNotFrozenByTheMarketplacesWordAlone(t *testing.T) {
	expire := sale.MarketExpire{InstanceID: "biz-1"}
	refused(t, sale.PaidTimeLeft, expire, sold(t), "2026-06-30 22:59:59")
	t.Run("within an hour of the end it is marked, from the end on", func(t *testing.T) {
		a := decide(t, expire, sold(t), "2026-06-30 23:30:00").Account
		require.False(t, a.Instance.ExpiredAt(shanghai(t, "2026-06-30 23:59:59")))
		require.True(t, a.Instance.ExpiredAt(shanghai(t, "2026-07-01 00:00:00")))
		refused(t, sale.NotApplicable, expire, a, "2026-06-30 23:40:00")
	})
	t.Run("late, it is expired since its term ended", func(t *testing.T) {
		a := decide(t, expire, sold(t), "2026-07-05 00:00:00").Account
		require.WithinDuration(t, shanghai(t, "2026-07-01 00:00:00"), a.Instance.Expired, 0)
	})
	t.Run("confirmed, it is frozen at once and a renewal revives it", func(t *testing.T) {
		a := decide(t, sale.MarketExpire{InstanceID: "biz-1", Confirmed: true}, sold(t), "2026-06-10 00:00:00").Account
		refused(t, sale.InstanceExpired, sale.MarketUpgrade{InstanceID: "biz-1", VersionCode: 4, VmNumber: 9}, a, "2026-06-11 00:00:00")
		on, due, _ := a.Due()
		require.Equal(t, sale.Expired, on)
		require.WithinDuration(t, shanghai(t, "2026-06-10 00:00:00"), due, 0)
		renewed := decide(t, renewal(t, "2026-08-01 00:00:00"), a, "2026-06-12 00:00:00").Account
		require.False(t, renewed.Instance.ExpiredAt(shanghai(t, "2026-06-12 00:00:00")))
	})
}

func TestBuyingAgain(t *testing.T) {
	paid := sale.MarketCreate{InstanceID: "biz-2", VersionCode: 2, VmNumber: 5, Ends: shanghai(t, "2027-01-01 00:00:00")}
	trial := sale.MarketCreate{InstanceID: "biz-0", VersionCode: 1, VmNumber: 5, Term: month(1), Trial: true}

	t.Run("a trial yields to a paid order at once", func(t *testing.T) {
		a := decide(t, trial, sale.Account{Owner: "7"}, noon).Account
		require.True(t, a.Instance.Trial)
		d := decide(t, paid, a, noon)
		requireReplaced(t, d, "biz-0")
		require.Equal(t, "biz-2", d.Account.Instance.ID)
	})
	t.Run("but not to another trial", func(t *testing.T) {
		a := decide(t, trial, sale.Account{Owner: "7"}, noon).Account
		again := trial
		again.InstanceID = "biz-3"
		refused(t, sale.InstanceAlreadyExists, again, a, noon)
	})
	t.Run("a paid market instance yields when its end has passed", func(t *testing.T) {
		refused(t, sale.InstanceAlreadyExists, paid, sold(t), "2026-06-30 23:59:59")
		requireReplaced(t, decide(t, paid, sold(t), "2026-07-01 00:00:00"), "biz-1")
	})
	t.Run("an API instance yields to nobody", func(t *testing.T) {
		refused(t, sale.InstanceAlreadyExists, paid, licensed(t), "2026-12-01 00:00:00")
	})
	t.Run("a renewed trial is paid", func(t *testing.T) {
		a := decide(t, trial, sale.Account{Owner: "7"}, noon).Account
		a = decide(t, sale.MarketRenew{InstanceID: "biz-0", Ends: shanghai(t, "2026-09-01 00:00:00")}, a, noon).Account
		refused(t, sale.InstanceAlreadyExists, paid, a, noon)
	})
}

func requireReplaced(t *testing.T, d sale.Decision, old string) {
	t.Helper()
	require.Len(t, d.Earlier, 1)
	require.Equal(t, sale.ReleaseInstance, d.Earlier[0].Order.Operation)
	require.Equal(t, old, d.Earlier[0].Order.InstanceID)
	require.Equal(t, sale.ReleaseToken(old), d.Earlier[0].Token)
	require.Equal(t, []string{old}, d.Account.Released)
}
