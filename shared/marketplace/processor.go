package marketplace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// Queue is the name of the order queue wherever there is one.
const Queue = "market-orders"

// Config wires an OrderProcessor. Store, Ledger and Secret must be set.
type Config struct {
	Store  store.Client
	Ledger *ledger.Ledger
	Secret string           // of the marketplace's tokens
	Skus   Skus             // nil: the embedded sample
	Truth  Truth            // nil: the marketplace is not asked
	Clock  func() time.Time // of terms and dead letters; nil: time.Now
	Log    io.Writer        // nil: nowhere
	Level  slog.Level       // of the log; zero: INFO

	Parallel int // how many instances' messages, or letters, are handled at once; 0: 16
}

// OrderProcessor processes the marketplace's orders. It is safe for concurrent use.
type OrderProcessor struct {
	store   store.Client
	ledger  *ledger.Ledger
	secret  string
	skus    Skus
	truth   Truth
	clock   func() time.Time
	log     *slog.Logger
	letters *DeadLetterStore

	parallel int
}

// New makes an OrderProcessor.
func New(c Config) (*OrderProcessor, error) {
	if c.Store == nil || c.Ledger == nil || c.Secret == "" {
		return nil, errors.New("make order processor: store, ledger and secret must be set")
	}
	if c.Skus == nil {
		c.Skus = DefaultSkus()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	if c.Parallel == 0 {
		c.Parallel = defaultParallel
	}

	return &OrderProcessor{
		store: c.Store, ledger: c.Ledger, secret: c.Secret, skus: c.Skus, truth: c.Truth, clock: c.Clock,
		log: slog.New(slog.NewJSONHandler(c.Log, &slog.HandlerOptions{Level: c.Level})), letters: NewDeadLetterStore(c.Store, Queue, c.Clock), parallel: c.Parallel,
	}, nil
}

// Parse returns the order of a message's body, or a *PermanentError. A letter whose
// token was verified before it was stored needs no token again.
func (p *OrderProcessor) Parse(m Message) (Call, Order, error) {
	c, err := ParseCall(m.Body)
	if err != nil {
		return Call{}, Order{}, err
	}

	if c.ID == "" {
		c.ID = m.ID
	}
	if !m.Verified {
		if name := Ambiguous(c.Params); name != "" {
			return Call{}, Order{Action: c.Params["action"]}, permanent("Parameter %.64q could be read as two: its token proves nothing.", name)
		}
		if !Verify(c.Params, p.secret) {
			return Call{}, Order{Action: c.Params["action"]}, permanent("The token is wrong.")
		}
	}

	o, err := ParseOrder(c, p.skus)
	return c, o, err
}

// Process records an order in the ledger, or finds it there. A *PermanentError can
// never succeed in the current state; a *HeldError has to wait; after any other error
// it may have succeeded and has to be delivered again. confirmed means that an operator
// has confirmed what the order asks for.
func (p *OrderProcessor) Process(ctx context.Context, o Order, confirmed bool) (sale.Receipt, error) {
	if err := p.findOwner(ctx, &o); err != nil {
		return sale.Receipt{}, err
	}

	instance, err := p.instanceOf(ctx, o)
	if err != nil {
		return sale.Receipt{}, err
	}

	s, err := p.plan(ctx, o, instance, confirmed)
	if err != nil || s == nil {
		return sale.Receipt{}, err
	}

	receipt, err := p.ledger.Sell(ctx, sale.Purchase{Owner: o.Owner, Token: s.token, Caller: "market", Command: s.command}, nil)
	return receipt, verdict(o, err)
}

// instanceOf returns the owner's instance, nil if there is none. The first order of a
// buyer opens an account.
func (p *OrderProcessor) instanceOf(ctx context.Context, o Order) (*sale.Instance, error) {
	account, err := p.ledger.Account(ctx, o.Owner)
	if o.Action == createInstance && errors.Is(err, sale.ErrNoAccount) {
		account = buyer(o)
		_, err = p.ledger.OpenAccount(ctx, account)
	}
	if err != nil {
		return nil, err
	}

	i := account.Instance
	if i != nil && (i.ID == o.InstanceID || o.Action == createInstance) {
		return i, nil
	}
	return nil, nil
}

// sold reports whether a token has been sold.
func (p *OrderProcessor) sold(ctx context.Context, owner, token string) (bool, error) {
	_, err := p.ledger.FindToken(ctx, owner, token)
	if errors.Is(err, sale.ErrNoToken) {
		return false, nil
	}
	return err == nil, err
}

// findOwner sets the owner of an order. A creation names the owner, which is recorded
// for later orders. An order that arrives before its creation waits for it.
func (p *OrderProcessor) findOwner(ctx context.Context, o *Order) (err error) {
	if o.Owner != "" {
		return claim(ctx, p.store, *o)
	}
	if o.Owner, _, err = ownerOf(ctx, p.store, o.InstanceID); err != nil {
		return err
	}
	if o.Owner == "" {
		return held("Instance %s was not sold by the marketplace, or its creation has not arrived.", o.InstanceID)
	}

	return nil
}

// buyer returns the account of a new buyer. It is verified, since the marketplace sells
// to verified buyers only, and has as many machines as the licence covers until they
// are counted.
func buyer(o Order) sale.Account {
	return sale.Account{Owner: o.Owner, Verified: true, Machines: o.create.VmNumber}
}

// verdict maps the ledger's errors. If another message, time or a person can change the
// result, the order is held: a paid order is never dropped.
func verdict(o Order, err error) error {
	if mismatch, ok := errors.AsType[*sale.Mismatch](err); ok {
		if o.Action == refundRenewInstance {
			return held("The same refund was done before: it may be a repetition of that call.")
		}
		return permanent("The same order was done before: %v.", mismatch)
	}

	refusal, ok := errors.AsType[*sale.Refusal](err)
	if !ok {
		return err
	}

	reason := fmt.Sprintf("%s: %s", refusal.Code, refusal.Reason())
	switch refusal.Code {
	case sale.NotApplicable:
		return nil
	case sale.PaidTimeLeft, sale.NoRenewalLeft, sale.InstanceNotExpired, sale.InstanceAlreadyExists, sale.InstanceExpired, sale.SoldByAPI:
		return &HeldError{reason}
	case sale.InstanceReleased, sale.InstanceNotFound:
		if o.Action == expiredInstance || o.Action == releaseInstance {
			return nil // it is gone already
		}
		return &HeldError{reason}
	}

	return &PermanentError{reason}
}
