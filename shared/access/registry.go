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

// Config wires a Registry. Store and Master must be set.
type Config struct {
	Store  store.Client
	Master MasterKey
	Clock  func() time.Time // nil: time.Now
	Random io.Reader        // nil: crypto/rand
}

// Registry authorizes callers, caches opened keys and records nonces. It is safe for
// concurrent use.
type Registry struct {
	store  store.Client
	master MasterKey
	clock  func() time.Time
	random io.Reader

	mu   sync.Mutex
	keys map[string]cached
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
	if c.Store == nil || c.Master.aead == nil {
		return nil, errors.New("make access registry: it needs a store and a master key")
	}

	r := &Registry{store: c.Store, master: c.Master, clock: c.Clock, random: c.Random, keys: map[string]cached{}}
	if r.clock == nil {
		r.clock = time.Now
	}
	if r.random == nil {
		r.random = rand.Reader
	}
	return r, nil
}

// Find returns a key as it is stored: ErrNoKey, ErrUnavailable, or the error of a secret
// that cannot be opened. It is for tools.
func (r *Registry) Find(ctx context.Context, id string) (Key, error) {
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
