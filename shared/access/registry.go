package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"aegis/shared/store"
)

// Config wires a Registry. Gate and Master must be set.
type Config struct {
	Gate   store.Gate
	Master MasterKey
	Clock  func() time.Time // nil: time.Now
	Random io.Reader        // nil: crypto/rand
}

// Registry finds keys, remembers them for a minute, and remembers nonces. It is
// safe for concurrent use.
type Registry struct {
	gate   store.Gate
	master MasterKey
	clock  func() time.Time
	random io.Reader

	mu   sync.Mutex
	seen map[lookup]entry
}

const (
	keepFor  = time.Minute
	keepMost = 4096 // entries; beyond it the cache starts anew
)

// lookup is what a call asks for: a key, and whether it may act for an owner.
type lookup struct{ id, owner string }

type entry struct {
	key     Key
	granted bool
	until   time.Time
}

// New makes a Registry.
func New(c Config) (*Registry, error) {
	if c.Gate == nil || c.Master.aead == nil {
		return nil, errors.New("make access registry: it needs a gate to the store and a master key")
	}
	r := &Registry{gate: c.Gate, master: c.Master, clock: c.Clock, random: c.Random, seen: make(map[lookup]entry)}
	if r.clock == nil {
		r.clock = time.Now
	}
	if r.random == nil {
		r.random = rand.Reader
	}
	return r, nil
}

// Caller is a key together with what it may do for the owner that a call names.
type Caller struct {
	Key
	named   string
	granted bool
}

// Find looks a key up. named is the OwnerId of the call, "" if it has none; the
// answer to whether the key may act for it is read along, and told by Owner.
// Errors: ErrNoKey, ErrUnavailable, or a secret that cannot be opened.
func (r *Registry) Find(ctx context.Context, id, named string) (Caller, error) {
	if e, ok := r.remembered(lookup{id, named}); ok {
		return Caller{e.key, named, e.granted}, nil
	}
	rows, err := r.gate.Read(ctx, keyRow(id), grantRow(id, named))
	if errors.Is(err, store.ErrNotApplied) {
		return Caller{}, fmt.Errorf("find access key %s: %w: %w", id, ErrUnavailable, err)
	}
	if err != nil {
		return Caller{}, fmt.Errorf("find access key %s: %w", id, err)
	}
	if !rows[0].Exists() {
		return Caller{}, ErrNoKey
	}
	key, err := r.decode(id, rows[0])
	if err != nil {
		return Caller{}, fmt.Errorf("open access key %s: %w", id, err)
	}
	r.remember(lookup{id, named}, entry{key, rows[1].Exists(), r.clock().Add(keepFor)})
	return Caller{key, named, rows[1].Exists()}, nil
}

// ActsFor names the owner that the caller acts for, or ErrForbidden.
func (c Caller) ActsFor() (string, error) {
	switch {
	case c.named == "" && !c.Reseller:
		return c.Key.Owner, nil
	case c.named != "" && (c.named == c.Key.Owner || c.Reseller && c.granted):
		return c.named, nil
	}
	return "", ErrForbidden
}

func (r *Registry) remembered(l lookup) (entry, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.seen[l]
	return e, ok && r.clock().Before(e.until)
}

func (r *Registry) remember(l lookup, e entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.seen) >= keepMost {
		clear(r.seen)
	}
	r.seen[l] = e
}
