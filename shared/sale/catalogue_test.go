package sale_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/sale"
)

func TestABrokenCatalogueIsRefusedByItsFault(t *testing.T) {
	for fault, text := range map[string]string{
		"unexpected EOF":                     `{"editions":[`,
		"has no editions":                    `{}`,
		"unknown field":                      `{"editions":[{"price":1}]}`,
		"versionCode must be greater than 0": `{"editions":[{"name":"a","rank":1,"monthlyFen":1}]}`,
		"rank must be greater than 0":        `{"editions":[{"versionCode":1,"name":"a","monthlyFen":1}]}`,
		"name is empty":                      `{"editions":[{"versionCode":1,"rank":1,"monthlyFen":1}]}`,
		"monthlyFen must be from 1":          `{"editions":[{"versionCode":1,"rank":1,"name":"a","monthlyFen":10000001}]}`,
		"stands twice":                       `{"editions":[{"versionCode":1,"name":"a","rank":1,"monthlyFen":1},{"versionCode":1,"name":"b","rank":2,"monthlyFen":2}]}`,
	} {
		t.Run(fault, func(t *testing.T) {
			_, err := sale.ParseCatalogue([]byte(text))
			require.ErrorContains(t, err, fault)
		})
	}
}

func TestMoneyIsWrittenInYuan(t *testing.T) {
	for fen, text := range map[sale.Fen]string{0: "0.00", 5: "0.05", 123456: "1234.56", -5: "-0.05", -100: "-1.00"} {
		require.Equal(t, text, fen.String())
	}
}

// A day's renewal is the simplest way from outside to a proportion: it must be
// what exact arithmetic gives, rounded up, at the largest price and licence.
func TestProportionsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		monthly := rapid.Int64Range(1, int64(sale.MaxMonthlyFen)).Draw(t, "fen")
		days := rapid.IntRange(1, 3650).Draw(t, "days")
		machines := rapid.IntRange(1, sale.MaxVmNumber).Draw(t, "machines")
		require.Equal(t, exactly(monthly*int64(machines), int64(days), 30), renewalPrice(t, sale.Fen(monthly), machines, days))
	})
}

func exactly(amount, part, whole int64) sale.Fen {
	n := new(big.Int).Mul(big.NewInt(amount), big.NewInt(part))
	n.Add(n, big.NewInt(whole-1))
	return sale.Fen(n.Div(n, big.NewInt(whole)).Int64())
}

func renewalPrice(t *rapid.T, monthly sale.Fen, machines, days int) sale.Fen {
	c, err := sale.ParseCatalogue([]byte(`{"editions":[{"versionCode":1,"name":"a","rank":1,"monthlyFen":` + big.NewInt(int64(monthly)).String() + `}]}`))
	require.NoError(t, err)
	a := sale.Account{Balance: 1 << 60, Machines: machines, Instance: &sale.Instance{ID: "i", Channel: sale.API, VersionCode: 1, VmNumber: machines}}
	d, err := sale.Renew{InstanceID: "i", Term: day(days), VmNumber: machines}.Decide(c, a, sale.DecideContext{})
	require.NoError(t, err)
	return d.Order.Amount
}
