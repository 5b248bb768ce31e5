package access

import (
	"context"
	"errors"
	"fmt"

	"aegis/shared/store"
)

// canary is a known text that is sealed under the newest master key. A function that
// cannot open it has the wrong master key, whichever access key it is asked for. No key
// has such an id, because a slash is not allowed in one.
const (
	canaryID   = "/master-key"
	canaryItem = "canary"
	canaryText = "the master key is the right one"
)

func canaryRow() store.Key { return store.Key{Table: Keys(), Partition: canaryID, Sort: canaryItem} }

// ErrWrongMasterKey: the canary was sealed under a master key that is not set here.
var ErrWrongMasterKey = errors.New("the master key is not the one that the access keys are sealed under (ACCESS_MASTER_KEY)")

// checkCanary returns ErrWrongMasterKey if the canary cannot be opened. Without a canary
// nothing is known.
func (r *Registry) checkCanary(row store.Row) error {
	if !row.Exists() {
		return nil
	}
	if text, err := r.masterKey().open(canaryID, row.Bytes(colSecret)); err != nil || text != canaryText {
		return ErrWrongMasterKey
	}
	return nil
}

// CheckMasterKey returns ErrWrongMasterKey if the access keys are sealed under another
// master key.
func (r *Registry) CheckMasterKey(ctx context.Context) error {
	if err := r.ready(ctx); err != nil {
		return err
	}
	rows, err := r.store.Read(ctx, canaryRow())
	if err != nil {
		return findError(canaryID, err)
	}
	return r.checkCanary(rows[0])
}

// EnsureCanary makes the canary if there is none, or returns the error of
// CheckMasterKey.
func (r *Registry) EnsureCanary(ctx context.Context) error {
	if err := r.ready(ctx); err != nil {
		return err
	}
	rows, err := r.store.Read(ctx, canaryRow())
	if err != nil {
		return findError(canaryID, err)
	}
	if rows[0].Exists() {
		return r.checkCanary(rows[0])
	}

	sealed, err := r.masterKey().seal(r.random, canaryID, canaryText)
	if err != nil {
		return err
	}
	err = r.store.Commit(ctx, store.Insert(canaryRow(), store.Columns{store.Bytes(colSecret, sealed), store.Int(colRev, 1)}))
	if errors.Is(err, store.ErrCondition) {
		return r.CheckMasterKey(ctx) // somebody else made it
	}
	return err
}

// Reseal seals a key's secrets under the newest master key. changed is false if they
// are. It may be repeated and interrupted.
func (r *Registry) Reseal(ctx context.Context, id string) (changed bool, err error) {
	if err := r.ready(ctx); err != nil {
		return false, err
	}
	err = r.edit(ctx, "reseal", id, func(row store.Row) (store.Columns, error) {
		columns, err := r.resealed(row, sealedColumns(id)...)
		changed = len(columns) > 0
		if !changed && err == nil {
			err = errSealed
		}
		return columns, err
	})
	if errors.Is(err, errSealed) {
		return false, nil
	}
	return changed, err
}

// errSealed: a key is sealed under the newest master key already.
var errSealed = errors.New("nothing to reseal")

// ResealCanary does for the canary what Reseal does for a key. Do it after all keys.
func (r *Registry) ResealCanary(ctx context.Context) error {
	if err := r.ready(ctx); err != nil {
		return err
	}
	rows, err := r.store.Read(ctx, canaryRow())
	if err != nil || !rows[0].Exists() {
		return err
	}
	columns, err := r.resealed(rows[0], sealedColumn{colSecret, canaryID})
	if err != nil || len(columns) == 0 {
		return err
	}
	rev := rows[0].Int(colRev)
	return r.store.Commit(ctx, store.Update(canaryRow(), append(columns, store.Int(colRev, rev+1)), colRev, rev))
}

// sealedColumn is a column that is sealed, and for what.
type sealedColumn struct{ name, purpose string }

func sealedColumns(id string) []sealedColumn {
	return []sealedColumn{{colSecret, id}, {colToken, tokenPurpose + id}, {colPrevious, id}}
}

// resealed returns the columns of a row that are not sealed under the newest master key,
// sealed under it.
func (r *Registry) resealed(row store.Row, sealed ...sealedColumn) (store.Columns, error) {
	var columns store.Columns
	for _, s := range sealed {
		old := row.Bytes(s.name)
		if old == nil || r.masterKey().isNewest(old) {
			continue
		}
		text, err := r.masterKey().open(s.purpose, old)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", s.name, err)
		}
		column, err := r.sealed(s.name, s.purpose, text)
		if err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	return columns, nil
}
