package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/local"
	orders "aegis/shared/marketplace"
	"aegis/shared/sale"
)

// peer is the marketplace: it orders through the SPI, repeats what is not
// answered, and now and then a message is poison. Meanwhile time moves and the
// timer fires.
type peer struct {
	url string

	mu     sync.Mutex
	taken  map[string][]string // by buyer: the tokens of the orders that were taken
	poison int
	calls  atomic.Int64
	fired  atomic.Int64
	met    atomic.Int64 // calls about owners who buy by the API
}

func newPeer(url string) *peer { return &peer{url: url, taken: map[string][]string{}} }

// open sells to one buyer after another, five at a time, until the context ends.
func (p *peer) open(ctx context.Context) {
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() {
			for n := i; ctx.Err() == nil; n += 5 {
				p.sell(ctx, n)
			}
		})
	}

	all.Go(func() { p.time(ctx) })
	all.Go(func() { p.meetAPI(ctx) })
	all.Wait()
}

// meetAPI orders for owners who buy by the API at the same time, and speaks of their
// instances as if it had sold them: what is not the marketplace's it must not touch. Each call
// is repeated, and its letters with it, so that the timer has an end of those that it tries.
func (p *peer) meetAPI(ctx context.Context) {
	for n := 0; ctx.Err() == nil && p.waitForRoom(ctx) == nil; n++ {
		owner := local.ResellersOwners()[n%20]
		biz := "biz-" + owner
		for _, call := range []map[string]string{
			{"action": "createInstance", "aliUid": owner, "orderBizId": biz, "orderId": "meet-" + owner, "skuId": "aegis-4", "trial": "false", "expiredOn": "2099-01-01 00:00:00"},
			{"action": "renewInstance", "instanceId": biz, "orderId": "meet-r-" + owner, "expiredOn": "2099-06-01 00:00:00"},
			{"action": "expiredInstance", "instanceId": biz},
			{"action": "refundRenewInstance", "instanceId": biz, "expiredOn": "2099-01-01 00:00:00"},
		} {
			call["token"] = orders.Sign(call, local.MarketSecret)
			query := url.Values{}
			for name, value := range call {
				query.Set(name, value)
			}
			p.calls.Add(1)
			if _, err := p.do(context.WithoutCancel(ctx), "GET", "/market/spi?"+query.Encode(), ""); err == nil {
				p.met.Add(1)
			}
		}
		pause(ctx, 100*time.Millisecond)
	}
}

// waitForRoom waits until few messages are in the queue, which is consumed in one line. With
// a longer one the buyers would wait for each other, and less would meet.
func (p *peer) waitForRoom(ctx context.Context) error {
	for {
		c, err := p.queue(ctx)
		if ctx.Err() != nil || err == nil && c.Waiting < 100 {
			return ctx.Err()
		}
		pause(ctx, 50*time.Millisecond)
	}
}

// sell orders an instance for a buyer, and when there is one, more of it.
func (p *peer) sell(ctx context.Context, n int) {
	owner, biz := fmt.Sprint(3_000_000_000_000_001+n), fmt.Sprint("biz-", n)
	ends := func(days int) string {
		return "expiredOn=" + time.Now().AddDate(0, 0, days).In(sale.Shanghai()).Format("2006-01-02") + " 00:00:00"
	}
	bought := p.order(ctx, owner, biz, "create", func(a orders.Answer) bool { return a.InstanceID == biz },
		"action=createInstance", "aliUid="+owner, "orderBizId="+biz, "productCode=p", "skuId=aegis-4", "trial=false", ends(5))
	if !bought {
		return
	}

	accepted := func(a orders.Answer) bool { return a.Success == "true" }
	for i := range 3 {
		p.order(ctx, owner, biz, fmt.Sprint("renew-", i), accepted, "action=renewInstance", "instanceId="+biz, ends(10*(i+2)))
	}

	if n%3 == 0 {
		p.mu.Lock()
		p.poison++
		p.mu.Unlock()
		_, _ = p.do(ctx, "POST", "/queues/"+orders.Queue+"/messages", fmt.Sprint("poison ", n)) // the gateway is never killed
	}
}

// order calls the SPI until it answers as wanted, less and less often, and remembers the
// order.
func (p *peer) order(ctx context.Context, owner, biz, id string, wanted func(orders.Answer) bool, params ...string) bool {
	call := map[string]string{"orderId": id}
	query := url.Values{}
	for _, param := range params {
		name, value, _ := strings.Cut(param, "=")
		call[name] = value
	}

	call["token"] = orders.Sign(call, local.MarketSecret)
	for name, value := range call {
		query.Set(name, value)
	}

	for wait := 20 * time.Millisecond; ctx.Err() == nil; wait = min(2*wait, time.Second) {
		p.calls.Add(1)
		var answer orders.Answer
		body, err := p.do(context.WithoutCancel(ctx), "GET", "/market/spi?"+query.Encode(), "")
		if err == nil && json.Unmarshal(body, &answer) == nil && wanted(answer) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.taken[owner] = append(p.taken[owner], sale.DerivedToken("market", call["action"], biz, id))
			return true
		}
		pause(ctx, wait)
	}

	return false
}

// time moves the clock between today and eight days from now, and fires the timer, every
// other time twice at once.
func (p *peer) time(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		if n%10 == 0 {
			_, _ = p.do(ctx, "POST", "/clock", fmt.Sprintf(`{"offset":"%dh"}`, 24*(n/10%9)))
		}
		var twice sync.WaitGroup
		for range 1 + n%2 {
			twice.Go(func() {
				if _, err := p.do(ctx, "POST", "/timers/renewals?anytime=true", ""); err == nil {
					p.fired.Add(1)
				}
			})
		}
		twice.Wait()
		pause(ctx, 500*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (p *peer) do(ctx context.Context, method, path, body string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, p.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}

	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}

	return text, err
}

// settle waits until every message has its end, and holds them against what was
// sent: the poisons are dead letters and nothing else is.
func (p *peer) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		c, err := p.queue(ctx)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("the queue does not come to an end: %w", err)
		}
		if c.Waiting+c.Inflight == 0 {
			if c.Dead != p.poison {
				return fmt.Errorf("%d messages were poison, %d are dead", p.poison, c.Dead)
			}
			return nil
		}
		pause(ctx, 50*time.Millisecond)
	}
}

// counts are how many messages of the order queue are where.
type counts struct{ Waiting, Inflight, Done, Dead int }

func (p *peer) queue(ctx context.Context) (c counts, err error) {
	body, err := p.do(ctx, "GET", "/queues/"+orders.Queue, "")
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(body, &c)
}

// audit finds every order that was taken once, and no money in any of them.
func (p *peer) audit(ctx context.Context, books *ledger.Ledger) error {
	var violations []error
	for owner, tokens := range p.taken {
		list, _, err := books.Orders(ctx, owner, "", 1000)
		wrong, failed := books.Audit(ctx, owner, nil)
		violations = append(append(violations, err, failed), wrong...)
		times := map[string]int{}
		for _, o := range list {
			if times[o.Token]++; o.Channel == sale.API || o.Amount != 0 {
				violations = append(violations, fmt.Errorf("owner %s: order %s of channel %s costs %s", owner, o.ID, o.Channel, o.Amount))
			}
		}
		for _, token := range tokens {
			if times[token] != 1 {
				violations = append(violations, fmt.Errorf("owner %s: %d orders for %s", owner, times[token], token))
			}
		}
	}

	return errors.Join(violations...)
}

// String says how much was ordered.
func (p *peer) String() string {
	return fmt.Sprintf("%d calls of the marketplace for %d buyers, %d about owners who buy by the API, %d messages of poison, %d firings of the timer",
		p.calls.Load(), len(p.taken), p.met.Load(), p.poison, p.fired.Load())
}

// enough reports whether so much was ordered that the run proves something.
func (p *peer) enough(length time.Duration) error {
	if float64(p.met.Load()) < 100*length.Minutes() {
		return fmt.Errorf("the marketplace met the API %d times only: too few to prove anything", p.met.Load())
	}
	if float64(p.fired.Load()) < 2*length.Minutes() {
		return fmt.Errorf("the timer fired %d times only: too few to prove anything", p.fired.Load())
	}
	if float64(len(p.taken)) < 10*length.Minutes() {
		return fmt.Errorf("the marketplace sold to %d buyers only: too few to prove anything", len(p.taken))
	}
	return nil
}
