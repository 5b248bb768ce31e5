package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"

	"aegis/shared/local"
	"aegis/shared/local/customer"
)

// customers are who buy. Each owner has its own, who makes one purchase
// after another and remembers what was answered.
type customers struct {
	customers []*buyer

	calls, answers, refusals, unanswered atomic.Int64
}

// buyer is an owner's customer.
type buyer struct {
	customers *customers
	owner     string
	client    *customer.Customer
	rng       *rand.Rand
	instance  string
	machines  int
	open      *purchase // not answered yet

	mu        sync.Mutex
	answers   map[string]string // order by token
	conflicts []string          // two answers to one token
}

// purchase is a token with what it stands for.
type purchase struct {
	token string
	buy   func() (order string, err error)
}

func newCustomers(url string, seed uint64) *customers {
	m := &customers{}
	for i, owner := range local.ResellersOwners() {
		client, err := customer.New(customer.Config{URL: url, KeyID: local.ResellerKey, Secret: local.ResellerSecret, Owner: owner, AutoRetry: true})
		if err != nil {
			panic(err) // the stack's own URL
		}
		m.customers = append(m.customers, &buyer{customers: m, owner: owner, client: client, rng: rand.New(rand.NewPCG(seed, uint64(i))), answers: map[string]string{}})
	}
	return m
}

// open lets ten customers at a time buy until the context ends.
func (m *customers) open(ctx context.Context) {
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			for n := i; ctx.Err() == nil; n += 10 {
				m.customers[n%len(m.customers)].shop(ctx, 8)
			}
		})
	}
	all.Wait()
}

// settle has everyone finish what is open, undisturbed.
func (m *customers) settle(ctx context.Context) {
	for _, b := range m.customers {
		if b.open != nil {
			b.callUntilAnswered(ctx, 20)
		}
	}
}

// shop makes the next purchase and calls until it is answered, at most so often.
func (b *buyer) shop(ctx context.Context, calls int) {
	if b.open == nil {
		b.open = b.next()
	}
	b.callUntilAnswered(ctx, calls)
}

// next is the owner's next purchase: an instance first, then renewals and
// upgrades.
func (b *buyer) next() *purchase {
	token := fmt.Sprintf("%s-%d", b.owner, len(b.answers))
	switch {
	case b.instance == "":
		return &purchase{token, func() (string, error) {
			order, instance, err := b.client.Create(token, 1, 5, 1)
			if err == nil {
				b.mu.Lock()
				b.instance, b.machines = instance, 5
				b.mu.Unlock()
			}
			return order, err
		}}
	case b.rng.IntN(3) == 0 && b.machines < 100:
		machines := b.machines + 1
		b.machines = machines
		return &purchase{token, func() (string, error) { return b.client.Upgrade(token, b.instance, 1, machines) }}
	}

	return &purchase{token, func() (string, error) { return b.client.Renew(token, b.instance, 5, 1) }}
}

// callUntilAnswered calls, up to three times at once, until one of the calls is answered.
func (b *buyer) callUntilAnswered(ctx context.Context, calls int) {
	for range calls {
		if b.together(1 + b.rng.IntN(3)) {
			b.open = nil
			return
		}
		b.customers.unanswered.Add(1)
		if ctx.Err() != nil {
			return
		}
	}
}

func (b *buyer) together(twins int) (settled bool) {
	var all sync.WaitGroup
	var definite atomic.Bool
	for range twins {
		all.Go(func() {
			b.customers.calls.Add(1)
			if b.call() {
				definite.Store(true)
			}
		})
	}

	all.Wait()
	return definite.Load()
}

// call makes the open purchase once. It is settled by an order or a definite
// refusal.
func (b *buyer) call() (settled bool) {
	order, err := b.open.buy()
	if err == nil {
		b.customers.answers.Add(1)
		b.remember(b.open.token, order)
		return true
	}

	var refused *sdk.ServerError
	if errors.As(err, &refused) && refused.HttpStatus() < 500 && refused.ErrorCode() != "OperationConflict" && refused.ErrorCode() != "SignatureNonceUsed" {
		b.customers.refusals.Add(1)
		b.remember(b.open.token, "refused: "+refused.ErrorCode())
		return true
	}

	return false
}

// remember notes an answer, and that another one to the same token was different.
func (b *buyer) remember(token, answer string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if before, ok := b.answers[token]; ok && before != answer {
		b.conflicts = append(b.conflicts, fmt.Sprintf("token %s was answered %s and then %s", token, before, answer))
	}
	b.answers[token] = answer
}

// String says how much was bought.
func (m *customers) String() string {
	return fmt.Sprintf("%d calls by 100 owners, %d answered with an order, %d refused, %d rounds without an answer",
		m.calls.Load(), m.answers.Load(), m.refusals.Load(), m.unanswered.Load())
}

// enough reports whether so much was sold that the run proves something.
func (m *customers) enough(length time.Duration) error {
	if answers := m.answers.Load(); float64(answers) < 1000*length.Minutes() {
		return fmt.Errorf("only %d orders answered: too few to prove anything", answers)
	}
	return nil
}
