package sale_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/sale"
)

const noon = "2026-05-10 12:00:00"

func when(t testing.TB, at string) sale.DecideContext {
	return sale.DecideContext{Now: shanghai(t, at), OrderID: "order-1", InstanceID: "aegis-1"}
}

func fresh() sale.Account {
	return sale.Account{Owner: "1", Verified: true, Deposited: 1_000_000, Balance: 1_000_000, Machines: 5}
}

func with(change func(*sale.Account)) sale.Account {
	a := fresh()
	change(&a)
	return a
}

// licensed has edition 1 for 5 machines from noon to 11 June 00:00.
func licensed(t testing.TB) sale.Account {
	d, err := sale.Create{Term: month(1), VersionCode: 1, VmNumber: 5}.Decide(sale.DefaultCatalogue(), fresh(), when(t, noon))
	require.NoError(t, err)
	return d.Account
}

func TestCreateChargesTheWholeTermAtOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		create sale.Create
		price  sale.Fen
	}{
		{"the sample of the documentation", sale.Create{Term: month(1), VersionCode: 1, VmNumber: 3}, 3000},
		{"the published price", sale.Create{Term: month(1), VersionCode: 4, VmNumber: 1}, 6000},
		{"a year costs ten months", sale.Create{Term: year(1), VersionCode: 2, VmNumber: 2}, 60000},
		{"several months", sale.Create{Term: month(7), VersionCode: 3, VmNumber: 4}, 126000},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := c.create.Decide(sale.DefaultCatalogue(), fresh(), when(t, noon))
			require.NoError(t, err)
			require.Equal(t, c.price, d.Order.Amount)
			require.Equal(t, 1_000_000-c.price, d.Account.Balance)
			require.Equal(t, "aegis-1", d.Account.Instance.ID)
			require.Equal(t, d.Account.Instance.Period.End(), d.Order.Expires)
		})
	}
}

func TestUpgradeChargesTheDifferenceForTheTimeLeft(t *testing.T) {
	for _, c := range []struct {
		name, at string
		upgrade  sale.Upgrade
		price    sale.Fen
	}{
		{"thirty days left cost one month", "2026-05-12 00:00:00", sale.Upgrade{VersionCode: 2, VmNumber: 5}, 10000},
		{"half of that after fifteen days", "2026-05-27 00:00:00", sale.Upgrade{VersionCode: 2, VmNumber: 5}, 5000},
		{"more machines", "2026-05-12 00:00:00", sale.Upgrade{VersionCode: 1, VmNumber: 7}, 2000},
		{"both", "2026-05-12 00:00:00", sale.Upgrade{VersionCode: 4, VmNumber: 10}, 55000},
		{"the last second costs a fen", "2026-06-10 23:59:59", sale.Upgrade{VersionCode: 2, VmNumber: 5}, 1},
		{"259.2 seconds are a fen, 259 round up to one", "2026-06-10 23:55:41", sale.Upgrade{VersionCode: 2, VmNumber: 5}, 1},
		{"260 seconds round up to two", "2026-06-10 23:55:40", sale.Upgrade{VersionCode: 2, VmNumber: 5}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.upgrade.InstanceID = "aegis-1"
			before := licensed(t)
			d, err := c.upgrade.Decide(sale.DefaultCatalogue(), before, when(t, c.at))
			require.NoError(t, err)
			require.Equal(t, c.price, d.Order.Amount)
			require.Equal(t, before.Instance.Period, d.Account.Instance.Period, "the term stays")
			require.Equal(t, c.upgrade.VmNumber, d.Account.Instance.VmNumber)
		})
	}
}

func TestACheaperEditionOfHigherRankCostsAFenAndPaysNothingBack(t *testing.T) {
	cheaperAbove, err := sale.ParseCatalogue([]byte(`{"editions":[
		{"versionCode":1,"name":"a","rank":1,"monthlyFen":5000},{"versionCode":2,"name":"b","rank":2,"monthlyFen":10}]}`))
	require.NoError(t, err)
	d, err := sale.Upgrade{InstanceID: "aegis-1", VersionCode: 2, VmNumber: 5}.Decide(cheaperAbove, licensed(t), when(t, noon))
	require.NoError(t, err)
	require.Equal(t, sale.Fen(1), d.Order.Amount)
}

func TestRenewCharges(t *testing.T) {
	for _, c := range []struct {
		name string
		term sale.Term
		fen  sale.Fen
		end  string
	}{
		{"a month", month(1), 5000, "2026-07-11 00:00:00"},
		{"a year as ten months", year(1), 50000, "2027-06-11 00:00:00"},
		{"a day as a thirtieth, rounded up", day(1), 167, "2026-06-12 00:00:00"},
		{"an hour as 1/720, rounded up", hour(1), 7, "2026-06-11 01:00:00"},
		{"720 hours as a month", hour(720), 5000, "2026-07-11 00:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := sale.Renew{InstanceID: "aegis-1", Term: c.term, VmNumber: 5}.Decide(sale.DefaultCatalogue(), licensed(t), when(t, noon))
			require.NoError(t, err)
			require.Equal(t, c.fen, d.Order.Amount)
			require.Equal(t, shanghai(t, c.end), d.Order.Expires.In(sale.Shanghai()))
		})
	}
	t.Run("from the expiry even after it has passed", func(t *testing.T) {
		d, err := sale.Renew{InstanceID: "aegis-1", Term: month(1), VmNumber: 5}.Decide(sale.DefaultCatalogue(), licensed(t), when(t, "2026-06-20 00:00:00"))
		require.NoError(t, err)
		require.Equal(t, shanghai(t, "2026-07-11 00:00:00"), d.Order.Expires.In(sale.Shanghai()))
	})
}

func TestRefusals(t *testing.T) {
	create := func(change func(*sale.Create)) sale.Create {
		c := sale.Create{Term: month(1), VersionCode: 1, VmNumber: 5}
		change(&c)
		return c
	}
	renew := func(term sale.Term, machines int) sale.Renew {
		return sale.Renew{InstanceID: "aegis-1", Term: term, VmNumber: machines}
	}
	upgrade := func(version, machines int) sale.Upgrade {
		return sale.Upgrade{InstanceID: "aegis-1", VersionCode: version, VmNumber: machines}
	}
	same := func(*sale.Account) {}
	owned := licensed(t)
	more := owned
	more.Machines = 6
	poor := owned
	poor.Balance = 6
	released := fresh()
	released.Released = []string{"aegis-1"}
	for _, c := range []struct {
		name      string
		command   sale.Command
		account   sale.Account
		at        string
		code      sale.Code
		parameter string
	}{
		{"no real name", create(func(*sale.Create) {}), with(func(a *sale.Account) { a.Verified = false }), noon, sale.NotVerified, ""},
		{"a second instance", create(func(*sale.Create) {}), owned, noon, sale.InstanceAlreadyExists, ""},
		{"one fen short", create(func(*sale.Create) {}), with(func(a *sale.Account) { a.Balance = 4999 }), noon, sale.NotEnoughBalance, ""},
		{"no duration", create(func(c *sale.Create) { c.Term.Duration = 0 }), with(same), noon, sale.OutOfRange, "Duration"},
		{"eleven years", create(func(c *sale.Create) { c.Term = year(11) }), with(same), noon, sale.OutOfRange, "Duration"},
		{"a day's purchase", create(func(c *sale.Create) { c.Term = day(1) }), with(same), noon, sale.OutOfRange, "PricingCycle"},
		{"no machines", create(func(c *sale.Create) { c.VmNumber = 0 }), with(same), noon, sale.OutOfRange, "VmNumber"},
		{"501 machines", create(func(c *sale.Create) { c.VmNumber = 501 }), with(same), noon, sale.OutOfRange, "VmNumber"},
		{"an unknown edition", create(func(c *sale.Create) { c.VersionCode = 9 }), with(same), noon, sale.OutOfRange, "VersionCode"},
		{"automatic renewal without a duration", create(func(c *sale.Create) { c.AutoRenew = true }), with(same), noon, sale.OutOfRange, "AutoRenewDuration"},
		{"automatic renewal for 13 months", create(func(c *sale.Create) { c.AutoRenew, c.AutoRenewMonths = true, 13 }), with(same), noon, sale.OutOfRange, "AutoRenewDuration"},
		{"upgrade to the same", upgrade(1, 5), owned, noon, sale.UpgradeNotHigher, ""},
		{"upgrade to fewer machines", upgrade(2, 4), owned, noon, sale.UpgradeNotHigher, ""},
		{"upgrade at the moment of expiry", upgrade(2, 5), owned, "2026-06-11 00:00:00", sale.InstanceExpired, ""},
		{"upgrade without the money", upgrade(2, 5), poor, noon, sale.NotEnoughBalance, ""},
		{"upgrade of nothing", upgrade(2, 5), fresh(), noon, sale.InstanceNotFound, ""},
		{"upgrade of a released instance", upgrade(2, 5), released, noon, sale.InstanceReleased, ""},
		{"upgrade to an unknown edition", upgrade(9, 5), owned, noon, sale.OutOfRange, "VersionCode"},
		{"upgrade to 501 machines", upgrade(2, 501), owned, noon, sale.OutOfRange, "VmNumber"},
		{"renewal with another number of machines", renew(month(1), 4), owned, noon, sale.VmNumberMismatch, ""},
		{"renewal of more machines than licensed", renew(month(1), 6), more, noon, sale.VmNumberOverLicence, ""},
		{"renewal by the week", renew(sale.Term{Duration: 1, Cycle: "Week"}, 5), owned, noon, sale.OutOfRange, "PricingCycle"},
		{"renewal of a released instance", renew(month(1), 5), released, noon, sale.InstanceReleased, ""},
		{"renewal without the money", renew(hour(1), 5), poor, noon, sale.NotEnoughBalance, ""},
		{"renewal that would end in the past", renew(hour(1), 5), owned, "2026-06-11 01:00:00", sale.RenewalTooShort, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.command.Decide(sale.DefaultCatalogue(), c.account, when(t, c.at))
			var refusal *sale.Refusal
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, c.code, refusal.Code)
			require.Equal(t, c.parameter, refusal.Parameter)
		})
	}
}

func TestALowerRankIsNoUpgradeHoweverManyMachines(t *testing.T) {
	d, err := sale.Upgrade{InstanceID: "aegis-1", VersionCode: 2, VmNumber: 5}.Decide(sale.DefaultCatalogue(), licensed(t), when(t, noon))
	require.NoError(t, err)
	_, err = sale.Upgrade{InstanceID: "aegis-1", VersionCode: 1, VmNumber: 500}.Decide(sale.DefaultCatalogue(), d.Account, when(t, noon))
	var refusal *sale.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, sale.UpgradeNotHigher, refusal.Code)
}

func TestADecisionLeavesTheAccountItWasGivenAlone(t *testing.T) {
	before := licensed(t)
	instance := *before.Instance
	_, err := sale.Renew{InstanceID: "aegis-1", Term: month(1), VmNumber: 5}.Decide(sale.DefaultCatalogue(), before, when(t, noon))
	require.NoError(t, err)
	require.Equal(t, instance, *before.Instance)
}

func drawCommand(t *rapid.T) sale.Command {
	term := sale.Term{
		Duration: rapid.IntRange(-1, 13).Draw(t, "duration"),
		Cycle:    rapid.SampledFrom([]sale.Cycle{sale.Year, sale.Month, sale.Day, sale.Hour, ""}).Draw(t, "cycle"),
	}
	version, machines := rapid.IntRange(0, 5).Draw(t, "version"), rapid.IntRange(0, 12).Draw(t, "machines")
	return rapid.SampledFrom([]sale.Command{
		sale.Create{Term: term, VersionCode: version, VmNumber: machines},
		sale.Upgrade{InstanceID: "aegis-1", VersionCode: version, VmNumber: machines},
		sale.Renew{InstanceID: "aegis-1", Term: term, VmNumber: machines},
	}).Draw(t, "command")
}

func TestWhateverHappensTheMoneyAddsUpAndNothingShrinks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, spent, now := fresh(), sale.Fen(0), time.Unix(1_780_000_000, 0)
		a.Machines = rapid.IntRange(1, 10).Draw(t, "actual machines")
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "hours")) * time.Hour)
			d, err := drawCommand(t).Decide(sale.DefaultCatalogue(), a, sale.DecideContext{Now: now, OrderID: "o", InstanceID: "aegis-1"})
			if err != nil {
				continue
			}
			require.GreaterOrEqual(t, d.Order.Amount, sale.Fen(0))
			requireNothingShrinks(t, a.Instance, d.Account.Instance)
			a, spent = d.Account, spent+d.Order.Amount
			require.GreaterOrEqual(t, a.Balance, sale.Fen(0))
			require.Equal(t, a.Deposited-a.Balance, spent)
		}
	})
}

func requireNothingShrinks(t *rapid.T, before, after *sale.Instance) {
	if before == nil {
		return
	}
	require.GreaterOrEqual(t, after.VmNumber, before.VmNumber)
	require.GreaterOrEqual(t, after.VersionCode, before.VersionCode)
	require.False(t, after.Period.End().Before(before.Period.End()))
}
