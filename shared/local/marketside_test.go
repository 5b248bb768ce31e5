package local_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/marketplace/marketbooks"
	"aegis/shared/sale"
)

// trade does business at the local marketplace.
func trade(t *testing.T, p *plaza, body string) marketbooks.Instance {
	t.Helper()
	r, err := http.Post(p.MarketURL+"/orders", "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer r.Body.Close()
	require.Equal(t, 200, r.StatusCode)
	var i marketbooks.Instance
	require.NoError(t, json.NewDecoder(r.Body).Decode(&i))
	return i
}

// Books of their own on both sides: what the marketplace sells is here, and an old
// word of it shortens nothing.
func TestBothBooksAgreeWhenTheMarketplaceIsPlayedToo(t *testing.T) {
	const buyer = "3000000000000005"
	p := openPlaza(t, func(c *local.Config) { c.Market = "127.0.0.1:0" })
	ends := func() time.Time {
		a, err := p.books.Account(t.Context(), buyer)
		if err != nil || a.Instance == nil {
			return time.Time{}
		}
		return a.Instance.Period.End()
	}
	bought := trade(t, p, `{"action":"createInstance","aliUid":"`+buyer+`","skuId":"aegis-1","months":2}`)
	require.Eventually(t, func() bool { return ends().Equal(bought.Ends[0]) }, 10*time.Second, 10*time.Millisecond)

	renewed := trade(t, p, `{"action":"renewInstance","instance":"`+bought.ID+`","months":12}`)
	require.Eventually(t, func() bool { return ends().Equal(renewed.Ends[1]) }, 10*time.Second, 10*time.Millisecond)

	p.send(signed("expiredInstance", "instanceId="+bought.ID)) // a repetition from before the renewal
	p.send(signed("refundRenewInstance", "instanceId="+bought.ID, "expiredOn="+bought.Ends[0].In(sale.Shanghai()).Format(time.DateTime)))
	p.settled(counts{Done: 2})
	require.True(t, ends().Equal(renewed.Ends[1]), "the marketplace was asked, and knows of no such end")

	refunded := trade(t, p, `{"action":"refundRenewInstance","instance":"`+bought.ID+`"}`)
	require.Len(t, refunded.Ends, 1)
	require.Eventually(t, func() bool { return ends().Equal(bought.Ends[0]) }, 10*time.Second, 10*time.Millisecond)

	var report struct {
		Looked int
		Differ []any
	}
	require.Equal(t, 200, p.do("POST", "/timers/renewals?check=true", "", &report))
	require.Equal(t, 1, report.Looked)
	require.Empty(t, report.Differ)
}
