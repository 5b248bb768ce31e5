package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// Account reads an owner's account; ErrNoAccount if there is none.
func (l *Ledger) Account(ctx context.Context, owner string) (sale.Account, error) {
	a, _, err := l.account(ctx, owner)
	if err != nil {
		return sale.Account{}, fmt.Errorf("account of owner %s: %w", owner, err)
	}
	return a, nil
}

// ChangeAccount makes or changes an owner's account by the function given, which
// gets the account as it is (a fresh one if there is none) and may be called
// again. Its change of Balance is booked as paid in, so that Deposited − Balance
// stays the sum of all orders. Instances are changed by sales alone.
func (l *Ledger) ChangeAccount(ctx context.Context, owner string, change func(*sale.Account)) (sale.Account, error) {
	for try := 1; ; try++ {
		after, err := l.changeOnce(ctx, owner, change)
		if err == nil || try == l.tries || !errors.Is(err, store.ErrCondition) {
			return after, err
		}
		if err := l.pause(ctx, try); err != nil {
			return sale.Account{}, fmt.Errorf("change account of owner %s: %w", owner, err)
		}
	}
}

func (l *Ledger) changeOnce(ctx context.Context, owner string, change func(*sale.Account)) (sale.Account, error) {
	key := keysOf(owner).account()
	before, rev, err := l.accountAt(ctx, owner, key)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return sale.Account{}, fmt.Errorf("change account of owner %s: %w", owner, err)
	}
	write := func(c store.Columns) store.Change {
		return store.Update(key, c, colRev, int64(rev))
	}
	if errors.Is(err, ErrNoAccount) {
		before = sale.Account{Owner: owner}
		write = func(c store.Columns) store.Change { return store.Insert(key, c) }
	}
	after := before
	change(&after)
	after.Instance, after.Released = before.Instance, before.Released
	after.Deposited = before.Deposited + after.Balance - before.Balance
	if err := l.gate.Commit(ctx, write(accountColumns(after, rev+1))); err != nil {
		return sale.Account{}, fmt.Errorf("change account of owner %s: %w", owner, err)
	}
	return after, nil
}

// OpenAccount makes an owner's account unless there is one, which stays as it is.
// After an error the account may be there.
func (l *Ledger) OpenAccount(ctx context.Context, a sale.Account) error {
	a.Instance, a.Released, a.Deposited = nil, nil, a.Balance
	err := l.gate.Commit(ctx, store.Insert(keysOf(a.Owner).account(), accountColumns(a, 1)))
	switch {
	case err == nil, errors.Is(err, store.ErrCondition):
		return nil
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrNotApplied):
		err = Unavailable(err)
	}
	return fmt.Errorf("open the account of owner %s: %w", a.Owner, err)
}

// NoteRenewal notes that the automatic renewal of an instance at an expiry was
// refused, so that it is tried again the next day. An instance that is not at that
// expiry any more has nothing to note. With ErrUnavailable or ErrConflict nothing
// may be noted; the renewal is then tried again sooner.
func (l *Ledger) NoteRenewal(ctx context.Context, owner, instanceID string, expiry time.Time, why sale.Code) error {
	account, rev, err := l.account(ctx, owner)
	if err == nil {
		noted, ok := account.RenewalFailed(instanceID, expiry, l.clock().Truncate(time.Millisecond), why)
		if !ok {
			return nil
		}
		err = l.gate.Commit(ctx, store.Update(keysOf(owner).account(), accountColumns(noted, rev+1), colRev, int64(rev)))
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrCondition):
		err = ErrConflict
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrNotApplied):
		err = Unavailable(err)
	}
	return fmt.Errorf("note the renewal of instance %s of owner %s: %w", instanceID, owner, err)
}

func (l *Ledger) account(ctx context.Context, owner string) (sale.Account, revision, error) {
	return l.accountAt(ctx, owner, keysOf(owner).account())
}

func (l *Ledger) accountAt(ctx context.Context, owner string, key store.Key) (sale.Account, revision, error) {
	rows, err := l.gate.Read(ctx, key)
	if err != nil {
		return sale.Account{}, 0, err
	}
	if !rows[0].Exists() {
		return sale.Account{}, 0, ErrNoAccount
	}
	a, rev := readAccount(owner, rows[0])
	return a, rev, nil
}
