package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"aegis/shared/store"
)

// Config wires a Registry. Store must be set, and Master or Unwrap.
type Config struct {
	Store  store.Client
	Master MasterKey
	// Unwrap fetches further master keys, which come before Master's. It is called by
	// the first call that needs them, and again until it succeeds.
	Unwrap func(context.Context) (MasterKey, error)
	// Public are secrets that everyone knows. A key that has one counts as disabled.
	Public []string
	Clock  func() time.Time // nil: time.Now
	Random io.Reader        // nil: crypto/rand
}

// Registry authorizes callers, caches opened keys and records nonces. It is safe for
// concurrent use.
type Registry struct {
	store  store.Client
	public []string
	clock  func() time.Time
	random io.Reader

	mu      sync.Mutex
	keys    map[string]cached
	master  MasterKey
	unwrap  func(context.Context) (MasterKey, error) // nil: master is complete
	checked bool                                     // the canary was opened, or there is none
}

const (
	maxAge     = time.Minute // of a cached key
	maxEntries = 4096        // cached keys; beyond it the cache starts from the beginning
)

// cached is a key that was opened, and the row that it was opened from.
type cached struct {
	key    Key
	rev    int64
	sealed string
	until  time.Time
}

// sameAs reports whether two reads found the same key: it was not changed in between.
func (c cached) sameAs(other cached) bool {
	return c.rev == other.rev && c.sealed == other.sealed
}

// New makes a Registry.
func New(c Config) (*Registry, error) {
	if c.Store == nil || c.Master.Empty() && c.Unwrap == nil {
		return nil, errors.New("make access registry: it needs a store and a master key")
	}

	r := &Registry{
		store: c.Store, master: c.Master, unwrap: c.Unwrap, public: c.Public, clock: c.Clock, random: c.Random, keys: map[string]cached{},
	}
	if r.clock == nil {
		r.clock = time.Now
	}
	if r.random == nil {
		r.random = rand.Reader
	}
	return r, nil
}

// ready fetches the master keys that must be fetched. Every method that seals or opens
// calls it first.
func (r *Registry) ready(ctx context.Context) error {
	r.mu.Lock()
	unwrap := r.unwrap
	r.mu.Unlock()
	if unwrap == nil {
		return nil
	}

	fetched, err := unwrap(ctx)
	if err != nil {
		return fmt.Errorf("fetch the master key: %w", unavailable(err))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unwrap != nil {
		r.master, r.unwrap = fetched.Join(r.master), nil
	}
	return nil
}

func (r *Registry) masterKey() MasterKey {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.master
}

// Find returns a key as it is stored: ErrNoKey, ErrUnavailable, or the error of a secret
// that cannot be opened. It is for tools.
func (r *Registry) Find(ctx context.Context, id string) (Key, error) {
	if err := r.ready(ctx); err != nil {
		return Key{}, err
	}
	rows, err := r.store.Read(ctx, keyRow(id))
	if err != nil {
		return Key{}, findError(id, err)
	}
	entry, err := r.open(id, rows[0], nil)
	return entry.key, err
}

// open returns the key of a row and caches it. A row that is still the one that known
// was opened from is not opened again. The errors are those of Find.
func (r *Registry) open(id string, row store.Row, known *cached) (cached, error) {
	if !row.Exists() {
		r.cacheDrop(id)
		return cached{}, ErrNoKey
	}

	entry := cached{rev: row.Int(colRev), sealed: string(row.Bytes(colSecret))}
	if known != nil && entry.sameAs(*known) {
		return *known, nil
	}

	key, err := r.decode(id, row)
	if err != nil {
		return cached{}, fmt.Errorf("open access key %s: %w", id, err)
	}
	if slices.Contains(r.public, key.Previous) {
		key.Previous = ""
	}
	key.Disabled = key.Disabled || slices.Contains(r.public, key.Secret)
	entry.key = key
	r.cachePut(entry)
	return entry, nil
}

func findError(id string, err error) error {
	if errors.Is(err, store.ErrNotApplied) {
		err = unavailable(err)
	}
	return fmt.Errorf("find access key %s: %w", id, err)
}

func (r *Registry) cacheGet(id string) (cached, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	entry, ok := r.keys[id]
	return entry, ok && r.clock().Before(entry.until)
}

func (r *Registry) cachePut(entry cached) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.keys) >= maxEntries {
		clear(r.keys)
	}
	entry.until = r.clock().Add(maxAge)
	r.keys[entry.key.ID] = entry
}

func (r *Registry) cacheDrop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.keys, id)
}
