package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// Config wires a Ledger. Only Gate must be set.
type Config struct {
	Gate      store.Gate
	Catalogue sale.Catalogue   // zero: the default catalogue
	Clock     func() time.Time // nil: time.Now
	Random    io.Reader        // of ids and waits; nil: crypto/rand
	Tries     int              // commits tried before a call gives up on other calls; 0: 8
}

// Ledger sells. It is safe for concurrent use and keeps no state of its own.
type Ledger struct {
	gate      store.Gate
	catalogue sale.Catalogue
	clock     func() time.Time
	random    io.Reader
	tries     int
}

// New makes a Ledger.
func New(c Config) (*Ledger, error) {
	if c.Gate == nil {
		return nil, errors.New("make ledger: it needs a gate to the store")
	}
	l := &Ledger{gate: c.Gate, catalogue: c.Catalogue, clock: c.Clock, random: c.Random, tries: c.Tries}
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

// Admission decides whether a caller may have an answer at all (its nonce is
// new). It runs beside the first read, and nothing is committed or told unless
// it returns nil; its error is then the call's. nil admits.
type Admission func(context.Context) error

// Summary tells an owner's machines and live instance, in one round trip.
func (l *Ledger) Summary(ctx context.Context, owner string, admit Admission) (sale.Summary, error) {
	rows, err := l.readBeside(ctx, admit, keysOf(owner).account())
	if err != nil {
		return sale.Summary{}, fmt.Errorf("summary of owner %s: %w", owner, err)
	}
	if !rows[0].Exists() {
		return sale.Summary{}, fmt.Errorf("summary of owner %s: %w", owner, ErrNoAccount)
	}
	account, _, err := readAccount(owner, rows[0])
	if err != nil {
		return sale.Summary{}, fmt.Errorf("summary of owner %s: %w", owner, err)
	}
	return account.Summary(), nil
}

func (l *Ledger) readBeside(ctx context.Context, admit Admission, keys ...store.Key) ([]store.Row, error) {
	return ReadBeside(ctx, l.gate, admit, keys...)
}

// ReadBeside reads while the admission is decided. A refused admission is the
// answer whatever the read says; a store that cannot be read is ErrUnavailable.
func ReadBeside(ctx context.Context, gate store.Gate, admit Admission, keys ...store.Key) ([]store.Row, error) {
	if admit == nil {
		return read(ctx, gate, keys)
	}
	admitted := make(chan error, 1)
	go func() { admitted <- admit(ctx) }()
	rows, err := read(ctx, gate, keys)
	if refused := <-admitted; refused != nil {
		return nil, refused
	}
	return rows, err
}

func read(ctx context.Context, gate store.Gate, keys []store.Key) ([]store.Row, error) {
	rows, err := gate.Read(ctx, keys...)
	if errors.Is(err, store.ErrNotApplied) {
		return nil, Unavailable(err)
	}
	return rows, err
}

// pause waits before the next try: a random part of a span that doubles from
// 4 ms to 256 ms, so that callers that met once do not meet again.
func (l *Ledger) pause(ctx context.Context, try int) error {
	span := big.NewInt(int64(2 * time.Millisecond << min(try, 7)))
	part, err := rand.Int(l.random, span)
	if err != nil {
		return fmt.Errorf("draw a wait: %w", err)
	}
	timer := time.NewTimer(time.Duration(part.Int64()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return Unavailable(ctx.Err())
	}
}
