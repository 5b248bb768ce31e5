package local_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/local"
	"aegis/shared/local/localtest"
	"aegis/shared/local/queue"
	"aegis/shared/local/sample"
	"aegis/shared/marketplace"
	"aegis/shared/sale"
	"aegis/shared/store/storetest"
)

// plaza is a stack as the marketplace and its operator see it.
type plaza struct {
	*local.Stack
	t     *testing.T
	books *ledger.Ledger
}

func openPlaza(t *testing.T, change ...func(*local.Config)) *plaza {
	t.Helper()
	quick := func(c *local.Config) { c.Queue = queue.Config{RetryScale: 0.001, Window: 20 * time.Millisecond} }
	s := localtest.Start(t, append([]func(*local.Config){quick}, change...)...)
	books, err := ledger.New(ledger.Config{Store: storetest.Open(t, s.StoreURL)})
	require.NoError(t, err)
	return &plaza{s, t, books}
}

func (p *plaza) do(method, path, body string, answer any) int {
	p.t.Helper()
	r, err := http.NewRequest(method, p.URL+path, strings.NewReader(body))
	require.NoError(p.t, err)
	response, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(p.t, err)
	if answer != nil {
		require.NoError(p.t, json.Unmarshal(text, answer), string(text))
	}
	return response.StatusCode
}

// signed are a call's parameters with its token.
func signed(action string, params ...string) map[string]string {
	call := map[string]string{"action": action}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		call[name] = value
	}
	call["token"] = marketplace.Sign(call, local.MarketSecret)
	return call
}

func (p *plaza) spi(params map[string]string) (status int, answer marketplace.Answer) {
	p.t.Helper()
	query := url.Values{}
	for name, value := range params {
		query.Set(name, value)
	}
	status = p.do("GET", "/market/spi?"+query.Encode(), "", &answer)
	return status, answer
}

func (p *plaza) send(params map[string]string) {
	p.t.Helper()
	body, err := json.Marshal(params)
	require.NoError(p.t, err)
	p.sendText(string(body))
}

func (p *plaza) sendText(body string) {
	p.t.Helper()
	var sent struct{ ID string }
	require.Equal(p.t, 200, p.do("POST", "/queues/market-orders/messages", body, &sent))
	require.NotEmpty(p.t, sent.ID)
}

type counts struct{ Waiting, Inflight, Done, Dead int }

func (p *plaza) settled(want counts) {
	p.t.Helper()
	var c counts
	require.Eventually(p.t, func() bool {
		p.do("GET", "/queues/market-orders", "", &c)
		return c == want
	}, 20*time.Second, 10*time.Millisecond, "%+v", &c)
}

func (p *plaza) account(owner string) sale.Account {
	p.t.Helper()
	a, err := p.books.Account(context.Background(), owner)
	require.NoError(p.t, err)
	return a
}

func (p *plaza) orders(owner string) []ledger.Order {
	p.t.Helper()
	orders, _, err := p.books.Orders(context.Background(), owner, "", 100)
	require.NoError(p.t, err)
	return orders
}

// moveTo moves the sale's clock.
func (p *plaza) moveTo(to time.Time) {
	p.t.Helper()
	body := fmt.Sprintf(`{"offset":%q}`, time.Until(to).Round(time.Second))
	require.Equal(p.t, 200, p.do("POST", "/clock", body, nil))
}

func TestTheMarketplaceSellsThroughTheSPI(t *testing.T) {
	p := openPlaza(t)
	create := signed("createInstance", "aliUid=3000000000000001", "orderBizId=biz-1", "orderId=o-1", "productCode=p", "skuId=aegis-4",
		"trial=false", "vm_number=7", "expiredOn=2099-01-01 00:00:00", "template=a b&c")
	status, first := p.spi(create)
	require.Equal(t, 200, status)
	require.Equal(t, "0", first.InstanceID, "it is in the queue")
	require.Eventually(t, func() bool { _, a := p.spi(create); return a.InstanceID == "biz-1" }, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, 7, p.account("3000000000000001").Instance.VmNumber)

	_, renewed := p.spi(signed("renewInstance", "instanceId=biz-1", "orderId=o-2", "expiredOn=2099-06-01 00:00:00"))
	require.Equal(t, "true", renewed.Success)
	require.Eventually(t, func() bool { return len(p.orders("3000000000000001")) == 2 }, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, sale.Market, p.orders("3000000000000001")[0].Channel)

	create["aliUid"] = "3000000000000002"
	status, forged := p.spi(create)
	require.Equal(t, 403, status)
	require.Equal(t, "false", forged.Success)
	status, _ = p.spi(signed("danceInstance", "instanceId=biz-1"))
	require.Equal(t, 400, status)
}

func TestEveryMessageIsDoneOrADeadLetter(t *testing.T) {
	p := openPlaza(t, func(c *local.Config) { c.Queue.Duplicates, c.Queue.Reorder = 20, true })
	for i := range 40 {
		p.send(signed("createInstance", fmt.Sprint("aliUid=", 3000000000000000+i), fmt.Sprint("orderBizId=biz-", i), fmt.Sprint("orderId=o-", i),
			"productCode=p", "skuId=aegis-4", "trial=false", "expiredOn=2099-01-01 00:00:00"))
		if i%10 == 0 {
			p.sendText(fmt.Sprint("poison ", i))
		}
		if i == 20 {
			for _, pid := range p.Runtime.Pids("marketorders") {
				kill(t, pid)
			}
		}
	}
	p.settled(counts{Done: 40, Dead: 4})
	for i := range 40 {
		require.Len(t, p.orders(fmt.Sprint(3000000000000000+i)), 1)
	}
	var letters []struct{ ID, Reason, Message string }
	p.do("GET", "/queues/market-orders/dead", "", &letters)
	require.Len(t, letters, 4)
	require.Contains(t, letters[0].Reason, "neither JSON nor base64")
	require.Contains(t, letters[0].Message, "poison ")
	require.Equal(t, 413, p.do("POST", "/queues/market-orders/messages", strings.Repeat("x", 32<<20), nil))
}

func TestAnAccountIsRenewedExpiredAndReleasedAsTimeMoves(t *testing.T) {
	p := openPlaza(t)
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	owner := local.ResellersOwners()[0]
	call, err := sample.Load(root, "pop", []string{"OwnerId=" + owner, "PricingCycle=Month", "AutoRenewDuration=1"})
	require.NoError(t, err)
	require.Equal(t, 200, p.do("POST", strings.TrimPrefix(call.URL(p.URL, time.Now()), p.URL), "", nil))
	expiry := func() time.Time { return p.account(owner).Instance.Period.End() }
	first := expiry()
	buyer := localtest.For(t, p.Stack, owner)

	var report struct{ Renewed, Expired, Released int }
	p.moveTo(first.Add(-5*24*time.Hour + 10*time.Hour)) // 10:00 in UTC+8
	require.Equal(t, 200, p.do("POST", "/timers/renewals", "", &report))
	require.Equal(t, 1, report.Renewed)
	require.True(t, expiry().After(first))
	summary, err := buyer.Summary() // signed by the real clock
	require.NoError(t, err)
	require.Equal(t, expiry().UnixMilli(), summary.Expires.UnixMilli())

	ledgertest.SetBalance(t, p.books, owner, 0)
	p.moveTo(expiry().Add(10 * time.Hour))
	p.do("POST", "/timers/renewals", "", &report)
	require.Equal(t, 1, report.Expired)
	_, err = buyer.Upgrade("too late", summary.InstanceID, 4, 9)
	requireCode(t, err, "InvalidInstanceStatus.Expired")
	requireCode(t, buyer.Release("aegis-nobodys"), "InvalidInstanceId.NotFound")
	p.moveTo(expiry().Add(15*24*time.Hour + 10*time.Hour))
	p.do("POST", "/timers/renewals", "", &report)
	require.Equal(t, 1, report.Released)
	require.Nil(t, p.account(owner).Instance)
	for i, channel := range []sale.Channel{sale.Timer, sale.Timer, sale.Timer, sale.API} {
		require.Equal(t, channel, ledgertest.Sales(t, p.books, owner)[i].Channel)
	}
	require.NoError(t, buyer.Release(summary.InstanceID), "who asks for it again is told the same")
	require.Equal(t, 400, p.do("POST", "/clock", `{"offset":"soon"}`, nil))
}

func TestTheTimerFiresByItself(t *testing.T) {
	p := openPlaza(t)
	p.send(signed("createInstance", "aliUid=3000000000000001", "orderBizId=biz-1", "orderId=o-1", "skuId=aegis-4", "expiredOn=2099-01-01 00:00:00"))
	p.settled(counts{Done: 1})
	p.moveTo(time.Date(2099, 1, 1, 8, 9, 59, 0, sale.Shanghai()))
	require.Eventually(t, func() bool { return !p.account("3000000000000001").Instance.Expired.IsZero() }, 10*time.Second, 50*time.Millisecond,
		"at minute 10 of the hour")
}

func TestTheQueueOutlivesTheStack(t *testing.T) {
	dir := t.TempDir()
	durable := func(c *local.Config) {
		c.Data, c.BuildDir = dir, localtest.BuildDir(t)
		c.Settings = map[string]string{"TABLESTORE_ENDPOINT": "http://127.0.0.1:1"} // orders cannot be done
	}
	var sent []map[string]string
	func() {
		config := local.Config{Progress: io.Discard, Queue: queue.Config{RetryScale: 1}}
		durable(&config)
		s, err := local.Start(context.Background(), config)
		require.NoError(t, err)
		p := &plaza{Stack: s, t: t}
		for i := range 5 {
			sent = append(sent, signed("createInstance", fmt.Sprint("aliUid=", 3000000000000000+i), fmt.Sprint("orderBizId=biz-", i), fmt.Sprint("orderId=o-", i),
				"productCode=p", "skuId=aegis-4", "trial=false"))
			p.send(sent[i])
		}
		require.NoError(t, s.Close())
	}()
	p := openPlaza(t, durable, func(c *local.Config) { c.Settings = nil })
	p.settled(counts{Done: 5})
	for i := range 5 {
		require.Len(t, p.orders(fmt.Sprint(3000000000000000+i)), 1)
	}
}
