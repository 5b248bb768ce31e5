package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"aegis/shared/marketplace"
	"aegis/shared/marketplace/marketbooks"
	"aegis/shared/store"
)

// marketSecret signs the marketplace's notifications.
const marketSecret = "simulated"

// peer is the marketplace: it sells by books of its own and notifies the vendor. A
// notification carries no date, comes once or often, in any order, and again verbatim.
type peer struct {
	mu     sync.Mutex
	books  marketbooks.Books
	calls  []*notification
	past   []snapshot // of the books, the newest last
	lag    time.Duration
	asked  bool // the vendor has credentials to ask with
	trades map[string]int
}

// notification is a call of the marketplace, and how often it is still to be delivered.
type notification struct {
	params   map[string]string
	event    []byte // as the queue delivers it
	left     int
	accepted bool // it has been done or kept once
	sold     time.Time
}

// snapshot is an instance as the books had it from a moment on.
type snapshot struct {
	at       time.Time
	id       string
	instance marketplace.Entitlement
}

func newPeer(rng *rand.Rand) *peer {
	lag := time.Duration(0)
	if rng.IntN(2) == 0 {
		lag = time.Duration(rng.IntN(50)) * time.Minute // its answers follow its word that late
	}
	return &peer{books: marketbooks.New(), lag: lag, trades: map[string]int{}}
}

// trade enters what a buyer does next into the books.
func (p *peer) trade(owner string, rng *rand.Rand, now time.Time) *notification {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.draw(owner, rng, now)
	i, params, err := p.books.Enter(t, now)
	if err != nil {
		panic("the marketplace draws only what it can do: " + err.Error())
	}
	p.trades[t.Action]++
	p.past = append(p.past, snapshot{now, i.ID, i.Entitlement()})

	n := &notification{params: params, left: 1, sold: now}
	switch rng.IntN(300) {
	case 0:
		n.left = 120 // the most there are
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20:
		n.left = 3
	}
	n.renew(0)
	p.calls = append(p.calls, n)
	return n
}

// draw picks what the owner's newest instance allows.
func (p *peer) draw(owner string, rng *rand.Rand, now time.Time) marketbooks.Trade {
	i := p.newest(owner)
	if i == nil || i.Status == marketplace.Closed || rng.IntN(12) == 0 {
		return marketbooks.Trade{Action: "createInstance", AliUID: owner, SkuID: "aegis-" + strconv.Itoa(1+rng.IntN(2)), VmNumber: 3, Trial: rng.IntN(4) == 0}
	}

	t := marketbooks.Trade{Instance: i.ID}
	over := !now.Before(i.End())
	owing := !over && i.Status == marketplace.Expired
	switch n := rng.IntN(14); {
	case n < 4 && len(i.Ends) > 1 && !over:
		t.Action = "refundRenewInstance"
	case n < 6 && !over && !owing:
		t.Action, t.SkuID = "upgradeInstance", "aegis-"+strconv.Itoa(3+rng.IntN(2))
	case n < 10 && over && i.Status != marketplace.Expired, n == 13 && !over && !owing:
		t.Action = "expiredInstance"
	case n < 7:
		t.Action, t.Refund = "releaseInstance", !over
	default:
		t.Action, t.Months, t.Arrears = "renewInstance", 1+rng.IntN(2), owing
	}

	return t
}

func tradeActions() []string {
	return []string{"createInstance", "renewInstance", "refundRenewInstance", "upgradeInstance", "expiredInstance", "releaseInstance"}
}

func (p *peer) newest(owner string) (newest *marketbooks.Instance) {
	for _, i := range p.books.Instances {
		if i.AliUID == owner && (newest == nil || i.OrderID > newest.OrderID) {
			newest = i
		}
	}
	return newest
}

func (n *notification) instance() string {
	if id := n.params["orderBizId"]; id != "" {
		return id
	}
	return n.params["instanceId"]
}

// renew makes the message of another call of the SPI with the same parameters.
func (n *notification) renew(repetition int) {
	params := maps.Clone(n.params)
	params["token"] = marketplace.Sign(n.params, marketSecret)
	event, err := json.Marshal(map[string]any{"requestId": strconv.Itoa(repetition), "params": params})
	if err != nil {
		panic(err) // texts cannot fail
	}
	n.event = event
}

// next picks a notification to deliver: most often one that is due, else any again. It
// is nil if there is none.
func (p *peer) next(rng *rand.Rand) *notification {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.calls) == 0 {
		return nil
	}

	n := p.calls[rng.IntN(len(p.calls))]
	for range 3 {
		if n.left > 0 {
			break
		}
		n = p.calls[rng.IntN(len(p.calls))]
	}

	return n
}

// delivered notes that a delivery was accepted. Half of what follows comes from the
// SPI anew, the rest is the queue's redelivery.
func (p *peer) delivered(n *notification, rng *rand.Rand) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n.accepted = true
	if n.left > 0 {
		n.left--
	}
	if rng.IntN(2) == 0 {
		n.renew(n.left)
	}
}

// entitlement is what the books answer at a moment.
func (p *peer) entitlement(instanceID string, now time.Time) (e marketplace.Entitlement, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err = fmt.Errorf("the marketplace knows no instance %s", instanceID)
	for _, s := range p.past {
		if s.id == instanceID && (err != nil || !s.at.Add(p.lag).After(now)) {
			e, err = s.instance, nil
		}
	}

	if err == nil && e.Status == marketplace.Opened && !now.Before(e.Ends) {
		e.Status = marketplace.Expired
	}
	return e, err
}

// truth asks the marketplace, over a network where the same can happen to a request as
// to one for the store.
type truth struct {
	*port
}

// Instance implements marketplace.Truth.
func (t truth) Instance(_ context.Context, instanceID string) (marketplace.Entitlement, error) {
	if err := t.ask(instanceID); err != nil {
		return marketplace.Entitlement{}, err
	}
	return t.world.peer.entitlement(instanceID, t.world.time())
}

// Paid implements marketplace.Truth.
func (t truth) Paid(_ context.Context, orderID string) (bool, error) {
	if err := t.ask(orderID); err != nil {
		return false, err
	}
	_, paid := t.world.peer.books.Orders[orderID]
	return paid, nil
}

func (t truth) ask(about string) error {
	f, err := t.park("asks the marketplace", ofReads, &store.Key{Partition: about})
	switch {
	case err != nil || f == crashBefore:
		return errDead
	case f == throttled:
		return errors.New("the marketplace does not answer")
	}
	return nil
}
