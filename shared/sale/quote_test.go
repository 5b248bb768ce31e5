package sale_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
)

func TestAQuoteIsWhatTheSaleThenCharges(t *testing.T) {
	now := time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)
	catalogue := sale.DefaultCatalogue()
	at := sale.DecideContext{Now: now, OrderID: "o", InstanceID: "i"}
	bare := sale.Account{Owner: "1", Verified: true, Balance: 10_000_000, Machines: 5}
	bought, err := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}.Decide(catalogue, bare, at)
	require.NoError(t, err)

	for name, c := range map[string]struct {
		account  sale.Account
		command  sale.Command
		original sale.Fen
	}{
		"a month":    {bare, sale.Create{Term: sale.Term{Duration: 2, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}, 10_000},
		"a year":     {bare, sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Year}, VersionCode: 1, VmNumber: 5}, 60_000},
		"a renewal":  {bought.Account, sale.Renew{InstanceID: "i", Term: sale.Term{Duration: 1, Cycle: sale.Year}, VmNumber: 5}, 60_000},
		"an upgrade": {bought.Account, sale.Upgrade{InstanceID: "i", VersionCode: 2, VmNumber: 5}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			quote, err := sale.QuoteOf(c.command, catalogue, c.account, now)
			require.NoError(t, err)
			sold, err := c.command.Decide(catalogue, c.account, at)
			require.NoError(t, err)
			require.Nil(t, quote.Refusal)
			require.Equal(t, sold.Order.Amount, quote.Trade)
			require.True(t, sold.Order.Expires.Equal(quote.Expires))
			if c.original == 0 {
				c.original = quote.Trade
			}
			require.Equal(t, c.original, quote.Original)
			require.Equal(t, c.account.Balance, quote.Balance)
		})
	}
}

func TestAQuoteHasAPriceAlsoOfASaleThatWouldBeRefused(t *testing.T) {
	now := time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)
	create := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}
	for code, account := range map[sale.Code]sale.Account{
		sale.NotEnoughBalance:      {Verified: true, Balance: 10},
		sale.NotVerified:           {Balance: 10_000},
		sale.InstanceAlreadyExists: {Verified: true, Balance: 10_000, Instance: &sale.Instance{ID: "i"}},
	} {
		quote, err := sale.QuoteOf(create, sale.DefaultCatalogue(), account, now)
		require.NoError(t, err)
		require.Equal(t, code, quote.Refusal.Code)
		require.True(t, quote.Priced)
		require.EqualValues(t, 5_000, quote.Trade)
	}

	quote, err := sale.QuoteOf(sale.Upgrade{InstanceID: "none", VersionCode: 2, VmNumber: 5}, sale.DefaultCatalogue(), sale.Account{}, now)
	require.NoError(t, err)
	require.Equal(t, sale.InstanceNotFound, quote.Refusal.Code)
	require.False(t, quote.Priced)
}

func TestAQuoteOfWrongParametersIsRefused(t *testing.T) {
	_, err := sale.QuoteOf(sale.Create{}, sale.DefaultCatalogue(), sale.Account{}, time.Now())
	refusal, ok := errors.AsType[*sale.Refusal](err)
	require.True(t, ok)
	require.True(t, refusal.OfForm())
}
