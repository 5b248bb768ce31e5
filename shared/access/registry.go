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

// Registry finds keys, caches them opened, and records nonces. It is safe for
// concurrent use.
type Registry struct {
	gate   store.Gate
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

// New makes a Registry.
func New(c Config) (*Registry, error) {
	if c.Gate == nil || c.Master.aead == nil {
		return nil, errors.New("make access registry: it needs a gate to the store and a master key")
	}
	r := &Registry{gate: c.Gate, master: c.Master, clock: c.Clock, random: c.Random, keys: map[string]cached{}}
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
	// Cached: the key was not read for this call. What it says holds once Refresh has
	// compared it with Rows, which the call reads along with its own.
	Cached bool

	named   string
	granted bool
	entry   cached
}

// Find returns a key, from the cache if it is there. named is the OwnerId of the
// call, "" if it has none. Errors: ErrNoKey, ErrUnavailable, or a secret that cannot
// be opened.
func (r *Registry) Find(ctx context.Context, id, named string) (Caller, error) {
	if entry, ok := r.cacheGet(id); ok {
		return Caller{Key: entry.key, Cached: true, named: named, entry: entry}, nil
	}
	return r.Read(ctx, id, named)
}

// Read returns a key as it is stored now. The errors are those of Find.
func (r *Registry) Read(ctx context.Context, id, named string) (Caller, error) {
	c := Caller{Key: Key{ID: id}, named: named}
	rows, err := r.gate.Read(ctx, c.Rows()...)
	if err != nil {
		return Caller{}, failed(id, err)
	}
	return r.Refresh(c, rows)
}

// Rows are the keys of the rows that Refresh needs: the key's, and its grant for the
// owner that the call names.
func (c Caller) Rows() []store.Key { return []store.Key{keyRow(c.ID), grantRow(c.ID, c.named)} }

// Refresh returns the caller as the rows of Rows have it: with the cached key if its
// row is still the one that it was opened from. The errors are those of Find.
func (r *Registry) Refresh(c Caller, rows []store.Row) (Caller, error) {
	if !rows[0].Exists() {
		r.cacheDrop(c.ID)
		return Caller{}, ErrNoKey
	}
	fresh := Caller{named: c.named, granted: rows[1].Exists(), entry: c.entry}
	rev, sealed := rows[0].Int(colRev), string(rows[0].Bytes(colSecret))
	if !c.Cached || rev != c.entry.rev || sealed != c.entry.sealed {
		key, err := r.decode(c.ID, rows[0])
		if err != nil {
			return Caller{}, fmt.Errorf("open access key %s: %w", c.ID, err)
		}
		fresh.entry = cached{key: key, rev: rev, sealed: sealed}
		r.cachePut(fresh.entry)
	}
	fresh.Key = fresh.entry.key
	return fresh, nil
}

// SameKey reports whether the caller's key is the one that another was: neither was
// changed since.
func (c Caller) SameKey(other Caller) bool {
	return c.entry.rev == other.entry.rev && c.entry.sealed == other.entry.sealed
}

// ResolveOwner returns the owner that the caller acts for, ErrForbidden or ErrNoOwner.
// Of a cached reseller's key the grant is assumed: it holds once Refresh agrees.
func (c Caller) ResolveOwner() (string, error) {
	switch {
	case c.named == "" && !c.Reseller:
		return c.Key.Owner, nil
	case c.named == "":
		return "", ErrNoOwner
	case c.named == c.Key.Owner, c.Reseller && (c.granted || c.Cached):
		return c.named, nil
	}
	return "", ErrForbidden
}

func failed(id string, err error) error {
	if errors.Is(err, store.ErrNotApplied) {
		err = &unavailable{err}
	}
	return &failure{"find access", id, err}
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
