package upstream

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// Remote is the endpoint that sells. Client implements it.
type Remote interface {
	// Prepare signs the forward of an operation under a ClientToken. The endpoint
	// refuses it some minutes after Prepare, whenever it is sent.
	Prepare(ctx context.Context, owner, token string, c sale.Command) Forward
	Summary(ctx context.Context, owner string) (sale.Summary, error)
}

// Forward sends a prepared operation, once. Its error is a *Refused if the endpoint
// definitely did nothing and will do nothing for this forward; ErrTokenSold if it has sold
// the token with other parameters; after any other error it may have sold, or may sell
// later.
type Forward func(context.Context) (sale.Receipt, error)

// Config wires a Backend. Store and Remote must be set.
type Config struct {
	Store  store.Client
	Remote Remote
	Clock  func() time.Time // nil: time.Now
	Random io.Reader        // for holders' names; nil: crypto/rand
	Lease  time.Duration    // must exceed the longest call; 0: 15 s
}

// Backend sells through a Remote, and each token once. It is safe for concurrent use.
type Backend struct{ config Config }

// New makes a Backend.
func New(c Config) (*Backend, error) {
	if c.Store == nil || c.Remote == nil {
		return nil, errors.New("make upstream backend: it needs a store and an endpoint")
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Lease == 0 {
		c.Lease = 15 * time.Second
	}

	return &Backend{c}, nil
}

// Summary asks the endpoint. The Precheck passes first, because a request cannot be
// taken back.
func (b *Backend) Summary(ctx context.Context, owner string, p store.Precheck) (sale.Summary, error) {
	if _, err := tokenrow.ReadChecked(ctx, b.config.Store, p); err != nil {
		return sale.Summary{}, err
	}
	s, err := b.config.Remote.Summary(ctx, owner)
	if err != nil {
		return sale.Summary{}, fmt.Errorf("summary of owner %s: %w", owner, summaryError(err))
	}
	return s, nil
}

// QueryOrders tells what became of a token, from this system's own record, in one round
// trip. A query without a token is sale.ErrElsewhere: the endpoint keeps the orders.
func (b *Backend) QueryOrders(ctx context.Context, owner string, q sale.OrderQuery, p store.Precheck) (sale.OrderPage, error) {
	if q.Token == "" {
		return sale.OrderPage{}, b.elsewhere(ctx, p)
	}
	page, err := tokenrow.QueryToken(ctx, b.config.Store, p, owner, q, b.config.Clock())
	if err != nil {
		return sale.OrderPage{}, fmt.Errorf("query the orders of owner %s: %w", owner, err)
	}
	return page, nil
}

// OrderDetail is sale.ErrElsewhere.
func (b *Backend) OrderDetail(ctx context.Context, _, _ string, p store.Precheck) (sale.PlacedOrder, error) {
	return sale.PlacedOrder{}, b.elsewhere(ctx, p)
}

// Quote is sale.ErrElsewhere: the endpoint sets the prices.
func (b *Backend) Quote(ctx context.Context, _ string, _ sale.Command, p store.Precheck) (sale.Quote, error) {
	return sale.Quote{}, b.elsewhere(ctx, p)
}

// elsewhere refuses a query, once the caller has been checked.
func (b *Backend) elsewhere(ctx context.Context, p store.Precheck) error {
	if _, err := tokenrow.ReadChecked(ctx, b.config.Store, p); err != nil {
		return err
	}
	return sale.ErrElsewhere
}

// Sell forwards the purchase that the token stands for, or returns its order again.
//
// The error says what is known, as that of ledger.Sell does. After the endpoint's
// refusal (*pop.Error) or a *sale.Mismatch nothing was sold; after *Processing
// another call is forwarding; after sale.ErrUnavailable the outcome is not known yet.
// Limits are refused, as form, unless the token has been sold: the endpoint may not know
// them. An operation that is not forwarded is sale.ErrElsewhere.
func (b *Backend) Sell(ctx context.Context, p sale.Purchase, precheck store.Precheck) (sale.Receipt, error) {
	if !Forwards(p.Command.Operation()) {
		return sale.Receipt{}, sale.ErrElsewhere
	}

	holder := make([]byte, 16)
	if _, err := io.ReadFull(b.config.Random, holder); err != nil {
		return sale.Receipt{}, fmt.Errorf("draw a holder's name: %w", err)
	}

	f := &forwarding{Backend: b, Purchase: p, precheck: precheck, holder: hex.EncodeToString(holder), key: tokenrow.Key(p.Owner, p.Token)}
	receipt, err := f.run(ctx)
	if err != nil {
		return sale.Receipt{}, p.Failed(err)
	}

	return receipt, nil
}
