package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMoneyIsCountedAsThePriceListsSay counts one case by hand. 1,000 calls of 30 ms at
// 0.1 vCPU and 128 MB are 7.5 + 3 + 0.56 + 0.75 = 11.8 CU.
func TestMoneyIsCountedAsThePriceListsSay(t *testing.T) {
	perCall := size{0.1, 128}.call(30-2*storeDistance.amount, 2)
	require.InDelta(t, 11.8, 1000*perCall/exchange.amount/priceCU.amount, 0.02)

	require.InDelta(t, (8*0.01+4*0.02)/10000, storeCost(8, 4), 1e-12)
}

func TestMoneyUsesTheFiguresOfTheRun(t *testing.T) {
	var out bytes.Buffer
	r, err := openReport(&out, "")
	require.NoError(t, err)
	for _, c := range costed() {
		r.add(figure{Name: c.name + ": store requests", Value: 3})
		r.add(figure{Name: c.name + ": read units", Value: 8})
		r.add(figure{Name: c.name + ": write units", Value: 4})
	}
	r.add(figure{Name: durationAt(deployed()), Value: 4})
	require.NoError(t, measureMoney(t.Context(), options{report: r}))

	month, ok := r.find("a month, small: 1,000 orders")
	require.True(t, ok)
	require.InDelta(t, 60*0.08*7.1, month, 1, "two queues, and the calls cost less than a yuan")
	large, _ := r.find("a month, large: 10,000,000 orders")
	require.Greater(t, large, 10*month)
	share, _ := r.find("time of instances if 20 calls share one, small: 1,000 orders")
	require.InDelta(t, 100, share, 0.1, "calls that hardly ever overlap share nothing")
	_, ok = r.find("1,000 new orders at 0.05 vCPU and 128 MB")
	require.False(t, ok, "what was not measured is not counted")
}
