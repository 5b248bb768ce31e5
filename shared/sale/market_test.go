package sale_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
)

// sold is an unverified account without money whose instance the marketplace sold
// until 1 July, by a message of 1 June.
func sold(t testing.TB) sale.Account {
	create := sale.MarketCreate{
		InstanceID: "biz-1", VersionCode: 4, VmNumber: 5,
		Ends: shanghai(t, "2026-07-01 00:00:00"), Sent: shanghai(t, "2026-06-01 00:00:00"),
	}
	return decide(t, create, sale.Account{Owner: "7"}, "2026-06-01 00:01:00").Account
}

func TestTheMarketplacesOrdersDoNotTouchTheBalance(t *testing.T) {
	a := sold(t)
	for _, c := range []sale.Command{
		sale.MarketUpgrade{Upgrade: sale.Upgrade{InstanceID: "biz-1", VersionCode: 4, VmNumber: 9}},
		sale.MarketTerm{InstanceID: "biz-1", Ends: shanghai(t, "2026-08-01 00:00:00")},
		sale.MarketTerm{InstanceID: "biz-1", Ends: shanghai(t, "2026-07-01 00:00:00"), Refund: true},
		sale.MarketExpire{InstanceID: "biz-1"},
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

func TestASkuWithoutAnEndHasATerm(t *testing.T) {
	create := sale.MarketCreate{InstanceID: "biz-1", VersionCode: 4, VmNumber: 5, Term: month(1)}
	d := decide(t, create, sale.Account{Owner: "7"}, noon)
	require.Equal(t, shanghai(t, "2026-06-11 00:00:00"), d.Order.Expires)
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

func TestOfTwoMessagesAboutATermTheLaterOneHolds(t *testing.T) {
	june := func(day string) string { return "2026-06-" + day + " 00:00:00" }
	renewal := func(sent, ends string) sale.MarketTerm {
		return sale.MarketTerm{InstanceID: "biz-1", Ends: shanghai(t, ends), Sent: shanghai(t, sent)}
	}
	first, second := renewal(june("10"), "2026-08-01 00:00:00"), renewal(june("20"), "2026-09-01 00:00:00")
	refund := sale.MarketTerm{InstanceID: "biz-1", Ends: shanghai(t, "2026-07-01 00:00:00"), Refund: true, Sent: shanghai(t, june("15"))}
	end := func(commands ...sale.Command) string {
		a := sold(t)
		for _, c := range commands {
			d, err := c.Decide(sale.DefaultCatalogue(), a, occasion(t, june("21")))
			if err == nil {
				a = d.Account
			}
		}
		require.True(t, a.Instance.Expired.IsZero())
		return a.Instance.Period.End().Format("2006-01-02")
	}
	require.Equal(t, "2026-09-01", end(first, second))
	require.Equal(t, "2026-09-01", end(second, first))
	require.Equal(t, "2026-07-01", end(first, refund))
	require.Equal(t, "2026-07-01", end(refund, first), "the refund was for it")
	require.Equal(t, "2026-09-01", end(second, refund), "the refund was for the first")
	require.Equal(t, "2026-09-01", end(second, sale.MarketExpire{InstanceID: "biz-1", Sent: shanghai(t, june("12"))}))
	t.Run("and one whose time nobody knows is taken at its word, but a renewal never shortens", func(t *testing.T) {
		second.Sent, first.Sent = first.Sent.AddDate(-9, 0, 0), first.Sent.AddDate(-9, 0, 0)
		require.Equal(t, "2026-07-01", end(second), "sent before the order itself")
		bare := sale.MarketTerm{InstanceID: "biz-1", Ends: shanghai(t, "2026-09-01 00:00:00")}
		shorter := sale.MarketTerm{InstanceID: "biz-1", Ends: shanghai(t, "2026-08-01 00:00:00")}
		require.Equal(t, "2026-09-01", end(bare, shorter))
	})
}

func TestAFrozenInstance(t *testing.T) {
	freeze := sale.MarketExpire{InstanceID: "biz-1"}
	a := decide(t, freeze, sold(t), "2026-06-10 00:00:00").Account
	refused(t, sale.Superseded, freeze, a, "2026-06-11 00:00:00")
	refused(t, sale.InstanceExpired, sale.Upgrade{InstanceID: "biz-1", VersionCode: 4, VmNumber: 9}, a, "2026-06-11 00:00:00")
	on, at, _ := a.Due()
	require.Equal(t, sale.Expired, on)
	require.WithinDuration(t, shanghai(t, "2026-06-10 00:00:00"), at, 0)
	renewed := decide(t, sale.MarketTerm{InstanceID: "biz-1", Ends: shanghai(t, "2026-08-01 00:00:00")}, a, "2026-06-12 00:00:00").Account
	require.False(t, renewed.Instance.ExpiredAt(shanghai(t, "2026-06-12 00:00:00")))
	t.Run("late, is expired since its term ended", func(t *testing.T) {
		a := decide(t, freeze, sold(t), "2026-07-05 00:00:00").Account
		require.WithinDuration(t, shanghai(t, "2026-07-01 00:00:00"), a.Instance.Expired, 0)
	})
}
