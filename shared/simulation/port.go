package simulation

import (
	"context"
	"sync/atomic"

	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

// port is the gate as one channel of an actor's calls sees it. A call has two
// channels: the ledger's, and the one that records its nonce at the same time.
type port struct {
	world *World
	place *parkedRequest
	rows  *storetest.Memory // behind the gate
	store store.Client      // the same, for what changes it
	id    id                // of the last request
	dead  *atomic.Bool      // of the call: both channels die together

	parallel *parallel // nil: one request at a time
}

func (p *port) park(what string, risk risk, key *store.Key) (fault, error) {
	if p.dead.Load() {
		return pass, errDead
	}
	if p.world.calm && p.parallel == nil { // one actor is left, and nothing happens to it
		return pass, nil
	}

	f := p.wait(what, risk, key)
	if p.dead.Load() {
		return pass, errDead
	}
	if f == crashBefore || f == crashAfter {
		p.dead.Store(true)
	}

	return f, nil
}

func (p *port) wait(what string, risk risk, key *store.Key) fault {
	if p.parallel != nil {
		return p.parallel.wait(p, what, risk, key)
	}
	p.id.request++
	return p.world.park(p.place, p.id, what, risk)
}

// Read implements store.Client. The rows are read one by one, as Tablestore may do.
func (p *port) Read(ctx context.Context, keys ...store.Key) ([]store.Row, error) {
	f, err := p.park("read", ofReads, &keys[0])
	switch {
	case err != nil || f == crashBefore:
		return nil, errDead
	case f == throttled:
		return nil, errThrottled
	}

	rows := make([]store.Row, len(keys))
	for i := range keys {
		if i > 0 {
			if _, err := p.park("read on", none, &keys[i]); err != nil {
				return nil, err
			}
		}
		rows[i] = p.rows.Row(&keys[i])
	}

	return rows, nil
}

// Commit implements store.Client.
func (p *port) Commit(ctx context.Context, changes ...store.Change) error {
	f, err := p.park("commit", ofCommits, &changes[0].Key)
	if err != nil {
		return err
	}

	switch f {
	case pass:
		return p.store.Commit(ctx, changes...)
	case throttled:
		return errThrottled
	case crashBefore:
		return errDead
	case lostBefore:
		return errLost
	case arrivesLate:
		p.world.delay(p.id, func() error { return p.store.Commit(context.Background(), changes...) })
		return errLost
	}

	return p.applied(f, changes)
}

// applied is the answer to a write that reached the store, under a fault that
// strikes after that.
func (p *port) applied(f fault, changes []store.Change) error {
	err := p.store.Commit(context.Background(), changes...)
	switch f {
	case crashAfter:
		return errDead
	case falseFailure:
		return store.ErrCondition
	default:
		_ = err // the answer, whatever it was, is lost
		return errLost
	}
}

// Range implements store.Client; no sale ranges.
func (p *port) Range(ctx context.Context, r store.Range) ([]store.Row, string, error) {
	return p.rows.Range(ctx, r)
}

func (w *World) delay(id id, arrive func() error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.late = append(w.late, &inFlight{id, arrive})
}

// counter is the seller's store: whatever is committed there enters the books.
type counter struct {
	store.Client
	actor   *actor
	derived bool
}

// Commit implements store.Client.
func (c counter) Commit(ctx context.Context, changes ...store.Change) error {
	if err := c.Client.Commit(ctx, changes...); err != nil {
		return err
	}
	c.actor.enter(changes, c.actor.number, c.derived)
	return nil
}
