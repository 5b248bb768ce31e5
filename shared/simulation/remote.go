package simulation

import (
	"context"
	"errors"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/upstream"
)

// remote is the seller as a reseller's caller reaches it: over a network, where
// the same can happen to a request as to one for the store.
type remote struct {
	port
	actor    *actor
	endpoint *ledger.Ledger
}

// errBusy is the endpoint's throttling: nothing was done.
var errBusy = errors.New("the endpoint is busy")

// forwards makes the actor call a reseller, with a store of its own, instead of
// the seller.
func (a *actor) forwards() {
	a.sale.rows, a.sale.store = a.front, a.front
	a.remote = remote{port: a.port(nil, nil), actor: a}
	a.remote.endpoint = a.openLedger(0, ledger.Config{Store: counter{Client: a.store, actor: a}, Clock: a.time, Random: seededReader{a.rng}})
	backend, err := upstream.New(upstream.Config{Store: &a.sale, Remote: &a.remote, Clock: a.clock, Random: seededReader{a.rng}})
	if err != nil {
		panic(err) // it has both
	}
	a.seller = backend
}

// accepted is how long after its signature the endpoint takes a request.
const accepted = 15 * time.Minute

// errTooOld is the endpoint's refusal of an older one.
var errTooOld = errors.New("the request is too old")

// Prepare implements upstream.Remote.
func (r *remote) Prepare(_ context.Context, owner, token string, c sale.Command) upstream.Forward {
	signed := r.world.time()
	return func(ctx context.Context) (sale.Receipt, error) { return r.send(ctx, signed, owner, token, c) }
}

func (r *remote) send(ctx context.Context, signed time.Time, owner, token string, c sale.Command) (sale.Receipt, error) {
	f, err := r.park("forward", ofForwards, nil)
	if err != nil || f == crashBefore {
		return sale.Receipt{}, errDead
	}

	switch f {
	case throttled:
		return sale.Receipt{}, &upstream.Refused{Answer: errBusy, Cause: errBusy, BeforeTokenCheck: true}
	case lostBefore:
		return sale.Receipt{}, errLost
	case arrivesLate:
		r.later(signed, owner, token, c)
		return sale.Receipt{}, errLost
	}

	if ctx.Err() != nil {
		return sale.Receipt{}, errLost // its lease ran out on the way
	}
	if r.world.time().Sub(signed) > accepted {
		return sale.Receipt{}, &upstream.Refused{Answer: errTooOld, Cause: errTooOld, BeforeTokenCheck: true}
	}
	receipt, err := r.arrive(owner, token, c)
	switch f {
	case crashAfter:
		return sale.Receipt{}, errDead
	case lostAfter:
		return sale.Receipt{}, errLost
	}

	return receipt, err
}

// later lets a request arrive at any time while the endpoint still takes its
// timestamp.
func (r *remote) later(signed time.Time, owner, token string, c sale.Command) {
	r.world.delay(r.id, func() error {
		if r.world.time().Sub(signed) > accepted {
			return errTooOld
		}
		_, err := r.arrive(owner, token, c)
		return err
	})
}

// arrive is the endpoint: it sells, and answers as such.
func (r *remote) arrive(owner, token string, c sale.Command) (sale.Receipt, error) {
	r.actor.last = r.world.time()
	receipt, err := r.endpoint.Sell(context.Background(), sale.Purchase{Owner: owner, Token: token, Command: c}, nil)
	if _, ok := errors.AsType[*sale.Mismatch](err); ok {
		return receipt, upstream.ErrTokenSold
	}
	if err != nil {
		return receipt, &upstream.Refused{Answer: err, Cause: err}
	}
	return receipt, nil
}

// Summary implements upstream.Remote; no run asks for it.
func (r *remote) Summary(context.Context, string) (sale.Summary, error) {
	return sale.Summary{}, errBusy
}
