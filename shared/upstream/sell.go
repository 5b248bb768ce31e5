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
	sent   time.Time // when the forward began
}

func (c *call) now() time.Time { return c.config.Clock().Truncate(time.Millisecond) }

func (c *call) run(ctx context.Context) (ledger.Receipt, error) {
	receipt, sold, err := c.reserve(ctx)
	if sold || err != nil {
		return receipt, err
	}

	receipt, err = c.forward(ctx)
	switch {
	case err == nil:
		return c.record(ctx, receipt)
	case errors.Is(err, ErrTokenSold):
		return ledger.Receipt{}, c.keep(ctx, err)
	}
	return ledger.Receipt{}, c.release(ctx, err)
}

// forward sends the command once, within the lease.
func (c *call) forward(ctx context.Context) (ledger.Receipt, error) {
	c.sent = c.now()

	// The lease may be by another clock than the context's: what is left counts.
	ctx, cancel := context.WithTimeout(ctx, c.mine.lease.Sub(c.sent))
	defer cancel()

	return c.config.Remote.Sell(ctx, c.Owner, c.mine.forwards(c.Owner, c.Token), c.Command)
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
		admit = nil // once is enough
	}
	return ledger.Receipt{}, false, ledger.Unavailable(errors.New("the token could not be reserved"))
}

// holds reports whether the row is this call's reservation, of a write whose
// answer was lost.
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

// errAgain: the row may not be what was read. Read it again.
var errAgain = errors.New("try again")

// take writes the reservation that follows what was read.
func (c *call) take(ctx context.Context, r record) error {
	columns := r.reserved(c.Purchase, c.holder, c.now(), c.config.Lease)
	change := store.Insert(c.key, columns)
	if r.row.Exists() {
		change = store.Update(c.key, columns, colFence, r.fence)
	}

	err := c.config.Gate.Commit(ctx, change)
	if err == nil {
		c.mine = readRecord(store.Row{Key: c.key, Columns: columns})
	}
	return settled(err)
}

// settled returns errAgain for a write whose outcome has to be read.
func settled(err error) error {
	if errors.Is(err, store.ErrCondition) || errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrNotApplied) {
		return errAgain
	}
	return err
}

// read reads the token's row, while the caller is being admitted.
func (c *call) read(ctx context.Context, admit *ledger.Admission) (record, error) {
	rows, err := ledger.ReadBeside(ctx, c.config.Gate, admit, c.key)
	if err != nil {
		return record{}, err
	}
	return readRecord(rows[0]), nil
}

// record writes the order to the row. The order is returned only after it is
// recorded, so every retry returns the same one.
func (c *call) record(ctx context.Context, receipt ledger.Receipt) (ledger.Receipt, error) {
	for range tries {
		err := c.finish(ctx,
			store.String(colState, Done), store.String(colOrder, receipt.OrderID), store.String(colInst, receipt.InstanceID),
			store.Int("at", c.now().UnixMilli()), store.None(colUnfinished))
		if err == nil {
			return receipt, nil
		}
		if err = settled(err); !errors.Is(err, errAgain) {
			return ledger.Receipt{}, ledger.Unavailable(err) // it is sold: only a retry can say so
		}

		r, err := c.read(ctx, nil)
		switch {
		case err != nil:
			return ledger.Receipt{}, ledger.Unavailable(err)
		case r.state == Done:
			return r.receipt(), nil
		case r.fence != c.mine.fence:
			return ledger.Receipt{}, ledger.Unavailable(errTakenOver)
		}
	}
	return ledger.Receipt{}, ledger.Unavailable(errors.New("the order could not be recorded"))
}

var errTakenOver = errors.New("another call has taken the token over")

// release ends a reservation without an order. It frees the token if the refusal
// is definite; else it leaves the token to a retry, at once.
func (c *call) release(ctx context.Context, err error) error {
	var refused *Refused
	if !errors.As(err, &refused) {
		_ = c.finish(ctx, c.released()...) // if it fails, the lease runs out by itself
		return ledger.Unavailable(err)
	}
	if !c.mine.definite(refused, c.sent) {
		_ = c.finish(ctx, c.answered()...) // if it fails, the doubt only lasts longer
		return c.mine.undecided(refused, c.sent)
	}

	freed := c.finish(ctx, store.String(colState, Free), store.None(colUnfinished))
	if errors.Is(freed, store.ErrCondition) {
		return ledger.Unavailable(errTakenOver)
	}
	return refused.Answer // if freeing failed otherwise, the next call finds out after the lease
}

// keep ends a reservation whose token the endpoint has sold for other parameters.
// The token goes back to what was forwarded first, whose retry names the order, and
// is never freed.
func (c *call) keep(ctx context.Context, cause error) error {
	first := c.mine.first.columns()
	kept := c.finish(ctx, append(append(c.answered(), first...), store.Bool(colSold, true))...)
	if kept != nil {
		return ledger.Unavailable(errors.Join(cause, kept))
	}

	if mismatch := ledger.SameAsked(store.Row{Key: c.key, Columns: first}, c.Command); mismatch != nil {
		return mismatch
	}
	return ledger.Unavailable(cause)
}

// released are the columns that let the next caller take the token over at once.
func (c *call) released() store.Columns {
	return store.Columns{store.Int(colLease, c.now().UnixMilli())}
}

// answered are the columns that also record that the forward was answered: it
// cannot arrive any more, so the doubt need not start again.
func (c *call) answered() store.Columns {
	return append(c.released(), store.Int(colAnswered, c.mine.fence))
}

// finish changes the row if this call still holds it.
func (c *call) finish(ctx context.Context, columns ...store.Column) error {
	columns = append(columns, store.Int(colFence, c.mine.fence))
	return c.config.Gate.Commit(ctx, store.Update(c.key, columns, colFence, c.mine.fence))
}
