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

// Admission decides whether a caller may have an answer at all. Nothing is committed
// or answered before it has; its error is then the call's.
type Admission struct {
	// Keys are rows that are read in the call's first request, and Check decides on
	// them: the caller's key and grant, which may have changed since they were cached.
	Keys  []store.Key
	Check func(rows []store.Row) error // nil: there is nothing to check

	// Beside runs while the rows are read: it records the call's nonce.
	Beside func(ctx context.Context) error // nil: there is nothing to run
}

// Summary returns an owner's machines and live instance, in one round trip.
func (l *Ledger) Summary(ctx context.Context, owner string, admit *Admission) (sale.Summary, error) {
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

func (l *Ledger) readBeside(ctx context.Context, admit *Admission, keys ...store.Key) ([]store.Row, error) {
	return ReadBeside(ctx, l.gate, admit, keys...)
}

// ReadBeside reads rows in one request while the caller is admitted; nil admits. A
// refused admission is the answer whatever the read says; a store that cannot be read
// is ErrUnavailable.
func ReadBeside(ctx context.Context, gate store.Gate, admit *Admission, keys ...store.Key) ([]store.Row, error) {
	if admit == nil {
		return read(ctx, gate, keys)
	}
	beside := admit.start(ctx)
	rows, err := read(ctx, gate, append(keys[:len(keys):len(keys)], admit.Keys...))
	refused := <-beside
	if err == nil && admit.Check != nil {
		if unfit := admit.Check(rows[len(keys):]); unfit != nil {
			return nil, unfit // before the nonce: who may not call learns nothing of it
		}
	}
	if refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	return rows[:len(keys)], nil
}

// start runs what runs in parallel with the read. A panic there is a defect that must not end
// the process, and with it the other calls.
func (a *Admission) start(ctx context.Context) <-chan error {
	ended := make(chan error, 1)
	if a.Beside == nil {
		ended <- nil
		return ended
	}
	go func() {
		defer func() {
			if defect := recover(); defect != nil {
				ended <- fmt.Errorf("admit the caller: %w: panic: %v", ErrUnavailable, defect)
			}
		}()
		ended <- a.Beside(ctx)
	}()
	return ended
}

func read(ctx context.Context, gate store.Gate, keys []store.Key) ([]store.Row, error) {
	if len(keys) == 0 {
		return nil, nil
	}
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
