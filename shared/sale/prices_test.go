package sale_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/sale"
)

func TestSingleHoursAreNotFree(t *testing.T) {
	cheap, err := sale.ParseCatalogue([]byte(`{"editions":[{"versionCode":1,"name":"a","rank":1,"monthlyFen":300}]}`))
	require.NoError(t, err)
	a := fresh()
	a.Machines = 1
	d, err := sale.Create{Term: month(1), VersionCode: 1, VmNumber: 1}.Decide(cheap, a, when(t, noon))
	require.NoError(t, err)
	d, err = sale.Renew{InstanceID: "aegis-1", Term: hour(1), VmNumber: 1}.Decide(cheap, d.Account, when(t, noon))
	require.NoError(t, err)
	require.Equal(t, sale.Fen(1), d.Order.Amount)
}

func TestHoursAndMonthsInTurnGainNoDay(t *testing.T) {
	a := licensed(t)
	end := a.Instance.Period.End()
	for range 36 {
		a = decide(t, sale.Renew{InstanceID: "aegis-1", Term: hour(1), VmNumber: 5}, a, noon).Account
		a = decide(t, sale.Renew{InstanceID: "aegis-1", Term: month(1), VmNumber: 5}, a, noon).Account
	}
	require.Equal(t, end.AddDate(3, 0, 0).Add(36*time.Hour), a.Instance.Period.End())
}

func TestUpgradingAYearOnItsFirstDayCostsWhatBuyingTheBetterEditionCosts(t *testing.T) {
	bought := decide(t, sale.Create{Term: year(1), VersionCode: 1, VmNumber: 1}, fresh(), "2026-05-10 00:00:00")
	upgraded := decide(t, sale.Upgrade{InstanceID: "aegis-1", VersionCode: 4, VmNumber: 1}, bought.Account, "2026-05-10 00:00:00")
	direct := decide(t, sale.Create{Term: year(1), VersionCode: 4, VmNumber: 1}, fresh(), "2026-05-10 00:00:00")
	require.Equal(t, direct.Order.Amount, bought.Order.Amount+upgraded.Order.Amount)
}

func TestAnUpgradeIsChargedAtTheRateOfEachStretchOfTime(t *testing.T) {
	a := decide(t, sale.Create{Term: month(1), VersionCode: 1, VmNumber: 1}, fresh(), "2026-06-01 00:00:00").Account
	a.Machines = 1
	a = decide(t, sale.Renew{InstanceID: "aegis-1", Term: year(1), VmNumber: 1}, a, "2026-06-01 00:00:00").Account
	d := decide(t, sale.Upgrade{InstanceID: "aegis-1", VersionCode: 4, VmNumber: 1}, a, "2026-06-01 00:00:00")
	require.Equal(t, sale.Fen(5000+50000), d.Order.Amount, "30 days by the month, then ten months for the year")

	paid := sale.Fen(0)
	for _, s := range d.Account.Instance.Segments {
		require.Equal(t, 4, s.VersionCode)
		paid += s.Amount
	}
	require.Equal(t, sale.Fen(1000+10000+55000), paid, "the segments hold all that was charged")
}

func TestTheTextNamesTheWayOutOfAnExpiredLicenceThatIsTooSmall(t *testing.T) {
	a := licensed(t)
	a.Machines = 6
	_, err := sale.Renew{InstanceID: "aegis-1", Term: month(1), VmNumber: 6}.Decide(sale.DefaultCatalogue(), a, when(t, "2026-06-20 00:00:00"))
	require.ErrorContains(t, err, "release instance aegis-1 and create another")
	_, err = sale.Upgrade{InstanceID: "aegis-1", VersionCode: 1, VmNumber: 6}.Decide(sale.DefaultCatalogue(), a, when(t, "2026-06-20 00:00:00"))
	require.ErrorContains(t, err, "release it and create another")
}

func TestPaidTimeHasNoGapsAndEndsWithTheTerm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, now := fresh(), time.Unix(1_780_000_000, 0)
		a.Balance = 1 << 50
		a.Machines = rapid.IntRange(1, 10).Draw(t, "actual machines")
		for range rapid.IntRange(1, 90).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "hours")) * time.Hour)
			d, err := drawCommand(t).Decide(sale.DefaultCatalogue(), a, sale.DecideContext{Now: now, OrderID: "o", InstanceID: "aegis-1"})
			if err == nil {
				a = d.Account
			}
			requirePaidTime(t, a.Instance)
		}
	})
}

func requirePaidTime(t *rapid.T, i *sale.Instance) {
	if i == nil {
		return
	}
	require.NotEmpty(t, i.Segments)
	require.LessOrEqual(t, len(i.Segments), sale.MaxSegments)
	for n, s := range i.Segments {
		require.True(t, s.From.Before(s.To), "segment %d", n)
		require.True(t, n == 0 || s.From.Equal(i.Segments[n-1].To), "no gap before segment %d", n)
	}
	last := i.Segments[len(i.Segments)-1]
	require.True(t, last.To.Equal(i.Period.End()))
	require.Equal(t, i.VersionCode, last.VersionCode)
	require.Equal(t, i.VmNumber, last.VmNumber)
}

func TestDepositsAndAdjustmentsAreOrdersWithAReason(t *testing.T) {
	d := decide(t, sale.Deposit{Fen: 500, Reference: "bank-1"}, fresh(), noon)
	require.Equal(t, sale.Fen(500), d.Order.Credit)
	require.Equal(t, "bank-1", d.Order.Reason)
	require.Equal(t, sale.Operator, d.Order.Channel)
	require.Equal(t, sale.Fen(1_000_500), d.Account.Balance)
	require.Equal(t, sale.Fen(1_000_500), d.Account.Deposited)

	down := decide(t, sale.Adjust{Fen: -1_000_500, Reason: "paid out"}, d.Account, noon)
	require.Zero(t, down.Account.Balance)
	refused(t, sale.NotEnoughBalance, sale.Adjust{Fen: -1, Reason: "paid out"}, down.Account, noon)
	refused(t, sale.OutOfRange, sale.Deposit{Fen: 0, Reference: "x"}, fresh(), noon)
	refused(t, sale.OutOfRange, sale.Deposit{Fen: -5, Reference: "x"}, fresh(), noon)
	refused(t, sale.OutOfRange, sale.Deposit{Fen: 5, Reference: ""}, fresh(), noon)
	refused(t, sale.OutOfRange, sale.Deposit{Fen: 5, Reference: "a\nb"}, fresh(), noon)
	refused(t, sale.OutOfRange, sale.Adjust{Fen: 5}, fresh(), noon)
	full := fresh()
	full.Balance, full.Deposited = math.MaxInt64-10, math.MaxInt64-10
	refused(t, sale.OutOfRange, sale.Deposit{Fen: 11, Reference: "x"}, full, noon)
}

func TestSetRenewal(t *testing.T) {
	set := func(status sale.RenewalStatus, period int, unit sale.Cycle) sale.Renewal {
		return sale.Renewal{InstanceID: "aegis-1", Status: status, Period: period, Unit: unit, Channel: sale.API}
	}
	a := decide(t, set(sale.AutoRenewal, 2, sale.Month), licensed(t), noon).Account
	require.Equal(t, 2, a.Instance.AutoRenewMonths)
	refused(t, sale.NotApplicable, set(sale.AutoRenewal, 2, sale.Month), a, noon)

	t.Run("by the year it is charged as a year", func(t *testing.T) {
		yearly := decide(t, set(sale.AutoRenewal, 1, sale.Year), licensed(t), noon).Account
		d := decide(t, autoRenew(t), yearly, "2026-06-02 08:00:00")
		require.Equal(t, sale.Fen(50_000), d.Order.Amount)
	})
	t.Run("not at all", func(t *testing.T) {
		off := decide(t, set(sale.NotRenewal, 0, ""), a, noon).Account
		require.Zero(t, off.Instance.AutoRenewMonths)
		require.True(t, off.Instance.NotRenewal)
		refused(t, sale.NotApplicable, autoRenew(t), off, "2026-06-02 08:00:00")
	})
	for _, bad := range []sale.Renewal{
		set("Sometimes", 1, sale.Month), set(sale.AutoRenewal, 0, sale.Month), set(sale.AutoRenewal, 13, sale.Month),
		set(sale.AutoRenewal, 11, sale.Year), set(sale.AutoRenewal, 1, sale.Day),
	} {
		refused(t, sale.OutOfRange, bad, licensed(t), noon)
	}
}

func TestACorrectionIsAnOrderWithAReason(t *testing.T) {
	c := sale.Correct{InstanceID: "aegis-1", Ends: shanghai(t, "2026-09-01 00:00:00"), VmNumber: 9, Reason: "ticket 12"}
	d := decide(t, c, licensed(t), noon)
	require.Equal(t, "ticket 12", d.Order.Reason)
	require.Equal(t, sale.Operator, d.Order.Channel)
	require.Equal(t, "2026-09-01 00:00:00", endOf(d.Account))
	require.Equal(t, 9, d.Account.Instance.VmNumber)
	c.Reason = ""
	refused(t, sale.OutOfRange, c, licensed(t), noon)
	shorter := decide(t, sale.Correct{InstanceID: "aegis-1", Ends: shanghai(t, "2026-05-20 00:00:00"), Reason: "x"}, d.Account, noon)
	require.Equal(t, "2026-05-20 00:00:00", endOf(shorter.Account))
}

func TestAmountsAreReadInYuan(t *testing.T) {
	for text, fen := range map[string]sale.Fen{"0": 0, "1": 100, "1.5": 150, "1234.56": 123456, "-0.01": -1} {
		got, err := sale.ParseFen(text)
		require.NoError(t, err, text)
		require.Equal(t, fen, got, text)
	}
	for _, text := range []string{"", "-", "1.", ".5", "1.234", "1e3", "1,000", "+1", "--1", "1234567890123456"} {
		_, err := sale.ParseFen(text)
		require.Error(t, err, text)
	}
}
