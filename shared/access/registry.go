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

	mu     sync.Mutex
	keys   map[string]known[Key]
	grants map[grant]known[bool]
}

const (
	keepFor  = time.Minute
	keepMost = 4096 // keys, and grants; beyond it a cache starts anew
)

// grant is the question whether a key may act for an owner.
type grant struct{ id, owner string }

// known is something that was read, and until when it is believed.
type known[T any] struct {
	value T
	until time.Time
}

// New makes a Registry.
func New(c Config) (*Registry, error) {
	if c.Gate == nil || c.Master.aead == nil {
		return nil, errors.New("make access registry: it needs a gate to the store and a master key")
	}
	r := &Registry{gate: c.Gate, master: c.Master, clock: c.Clock, random: c.Random, keys: map[string]known[Key]{}, grants: map[grant]known[bool]{}}
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
	unsure  bool // whether it is granted has not been read
}

// Find looks a key up. named is the OwnerId of the call, "" if it has none; whether
// the key may act for it is read along with the key. Of a key that is remembered it
// may be left open, so that it can be read beside other things: see Confirm.
// Errors: ErrNoKey, ErrUnavailable, or a secret that cannot be opened.
func (r *Registry) Find(ctx context.Context, id, named string) (Caller, error) {
	if key, ok := remembered(r, r.keys, id); ok {
		granted, sure := remembered(r, r.grants, grant{id, named})
		return Caller{key, named, granted, !sure && key.Reseller}, nil
	}
	rows, err := r.gate.Read(ctx, keyRow(id), grantRow(id, named))
	if err != nil {
		return Caller{}, failed(id, err)
	}
	if !rows[0].Exists() {
		return Caller{}, ErrNoKey
	}
	key, err := r.decode(id, rows[0])
	if err != nil {
		return Caller{}, fmt.Errorf("open access key %s: %w", id, err)
	}
	remember(r, r.keys, id, key)
	remember(r, r.grants, grant{id, named}, rows[1].Exists())
	return Caller{key, named, rows[1].Exists(), false}, nil
}

// ActsFor names the owner that the caller acts for, or ErrForbidden or ErrNoOwner.
// If sure is false, that holds only once Confirm agrees.
func (c Caller) ActsFor() (owner string, sure bool, err error) {
	switch {
	case c.named == "" && !c.Reseller:
		return c.Key.Owner, true, nil
	case c.named != "" && c.named == c.Key.Owner:
		return c.named, true, nil
	case c.named != "" && c.Reseller && (c.granted || c.unsure):
		return c.named, !c.unsure, nil
	case c.named == "":
		return "", true, ErrNoOwner
	}
	return "", true, ErrForbidden
}

// Confirm reads whether a reseller's key may act for the owner that the call
// names: ErrForbidden, or ErrUnavailable, if not.
func (r *Registry) Confirm(ctx context.Context, c Caller) error {
	rows, err := r.gate.Read(ctx, grantRow(c.ID, c.named))
	if err != nil {
		return failed(c.ID, err)
	}
	remember(r, r.grants, grant{c.ID, c.named}, rows[0].Exists())
	if !rows[0].Exists() {
		return ErrForbidden
	}
	return nil
}

func failed(id string, err error) error {
	if errors.Is(err, store.ErrNotApplied) {
		err = &unavailable{err}
	}
	return &failure{"find access", id, err}
}

func remembered[K comparable, V any](r *Registry, all map[K]known[V], key K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := all[key]
	return k.value, ok && r.clock().Before(k.until)
}

func remember[K comparable, V any](r *Registry, all map[K]known[V], key K, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(all) >= keepMost {
		clear(all)
	}
	all[key] = known[V]{value, r.clock().Add(keepFor)}
}
