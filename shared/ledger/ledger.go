package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// Config wires a Ledger. Only Store must be set.
type Config struct {
	Store     store.Client
	Catalogue sale.Catalogue   // zero: the default catalogue
	Clock     func() time.Time // nil: time.Now
	Random    io.Reader        // of ids and waits; nil: crypto/rand
	Tries     int              // commits tried before a call gives up on other calls; 0: 8
}

// Ledger commits sales. It is safe for concurrent use and keeps no state of its own.
type Ledger struct {
	store     store.Client
	catalogue sale.Catalogue
	clock     func() time.Time
	random    io.Reader
	tries     int
}

// New makes a Ledger.
func New(c Config) (*Ledger, error) {
	if c.Store == nil {
		return nil, errors.New("make ledger: it needs a store")
	}

	l := &Ledger{store: c.Store, catalogue: c.Catalogue, clock: c.Clock, random: c.Random, tries: c.Tries}
	if l.catalogue.Empty() {
		l.catalogue = sale.DefaultCatalogue()
	}
	if l.clock == nil {
		l.clock = time.Now
	}
	if l.random == nil {
		l.random = rand.Reader
	}
	if l.tries == 0 {
		l.tries = 8
	}

	return l, nil
}

func (l *Ledger) readChecked(ctx context.Context, p store.Precheck, keys ...store.Key) ([]store.Row, error) {
	return tokenrow.ReadChecked(ctx, l.store, p, keys...)
}

// pause waits before the next try: a random part of a span that doubles from 4 ms to
// 256 ms, so that callers that collided do not collide again.
func (l *Ledger) pause(ctx context.Context, try int) error {
	if err := store.Pause(ctx, l.random, try); err != nil {
		return sale.Unavailable(err)
	}
	return nil
}
