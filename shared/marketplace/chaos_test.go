package marketplace_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/marketplace"
	"aegis/shared/renewals"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

// chaos is a world of a few owners whose store fails as it likes: what it is
// asked is not done, or done and the answer lost, or the function dies there.
type chaos struct {
	*shop
	seed   uint64
	dice   *rand.Rand // the scheduler's
	calm   bool
	runner *renewals.Runner

	mu     sync.Mutex
	writes map[string]int // so far, by row and side
}

func newChaos(t *testing.T, seed uint64) *chaos {
	c := &chaos{shop: &shop{t: t, now: time.Date(2026, 6, 1, 1, 0, 0, 0, time.UTC)}, seed: seed, dice: rand.New(rand.NewPCG(seed, 7)), writes: map[string]int{}}
	c.gate = &storetest.Faulty{Client: storetest.NewMemory()}
	c.gate.BeforeCommit = func(_ int, w []store.Change) error { return c.strike("before", w[0].Key, store.ErrNotApplied) }
	c.gate.AfterCommit = func(_ int, w []store.Change) error {
		return c.strike("after", w[0].Key, store.ErrUnknown, store.ErrCondition)
	}
	clock := func() time.Time { return c.now }
	var err error
	c.books, err = ledger.New(ledger.Config{Store: c.gate, Clock: clock, Tries: 3})
	require.NoError(t, err)
	c.OrderProcessor, err = marketplace.New(marketplace.Config{Store: c.gate, Ledger: c.books, Secret: secret, Clock: clock})
	require.NoError(t, err)
	c.runner, err = renewals.New(renewals.Config{Ledger: c.books, Clock: clock})
	require.NoError(t, err)
	return c
}

// strike draws what befalls a write by its row and its number there, so that a seed
// decides it and not which goroutine came first.
func (c *chaos) strike(side string, row store.Key, faults ...error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	place := side + row.Partition + row.Sort
	c.writes[place]++
	hash := fnv.New64a()
	_, _ = fmt.Fprint(hash, c.seed, place, c.writes[place])
	dice := rand.New(rand.NewPCG(hash.Sum64(), 9))
	if c.calm || dice.IntN(100) >= 15 {
		return nil
	}
	return fmt.Errorf("chaos: %w", faults[dice.IntN(len(faults))])
}

// messages are what the marketplace has to say of an owner, and of another whose
// orders are wrong.
func (c *chaos) messages(owner string) []string {
	biz := "biz-" + owner
	return []string{
		create(biz, owner),
		message("renewInstance", "instanceId="+biz, "orderId=r1", "expiredOn=2028-01-01 00:00:00"),
		message("renewInstance", "instanceId="+biz, "orderId=r2", "expiredOn=2029-01-01 00:00:00"),
		message("upgradeInstance", "instanceId="+biz, "orderId=u1", "skuId=aegis-4", "vm_number=9"),
		"poison " + owner,
	}
}

// Batches of shuffled, doubled messages are delivered until each batch is
// answered for, with timers and a caller's own renewals in between; then every
// message is an order once or a dead letter, and the money adds up.
func TestNothingIsLostOrDoneTwiceWhateverFails(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := newChaos(t, rapid.Uint64().Draw(r, "seed"))
		ctx := context.Background()
		owners := []string{"3000000000000001", "3000000000000002"}
		c.calm = true
		callers := c.caller(r, "1000000000000001")
		var rest []string
		for _, owner := range owners {
			c.consume(create("biz-"+owner, owner)) // a marketplace does not renew what it has not been given
			rest = append(rest, c.messages(owner)...)
		}
		c.calm = false
		rest = append(rest, rest[c.dice.IntN(len(rest))], rest[c.dice.IntN(len(rest))])
		c.dice.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
		for len(rest) > 0 {
			n := min(1+c.dice.IntN(5), len(rest))
			c.deliver(r, batch(rest[:n]...))
			rest = rest[n:]
			c.now = c.now.Add(time.Duration(c.dice.IntN(9*24)) * time.Hour)
			_, _ = c.runner.Run(ctx, []renewals.Job{renewals.Due, renewals.Anytime}[c.dice.IntN(2)]) // what it leaves the next one finds
			if c.dice.IntN(2) == 0 {
				callers()
			}
		}
		c.calm = true
		for _, owner := range owners {
			c.check(r, owner, 4)
		}
		c.check(r, "1000000000000001", -1)
		letters := c.letters()
		if len(letters) != 2 {
			r.Fatalf("two poisons, and these letters: %v", letters)
		}
	})
}

// deliver is the platform: the batch comes again until it is answered for, in
// calm weather at last.
func (c *chaos) deliver(r *rapid.T, event []byte) {
	for try := 0; ; try++ {
		c.calm = try > 5
		_, err := c.Consume(context.Background(), event)
		if err == nil {
			c.calm = false
			return
		}
		if c.calm {
			r.Fatalf("a batch fails in calm weather: %v", err)
		}
	}
}

// caller buys an automatically renewed instance and returns how its owner renews
// it by hand.
func (c *chaos) caller(r *rapid.T, owner string) func() {
	ctx := context.Background()
	ledgertest.SetBalance(r, c.books, owner, 200_000)
	month := sale.Term{Duration: 1, Cycle: sale.Month}
	receipt, err := c.books.Sell(ctx, sale.Purchase{Owner: owner, Token: "buy", Command: sale.Create{Term: month, VersionCode: 1, VmNumber: 5, AutoRenew: true, AutoRenewMonths: 1}}, nil)
	require.NoError(r, err)
	n := 0
	return func() {
		n++
		_, _ = c.books.Sell(ctx, sale.Purchase{Owner: owner, Token: fmt.Sprint("hand-", n), Command: sale.Renew{InstanceID: receipt.InstanceID, Term: month, VmNumber: 5}}, nil)
	}
}

// check finds each order once, each term renewed once, and the money complete;
// of an owner of the marketplace also as many orders as there were messages.
func (c *chaos) check(r *rapid.T, owner string, orders int) {
	list := c.orders(owner)
	if orders >= 0 {
		list = slices.DeleteFunc(list, func(o ledger.Order) bool { return o.Channel == sale.Timer })
		require.Len(r, list, orders)
	}
	tokens, ends, sum := map[string]bool{}, map[int64]bool{}, map[sale.Channel]sale.Fen{}
	for _, o := range list {
		require.False(r, tokens[o.Token], "token %s twice", o.Token)
		tokens[o.Token] = true
		sum[o.Channel] += o.Amount
		if o.Operation == sale.RenewInstance && o.Channel != sale.Market {
			require.False(r, ends[o.Expires.UnixMilli()], "a term renewed twice")
			ends[o.Expires.UnixMilli()] = true
		}
	}
	a := c.account(owner)
	require.Zero(r, sum[sale.Market])
	require.Equal(r, a.Deposited-a.Balance, sum[sale.API]+sum[sale.Timer])
	if orders >= 0 {
		require.Equal(r, 9, a.Instance.VmNumber)
		require.Equal(r, 2028, a.Instance.Period.End().UTC().Year())
	}
}

func TestChaosStrikes(t *testing.T) {
	c := newChaos(t, 1)
	failed := 0
	for i := range 50 {
		_, err := c.Consume(context.Background(), batch(create(fmt.Sprint("biz-", i), fmt.Sprint(3000000000000000+i))))
		if err != nil {
			failed++
			require.True(t, errors.Is(err, sale.ErrUnavailable) || errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrNotApplied) || errors.Is(err, sale.ErrConflict), err)
		}
	}
	require.Greater(t, failed, 3, "else it proves nothing")
}
