package upstream

import (
	"context"
	"errors"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/store"
)

// tries bounds how often a call writes to a token's row before it leaves the
// rest to a retry.
const tries = 6

// call is one Sell while it runs.
type call struct {
	*Backend
	ledger.Purchase
	holder string
	key    store.Key // of the token's row
	mine   record    // the reservation, once it is ours
}

func (c *call) now() time.Time { return c.config.Clock().Truncate(time.Millisecond) }

func (c *call) run(ctx context.Context) (ledger.Receipt, error) {
	receipt, sold, err := c.reserve(ctx)
	if sold || err != nil {
		return receipt, err
	}
	// The clock of the lease may not be the context's: what is left counts.
	forwarding, cancel := context.WithTimeout(ctx, c.mine.lease.Sub(c.now()))
	defer cancel()
	receipt, err = c.config.Remote.Sell(forwarding, c.Owner, c.Token, c.Command)
	if err == nil {
		return c.record(ctx, receipt)
	}
	return ledger.Receipt{}, c.release(ctx, err)
}

// reserve makes the token this call's own, or finds that it has been sold.
func (c *call) reserve(ctx context.Context) (receipt ledger.Receipt, sold bool, err error) {
	admit := c.Admit
	for range tries {
		r, err := c.read(ctx, admit)
		if err == nil {
			err = c.check(r)
		}
		switch {
		case err != nil:
			return ledger.Receipt{}, false, err
		case r.state == Done:
			return r.receipt(), true, nil
		case c.holds(r):
			c.mine = r
			return ledger.Receipt{}, false, nil
		}
		if err := c.take(ctx, r); !errors.Is(err, errAgain) {
			return ledger.Receipt{}, false, err
		}
		admit = nil
	}
	return ledger.Receipt{}, false, ledger.Unavailable(errors.New("the token could not be reserved"))
}

// holds tells that the row is this call's reservation: of a write whose answer was
// lost.
func (c *call) holds(r record) bool { return r.state == Pending && r.holder == c.holder }

// check refuses a token that stands for another purchase, or that another caller
// may be forwarding.
func (c *call) check(r record) error {
	if r.state == "" || r.state == Free || c.holds(r) {
		return nil
	}
	if err := ledger.SameAsked(r.row, c.Command); err != nil || r.state == Done {
		return err
	}
	if c.now().Before(r.lease) {
		return &Processing{After: r.lease.Sub(c.now())}
	}
	return nil
}

// errAgain: the row is not what was read, or may not be: read it again.
var errAgain = errors.New("try again")

// take writes the reservation that follows what was read.
func (c *call) take(ctx context.Context, r record) error {
	columns := r.reserved(c.Command, shardOf(c.Owner, c.Token), c.holder, c.now(), c.config.Lease)
	change := store.Insert(c.key, columns)
	if r.row.Exists() {
		change = store.Update(c.key, columns, colFence, r.fence)
	}
	err := c.config.Gate.Commit(ctx, change)
	if err == nil {
		c.mine = readRecord(store.Row{Columns: columns})
	}
	return settled(err)
}

// settled tells a write that has to be looked at again from one that failed.
func settled(err error) error {
	if errors.Is(err, store.ErrCondition) || errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrNotApplied) {
		return errAgain
	}
	return err
}

// read reads the token's row, while the caller is being admitted.
func (c *call) read(ctx context.Context, admit ledger.Admission) (record, error) {
	rows, err := ledger.ReadBeside(ctx, c.config.Gate, admit, c.key)
	if err != nil {
		return record{}, err
	}
	return readRecord(rows[0]), nil
}

// record writes the order down. Only a recorded order is told: what is told is
// what every retry will be told.
func (c *call) record(ctx context.Context, receipt ledger.Receipt) (ledger.Receipt, error) {
	for range tries {
		err := c.finish(ctx,
			store.String(colState, Done), store.String(colOrder, receipt.OrderID), store.String(colInst, receipt.InstanceID),
			store.Int("at", c.now().UnixMilli()), store.None(colUnfinished))
		if err == nil {
			return receipt, nil
		}
		if err = settled(err); !errors.Is(err, errAgain) {
			return ledger.Receipt{}, err
		}
		r, err := c.read(ctx, nil)
		switch {
		case err != nil:
			return ledger.Receipt{}, err
		case r.state == Done:
			return r.receipt(), nil
		case r.fence != c.mine.fence:
			return ledger.Receipt{}, ledger.Unavailable(errors.New("another call has taken the token over"))
		}
	}
	return ledger.Receipt{}, ledger.Unavailable(errors.New("the order could not be recorded"))
}

// release ends a reservation without an order: it frees the token if the refusal
// is definite, and else leaves it to a retry, soon.
func (c *call) release(ctx context.Context, err error) error {
	var refused *Refused
	if !errors.As(err, &refused) || !c.mine.definite(refused, c.now()) {
		_ = c.finish(ctx, store.Int(colLease, c.now().UnixMilli())) // else the lease runs out by itself
		return ledger.Unavailable(err)
	}
	freed := c.finish(ctx, store.String(colState, Free), store.None(colUnfinished))
	if errors.Is(freed, store.ErrCondition) {
		return ledger.Unavailable(errors.New("another call has taken the token over"))
	}
	return refused.Answer // if freeing failed otherwise, the next call finds out after the lease
}

// finish changes the row if this call still holds it.
func (c *call) finish(ctx context.Context, columns ...store.Column) error {
	columns = append(columns, store.Int(colFence, c.mine.fence))
	return c.config.Gate.Commit(ctx, store.Update(c.key, columns, colFence, c.mine.fence))
}
