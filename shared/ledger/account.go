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
	s, err := l.account(ctx, owner)
	if err != nil {
		return sale.Account{}, fmt.Errorf("account of owner %s: %w", owner, err)
	}
	return s.account, nil
}

// OpenAccount creates an owner's account, or leaves an existing one unchanged. Its
// balance is entered as an opening order. made is false if there was an account; after
// an error the account may exist.
func (l *Ledger) OpenAccount(ctx context.Context, a sale.Account) (made bool, err error) {
	a.Instance = nil
	a.Released = nil
	a.Deposited = a.Balance
	keys := keysOf(a.Owner)
	changes := []store.Change{store.Insert(keys.account(), accountColumns(a, 1))}
	if a.Balance != 0 {
		order := opening(a.Balance, l.clock().Truncate(time.Millisecond))
		changes = append(changes, store.Insert(keys.order(order.ID), orderColumns(order, 1, "", "")))
	}

	err = l.store.Commit(ctx, changes...)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, store.ErrCondition):
		return false, nil
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrNotApplied):
		err = sale.Unavailable(err)
	}

	return false, fmt.Errorf("open the account of owner %s: %w", a.Owner, err)
}

// NoteRenewal records on the account that the automatic renewal at an expiry was
// refused, so that it is tried again the next day. If the instance is no longer at that
// expiry, it does nothing. After ErrUnavailable or ErrConflict the note may be missing;
// the renewal is then tried again sooner.
func (l *Ledger) NoteRenewal(ctx context.Context, owner, instanceID string, expiry time.Time, why sale.Code) error {
	s, err := l.account(ctx, owner)
	if err == nil {
		noted, ok := s.account.RenewalFailed(instanceID, expiry, l.clock().Truncate(time.Millisecond), why)
		if !ok {
			return nil
		}
		err = l.store.Commit(ctx, l.accountChanges(keysOf(owner), s, noted)...)
	}

	return l.changed(fmt.Sprintf("note the renewal of instance %s of owner %s", instanceID, owner), err)
}

// Migrate updates an account's row to this release's schema: it enters the opening
// order and the channel of the instance. migrated is false if there was nothing to do.
func (l *Ledger) Migrate(ctx context.Context, owner string) (migrated bool, err error) {
	s, err := l.account(ctx, owner)
	if err == nil {
		if s.stored.Int(colSchema) == schema {
			return false, nil
		}
		err = l.store.Commit(ctx, l.accountChanges(keysOf(owner), s, s.account)...)
	}
	return err == nil, l.changed("migrate the account of owner "+owner, err)
}

// changed returns the caller's error for a failed change of an account.
func (l *Ledger) changed(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrCondition):
		err = sale.ErrConflict
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrNotApplied):
		err = sale.Unavailable(err)
	}

	return fmt.Errorf("%s: %w", doing, err)
}

// accountChanges returns the changes that replace the account that was read. Only the
// columns that differ are written: the condition on rev says that the others are still
// as they were read. A row of an earlier schema gets its opening order with them.
func (l *Ledger) accountChanges(k keys, s state, after sale.Account) []store.Change {
	columns := accountColumns(after, s.rev+1).Changed(s.stored)
	changes := []store.Change{store.Update(k.account(), columns, colRev, int64(s.rev))}
	if s.stored.Int(colSchema) < schema && s.account.Deposited != 0 {
		order := opening(s.account.Deposited, l.clock().Truncate(time.Millisecond))
		changes = append(changes, store.Insert(k.order(order.ID), orderColumns(order, s.rev+1, "", "")))
	}
	return changes
}

func (l *Ledger) account(ctx context.Context, owner string) (state, error) {
	rows, err := l.store.Read(ctx, keysOf(owner).account())
	if err != nil {
		return state{}, err
	}

	if !rows[0].Exists() {
		return state{}, sale.ErrNoAccount
	}

	return stateOf(owner, store.Row{}, rows[0])
}
