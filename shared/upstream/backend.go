package upstream

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// Remote is the endpoint that sells. Client implements it.
type Remote interface {
	// Sell forwards an operation once, under a ClientToken. Its error is a *Refused if
	// the endpoint definitely did nothing and will do nothing for this forward;
	// ErrTokenSold if it has sold the token with other parameters; after any other
	// error it may have sold, or may sell later.
	Sell(ctx context.Context, owner, token string, c sale.Command) (sale.Receipt, error)
	Summary(ctx context.Context, owner string) (sale.Summary, error)
}

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

// Sell forwards the purchase that the token stands for, or returns its order again.
//
// The error says what is known, as that of ledger.Sell does. After the endpoint's
// refusal (*pop.Error) or a *sale.Mismatch nothing was sold; after *Processing
// another call is forwarding; after sale.ErrUnavailable the outcome is not known yet.
func (b *Backend) Sell(ctx context.Context, p sale.Purchase, precheck store.Precheck) (sale.Receipt, error) {
	if !Forwards(p.Command.Operation()) {
		return sale.Receipt{}, pop.New("UnsupportedOperation", http.StatusBadRequest,
			"The specified action is not supported: accounts are kept by the endpoint that the calls are forwarded to.")
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
