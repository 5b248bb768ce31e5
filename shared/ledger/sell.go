package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// Purchase is one call to sell something.
type Purchase struct {
	Owner   string
	Token   string // the ClientToken, in the owner's name space
	Caller  string // the access key, noted in the order
	Command sale.Command
	Admit   Admission
}

// Sell makes the sale that the token stands for, or answers it again.
//
// The error tells what is known: a *sale.Refusal, a *Mismatch, ErrNoAccount or
// ErrConflict: nothing was sold; ErrUnavailable: not known yet, send the same
// call again; the admission's own error: nothing was sold by this call.
func (l *Ledger) Sell(ctx context.Context, p Purchase) (Receipt, error) {
	receipt, err := (&call{Ledger: l, Purchase: p, keys: keysOf(p.Owner), inFlight: none}).run(ctx)
	if err != nil {
		return Receipt{}, p.Failed(err)
	}
	return receipt, nil
}

// call is one Sell while it runs.
type call struct {
	*Ledger
	Purchase
	keys     keys     // of the owner's rows
	inFlight revision // a write under this revision has an unknown outcome
	behind   error    // why the last try has to be repeated
}

const none revision = -1

// state is what step 1 read.
type state struct {
	token   store.Row
	account sale.Account
	rev     revision
}

// errAgain: the try settled nothing, read and decide again.
var errAgain = errors.New("try again")

func (c *call) run(ctx context.Context) (Receipt, error) {
	admit := c.Admit
	for try := 1; ; try++ {
		s, err := c.read(ctx, admit)
		if err != nil {
			return Receipt{}, err
		}
		receipt, err := c.settle(ctx, s)
		if !errors.Is(err, errAgain) {
			return receipt, err
		}
		if try == c.tries {
			return c.giveUp(ctx)
		}
		if err := c.pause(ctx, try); err != nil {
			return Receipt{}, err
		}
		admit = nil // once is enough
	}
}

// read is step 1.
func (c *call) read(ctx context.Context, admit Admission) (state, error) {
	rows, err := c.readBeside(ctx, admit, c.keys.token(c.Token), c.keys.account())
	if err != nil {
		return state{}, err
	}
	if !rows[1].Exists() {
		return state{}, ErrNoAccount
	}
	account, rev := readAccount(c.Owner, rows[1])
	return state{token: rows[0], account: account, rev: rev}, nil
}

// settle ends the call from what was read, or tells that it has to be read again.
func (c *call) settle(ctx context.Context, s state) (Receipt, error) {
	if taken(s.token) {
		return replay(s.token, c.Command)
	}
	at, err := c.occasion(s.account)
	if err != nil {
		return Receipt{}, err
	}
	decision, err := c.Command.Decide(c.catalogue, s.account, at)
	if err != nil {
		return c.confirm(ctx, s, err)
	}
	return c.commit(ctx, s, decision)
}

// occasion draws the time and the ids of a decision. The time is cut to the
// millisecond in which it is stored, so that what is read later is what was
// decided on. An account that has an instance needs no id for another.
func (c *call) occasion(a sale.Account) (sale.Occasion, error) {
	at := sale.Occasion{Now: c.clock().Truncate(time.Millisecond)}
	order, err := ulid.New(ulid.Timestamp(at.Now), c.random)
	if err != nil {
		return sale.Occasion{}, fmt.Errorf("draw an order id: %w", err)
	}
	at.OrderID = order.String()
	if a.Instance != nil {
		return at, nil
	}
	instance, err := ulid.New(ulid.Timestamp(at.Now), c.random)
	if err != nil {
		return sale.Occasion{}, fmt.Errorf("draw an instance id: %w", err)
	}
	at.InstanceID = "aegis-" + strings.ToLower(instance.String())
	return at, nil
}

// confirm makes a refusal definite: see the package comment.
func (c *call) confirm(ctx context.Context, s state, refusal error) (Receipt, error) {
	if c.inFlight == s.rev || atThisTime(refusal) {
		if err := c.fence(ctx, s); err != nil {
			return Receipt{}, err
		}
	}
	rows, err := c.readBeside(ctx, nil, c.keys.token(c.Token))
	if err != nil {
		return Receipt{}, err
	}
	if taken(rows[0]) {
		return replay(rows[0], c.Command)
	}
	return Receipt{}, refusal
}

func atThisTime(err error) bool {
	refusal, ok := errors.AsType[*sale.Refusal](err)
	return ok && refusal.AtThisTime
}

// fence moves the account's rev and nothing else: what was decided on the account as
// it was read, by this call or by one that has ended, can no longer be committed.
func (c *call) fence(ctx context.Context, s state) error {
	next := store.Columns{store.Int(colRev, s.rev+1)}
	err := c.gate.Commit(ctx, store.Update(c.keys.account(), next, colRev, int64(s.rev)))
	if err != nil {
		return c.failed(s, err)
	}
	return nil
}

// commit is step 2.
func (c *call) commit(ctx context.Context, s state, d sale.Decision) (Receipt, error) {
	err := c.gate.Commit(ctx,
		store.Update(c.keys.account(), accountColumns(d.Account, s.rev+1), colRev, int64(s.rev)),
		store.Insert(c.keys.order(d.Order.ID), orderColumns(d.Order, s.rev+1, c.Token, c.Caller)),
		claim(s.token, store.Insert(c.keys.token(c.Token), tokenColumns(c.Command, d.Order))),
	)
	if err == nil {
		return Receipt{OrderID: d.Order.ID, InstanceID: d.Order.InstanceID}, nil
	}
	return Receipt{}, c.failed(s, err)
}

// failed remembers what a failed commit leaves open.
func (c *call) failed(s state, err error) error {
	switch {
	case errors.Is(err, store.ErrUnknown):
		c.inFlight = s.rev
	case errors.Is(err, store.ErrCondition), errors.Is(err, store.ErrNotApplied):
	default:
		return err
	}
	c.behind = err
	return errAgain
}

// giveUp ends a call that never got through. It looks for the token once more, so
// that not even a write that was applied and reported as a failed condition is
// called a conflict; and a conflict is told only if every write is known to have
// come to nothing.
func (c *call) giveUp(ctx context.Context) (Receipt, error) {
	rows, err := c.readBeside(ctx, nil, c.keys.token(c.Token))
	if err != nil {
		return Receipt{}, err
	}
	if taken(rows[0]) {
		return replay(rows[0], c.Command)
	}
	if c.inFlight != none || !errors.Is(c.behind, store.ErrCondition) {
		return Receipt{}, Unavailable(c.behind)
	}
	return Receipt{}, ErrConflict
}
