package ledger

import (
	"context"
	"errors"
	"fmt"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// colClosed is present while an account is closed.
const colClosed = "closed"

// errClosed is the cause of the ErrUnavailable that callers get meanwhile.
var errClosed = errors.New("the account is closed until it has been reconciled (admin restore end)")

// Close stops the sales of an account, on every road: they are ErrUnavailable, until Open.
// Tokens that are known to be sold still answer their order. A restored backup has
// forgotten the tokens that were sold since; nothing may be sold on it before somebody
// has compared the books.
//
// The account's row says so, which every sale reads anyway. Close moves the row's rev, so
// that a sale that was decided before cannot be committed any more. changed is false if
// the account was closed.
func (l *Ledger) Close(ctx context.Context, owner string) (changed bool, err error) {
	return l.setClosed(ctx, owner, store.Bool(colClosed, true))
}

// Open lets an account that was closed sell again. changed is false if it was open.
func (l *Ledger) Open(ctx context.Context, owner string) (changed bool, err error) {
	return l.setClosed(ctx, owner, store.None(colClosed))
}

// IsClosed reports whether an account is closed.
func (l *Ledger) IsClosed(ctx context.Context, owner string) (bool, error) {
	rows, err := l.store.Read(ctx, keysOf(owner).account())
	if err != nil {
		return false, fmt.Errorf("account of owner %s: %w", owner, err)
	}
	return rows[0].Bool(colClosed), nil
}

func (l *Ledger) setClosed(ctx context.Context, owner string, closed store.Column) (changed bool, err error) {
	for try := 1; ; try++ {
		changed, err = l.trySetClosed(ctx, owner, closed)
		if !errors.Is(err, store.ErrCondition) || try == l.tries {
			return changed, l.changed("close or open the account of owner "+owner, err)
		}
		if err := l.pause(ctx, try); err != nil {
			return false, err
		}
	}
}

func (l *Ledger) trySetClosed(ctx context.Context, owner string, closed store.Column) (changed bool, err error) {
	key := keysOf(owner).account()
	rows, err := l.store.Read(ctx, key)
	if err != nil {
		return false, err
	}
	if !rows[0].Exists() {
		return false, sale.ErrNoAccount
	}
	if rows[0].Bool(colClosed) == !closed.IsNone() {
		return false, nil
	}

	rev := rows[0].Int(colRev)
	return true, l.store.Commit(ctx, store.Update(key, store.Columns{closed, store.Int(colRev, rev+1)}, colRev, rev))
}
