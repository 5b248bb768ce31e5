package market

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

// Config wires what handles orders. Gate, Ledger and Secret must be set.
type Config struct {
	Gate   store.Gate
	Ledger *ledger.Ledger
	Secret string           // of the marketplace's tokens
	Skus   Skus             // nil: the embedded sample
	Clock  func() time.Time // of dead letters; nil: time.Now
	Log    io.Writer        // nil: nowhere
}

// Desk handles one order after another. It is safe for concurrent use.
type Desk struct {
	gate    store.Gate
	ledger  *ledger.Ledger
	secret  string
	skus    Skus
	clock   func() time.Time
	log     *slog.Logger
	letters *Letters
}

// New makes a Desk.
func New(c Config) (*Desk, error) {
	if c.Gate == nil || c.Ledger == nil || c.Secret == "" {
		return nil, errors.New("make market desk: gate, ledger and secret must be set")
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
	return &Desk{
		gate: c.Gate, ledger: c.Ledger, secret: c.Secret, skus: c.Skus, clock: c.Clock,
		log: slog.New(slog.NewJSONHandler(c.Log, nil)), letters: NewLetters(c.Gate, Queue, c.Clock),
	}, nil
}

// Read makes an order of a message's body, or a *Reject.
func (d *Desk) Read(m Message) (Order, error) {
	c, err := ReadCall(m.Body)
	if err != nil {
		return Order{}, err
	}
	if !Verify(c.Params, d.secret) {
		return Order{Action: c.Params["action"]}, reject("The token is wrong.")
	}
	return ReadOrder(c, d.skus, m.At)
}

// Sell brings an order into the ledger, or finds it there. A *Reject tells that it
// can never succeed as things stand; with any other error it may have succeeded
// and has to be delivered again.
func (d *Desk) Sell(ctx context.Context, o Order) (ledger.Receipt, error) {
	if err := d.findOwner(ctx, &o); err != nil {
		return ledger.Receipt{}, err
	}
	purchase := ledger.Purchase{Owner: o.Owner, Token: o.Token, Caller: "market", Command: o.Command}
	receipt, err := d.ledger.Sell(ctx, purchase)
	if create, ok := o.Command.(sale.MarketCreate); ok && errors.Is(err, ledger.ErrNoAccount) {
		if err := d.ledger.OpenAccount(ctx, buyer(o.Owner, create)); err != nil {
			return ledger.Receipt{}, err
		}
		receipt, err = d.ledger.Sell(ctx, purchase)
	}
	return receipt, verdict(err)
}

// findOwner completes an order. A creation says whose it is, and says so to the
// orders that follow.
func (d *Desk) findOwner(ctx context.Context, o *Order) (err error) {
	if o.Owner != "" {
		return claim(ctx, d.gate, *o)
	}
	if o.Owner, _, err = ownerOf(ctx, d.gate, o.InstanceID); err != nil {
		return err
	}
	if o.Owner == "" {
		return reject("Instance %s was not sold by the marketplace.", o.InstanceID)
	}
	return nil
}

// buyer is the account of somebody who is not known yet: verified, since the
// marketplace sells to nobody else, and with as many machines as the licence
// covers, until somebody counts them.
func buyer(owner string, c sale.MarketCreate) sale.Account {
	return sale.Account{Owner: owner, Verified: true, Machines: c.VmNumber}
}

// verdict sorts the ledger's errors.
func verdict(err error) error {
	var refusal *sale.Refusal
	var mismatch *ledger.Mismatch
	switch {
	case errors.As(err, &refusal) && refusal.Code == sale.Superseded:
		return nil
	case errors.As(err, &refusal):
		return &Reject{fmt.Sprintf("%s: %s", refusal.Code, refusal.Reason())}
	case errors.As(err, &mismatch):
		return &Reject{"The same order was done before: " + mismatch.Error() + "."}
	}
	return err
}
