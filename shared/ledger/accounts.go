package ledger

import (
	"context"
	"errors"
	"fmt"

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
	before, rev, err := l.account(ctx, owner)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return sale.Account{}, fmt.Errorf("change account of owner %s: %w", owner, err)
	}
	write := func(c store.Columns) store.Change {
		return store.Update(keysOf(owner).account(), c, colRev, int64(rev))
	}
	if errors.Is(err, ErrNoAccount) {
		before = sale.Account{Owner: owner}
		write = func(c store.Columns) store.Change { return store.Insert(keysOf(owner).account(), c) }
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

func (l *Ledger) account(ctx context.Context, owner string) (sale.Account, revision, error) {
	rows, err := l.gate.Read(ctx, keysOf(owner).account())
	if err != nil {
		return sale.Account{}, 0, err
	}
	if !rows[0].Exists() {
		return sale.Account{}, 0, ErrNoAccount
	}
	a, rev := readAccount(owner, rows[0])
	return a, rev, nil
}
