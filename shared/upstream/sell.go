package upstream

import (
	"context"
	"errors"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// tries bounds how often a call writes to a token's row before it leaves the token to a
// retry.
const tries = 6

// forwarding is the state of one call of Sell.
type forwarding struct {
	*Backend
	sale.Purchase
	precheck store.Precheck // nil passes
	holder   string
	key      store.Key // of the token's row
	mine     record    // the reservation, once it is ours
	sent     time.Time // when the forward began
}

func (f *forwarding) now() time.Time { return f.config.Clock().Truncate(time.Millisecond) }

func (f *forwarding) run(ctx context.Context) (sale.Receipt, error) {
	receipt, sold, err := f.reserve(ctx)
	if sold || err != nil {
		return receipt, err
	}

	receipt, err = f.forward(ctx)
	switch {
	case err == nil:
		return f.record(ctx, receipt)
	case errors.Is(err, ErrTokenSold):
		return sale.Receipt{}, f.keep(ctx, err)
	}
	return sale.Receipt{}, f.release(ctx, err)
}

// forward sends the command once, within the lease. It is signed before the lease is
// compared with the clock: a process that is stopped in between, and goes on when the
// lease and the doubt are long over, sends what the endpoint refuses for its timestamp.
func (f *forwarding) forward(ctx context.Context) (sale.Receipt, error) {
	send := f.config.Remote.Prepare(ctx, f.Owner, f.mine.forwards(f.Owner, f.Token), f.Command)
	f.sent = f.now()

	// The lease may be by another clock than the context's, so use the remaining time.
	ctx, cancel := context.WithTimeout(ctx, f.mine.lease.Sub(f.sent))
	defer cancel()

	return send(ctx)
}

// reserve reserves the token for this call, or finds that it has been sold.
func (f *forwarding) reserve(ctx context.Context) (receipt sale.Receipt, sold bool, err error) {
	precheck := f.precheck
	for range tries {
		r, err := f.read(ctx, precheck)
		if err == nil {
			err = f.check(r)
		}

		limits := f.CheckForwarded()

		switch {
		case err != nil:
			return sale.Receipt{}, false, err
		case r.state == tokenrow.Done:
			return r.receipt(), true, nil
		case limits != nil:
			return sale.Receipt{}, false, limits
		case f.holds(r):
			f.mine = r
			return sale.Receipt{}, false, nil
		}

		if err := f.take(ctx, r); !errors.Is(err, errAgain) {
			return sale.Receipt{}, false, err
		}
		precheck = nil // it has passed
	}
	return sale.Receipt{}, false, sale.Unavailable(errors.New("the token could not be reserved"))
}

// holds reports whether the row is this call's reservation, made by a write with a lost
// response.
func (f *forwarding) holds(r record) bool { return r.state == tokenrow.Pending && r.holder == f.holder }

// check refuses a token that stands for another purchase, or that another call may be
// forwarding.
func (f *forwarding) check(r record) error {
	if r.state == "" || r.state == tokenrow.Free || f.holds(r) {
		return nil
	}
	if err := tokenrow.ReadFingerprint(r.row.Columns).Check(f.Command); err != nil || r.state == tokenrow.Done {
		return err
	}
	if f.now().Before(r.lease) {
		return &Processing{After: r.lease.Sub(f.now())}
	}

	return nil
}

// errAgain means that the row may have changed since it was read. Read it again.
var errAgain = errors.New("try again")

// take writes the reservation that follows r.
func (f *forwarding) take(ctx context.Context, r record) error {
	columns := r.reserved(f.Purchase, f.holder, f.now(), f.config.Lease)
	change := store.Insert(f.key, columns)
	if r.row.Exists() {
		change = store.Update(f.key, columns, tokenrow.Fence, r.fence)
	}

	err := f.config.Store.Commit(ctx, change)
	if err == nil {
		f.mine = readRecord(store.Row{Key: f.key, Columns: columns})
	}
	return settled(err)
}

// settled returns errAgain for a write whose outcome must be read.
func settled(err error) error {
	if errors.Is(err, store.ErrCondition) || errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrNotApplied) {
		return errAgain
	}
	return err
}

// read reads the token's row while the Precheck runs.
func (f *forwarding) read(ctx context.Context, precheck store.Precheck) (record, error) {
	rows, err := tokenrow.ReadChecked(ctx, f.config.Store, precheck, f.key)
	if err != nil {
		return record{}, err
	}
	return readRecord(rows[0]), nil
}

// record writes the order to the row. The order is returned only after it is
// recorded, so every retry returns the same one.
func (f *forwarding) record(ctx context.Context, receipt sale.Receipt) (sale.Receipt, error) {
	for range tries {
		err := f.finish(ctx,
			store.String(tokenrow.StateColumn, tokenrow.Done), store.String(tokenrow.Order, receipt.OrderID), store.String(tokenrow.Instance, receipt.InstanceID),
			store.Int(tokenrow.At, f.now().UnixMilli()), store.None(tokenrow.Unfinished))
		if err == nil {
			return receipt, nil
		}
		if err = settled(err); !errors.Is(err, errAgain) {
			return sale.Receipt{}, sale.Unavailable(err) // it is sold: a retry returns the order
		}

		r, err := f.read(ctx, nil)
		switch {
		case err != nil:
			return sale.Receipt{}, sale.Unavailable(err)
		case r.state == tokenrow.Done:
			return r.receipt(), nil
		case r.fence != f.mine.fence:
			return sale.Receipt{}, sale.Unavailable(errTakenOver)
		}
	}
	return sale.Receipt{}, sale.Unavailable(errors.New("the order could not be recorded"))
}

var errTakenOver = errors.New("another call has taken the token over")

// release ends a reservation without an order. It frees the token if the refusal
// is definite; else it leaves the token to a retry, at once.
func (f *forwarding) release(ctx context.Context, err error) error {
	var refused *Refused
	if !errors.As(err, &refused) {
		_ = f.finish(ctx, f.released()...) // if it fails, the lease expires
		return sale.Unavailable(err)
	}
	if !f.mine.definite(refused, f.sent) {
		_ = f.finish(ctx, f.answered()...) // if it fails, the doubt lasts longer
		return f.mine.undecided(refused, f.sent)
	}

	freed := f.finish(ctx, store.String(tokenrow.StateColumn, tokenrow.Free), store.None(tokenrow.Unfinished))
	if errors.Is(freed, store.ErrCondition) {
		return sale.Unavailable(errTakenOver)
	}
	return refused.Answer // if freeing failed otherwise, the next call frees it after the lease
}

// keep ends a reservation whose token the endpoint has sold for other parameters.
// The token goes back to what was forwarded first, whose retry names the order, and
// is never freed.
func (f *forwarding) keep(ctx context.Context, cause error) error {
	kept := f.finish(ctx, append(append(f.answered(), f.mine.first.Columns()...), store.Bool(tokenrow.Sold, true))...)
	if kept != nil {
		return sale.Unavailable(errors.Join(cause, kept))
	}

	if mismatch := f.mine.first.Check(f.Command); mismatch != nil {
		return mismatch
	}
	return sale.Unavailable(cause)
}

// released returns the columns that end the lease, so that the next caller can take the
// token over at once.
func (f *forwarding) released() store.Columns {
	return store.Columns{store.Int(tokenrow.Lease, f.now().UnixMilli())}
}

// answered returns the columns of released, and records that the forward was answered.
// It cannot arrive later, so the doubt does not start again.
func (f *forwarding) answered() store.Columns {
	return append(f.released(), store.Int(tokenrow.Answered, f.mine.fence))
}

// finish changes the row if this call still holds it.
func (f *forwarding) finish(ctx context.Context, columns ...store.Column) error {
	columns = append(columns, store.Int(tokenrow.Fence, f.mine.fence))
	return f.config.Store.Commit(ctx, store.Update(f.key, columns, tokenrow.Fence, f.mine.fence))
}
