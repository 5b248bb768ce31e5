package access

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"aegis/shared/store"
)

var (
	// ErrExists: there is a key of this id already.
	ErrExists = errors.New("there is an access key of this id already")
	// ErrChanged: somebody else changed the key at the same time; nothing was changed.
	ErrChanged = errors.New("the key was changed meanwhile: try again")
	// ErrRotating: the secret before the last rotation still holds.
	ErrRotating = errors.New("the secret before the last rotation still holds")
)

// Create makes a key with its grants, or returns ErrExists. After another error the key
// may exist: delete it, since its secret was not shown.
func (r *Registry) Create(ctx context.Context, k Key, owners []string) error {
	err := r.create(ctx, k, owners)
	if errors.Is(err, store.ErrCondition) {
		err = ErrExists
	}
	if err != nil {
		return fmt.Errorf("create access key %s: %w", k.ID, err)
	}
	return nil
}

func (r *Registry) create(ctx context.Context, k Key, owners []string) error {
	if err := errors.Join(check(k, owners), r.ready(ctx)); err != nil {
		return err
	}
	rows, err := r.store.Read(ctx, keyRow(k.ID))
	if err != nil {
		return err
	}
	if rows[0].Exists() {
		return ErrExists
	}

	columns, err := r.encode(k)
	if err != nil {
		return err
	}
	grants, err := r.grantChanges(ctx, k.ID, owners)
	if err != nil {
		return err
	}
	own := store.Insert(keyRow(k.ID), append(columns, store.Int(colRev, 1)))
	return r.commit(ctx, append([]store.Change{own}, grants...))
}

// SetDisabled disables or enables a key and changes nothing else of it.
func (r *Registry) SetDisabled(ctx context.Context, id string, disabled bool) error {
	return r.edit(ctx, "disable or enable", id, func(store.Row) (store.Columns, error) {
		return store.Columns{store.Bool(colDisabled, disabled)}, nil
	})
}

// EditLimits changes the limits of a key and nothing else of it.
func (r *Registry) EditLimits(ctx context.Context, id string, change func(*Limits)) error {
	return r.edit(ctx, "limit", id, func(row store.Row) (store.Columns, error) {
		l, err := readLimits(row)
		if err != nil {
			return nil, err
		}
		change(&l)
		return l.columns(), nil
	})
}

// EditOperations changes the operations that are granted to a key by name.
func (r *Registry) EditOperations(ctx context.Context, id string, change func([]string) []string) error {
	return r.edit(ctx, "grant operations to", id, func(row store.Row) (store.Columns, error) {
		return store.Columns{list(colGranted, change(readList(row, colGranted)))}, nil
	})
}

// Rotate gives a key a new secret. The old one holds too for the overlap. While the
// secret before it still holds, Rotate returns ErrRotating, unless overlap is 0: then
// every other secret ends at once.
func (r *Registry) Rotate(ctx context.Context, id, secret string, overlap time.Duration) error {
	if err := r.ready(ctx); err != nil {
		return err
	}
	sealed, err := r.masterKey().seal(r.random, id, secret)
	if err != nil {
		return err
	}

	err = r.edit(ctx, "rotate", id, func(row store.Row) (store.Columns, error) { return r.rotated(row, sealed, overlap) })
	if errors.Is(err, store.ErrUnknown) || errors.Is(err, ErrChanged) {
		rows, readErr := r.store.Read(ctx, keyRow(id))
		if readErr == nil && bytes.Equal(rows[0].Bytes(colSecret), sealed) {
			return nil // the write with the lost answer was applied
		}
	}
	return err
}

func (r *Registry) rotated(row store.Row, sealed []byte, overlap time.Duration) (store.Columns, error) {
	columns := store.Columns{store.Bytes(colSecret, sealed), store.None(colPrevious), store.None(colPreviousUntil)}
	if overlap <= 0 {
		return columns, nil
	}

	until := moment(row.Int(colPreviousUntil))
	if r.clock().Before(until) {
		return nil, fmt.Errorf("until %s: %w", until.UTC().Format(time.RFC3339), ErrRotating)
	}
	columns[1] = store.Bytes(colPrevious, row.Bytes(colSecret))
	columns[2] = store.Int(colPreviousUntil, epoch(r.clock().Add(overlap)))
	return columns, nil
}

// edit changes the columns of a key's row that change returns, and its revision.
func (r *Registry) edit(ctx context.Context, doing, id string, change func(store.Row) (store.Columns, error)) error {
	err := r.tryEdit(ctx, id, change)
	if errors.Is(err, store.ErrCondition) {
		err = ErrChanged
	}
	if err != nil {
		return fmt.Errorf("%s access key %s: %w", doing, id, err)
	}
	r.cacheDrop(id)
	return nil
}

func (r *Registry) tryEdit(ctx context.Context, id string, change func(store.Row) (store.Columns, error)) error {
	rows, err := r.store.Read(ctx, keyRow(id))
	if err != nil {
		return err
	}
	if !rows[0].Exists() {
		return ErrNoKey
	}

	columns, err := change(rows[0])
	if err != nil {
		return err
	}
	rev := rows[0].Int(colRev)
	return r.store.Commit(ctx, store.Update(keyRow(id), append(columns, store.Int(colRev, rev+1)), colRev, rev))
}

// Grant lets a reseller's key act for more owners. Those that it acts for already stay.
func (r *Registry) Grant(ctx context.Context, id string, owners []string) error {
	return r.regrant(ctx, id, owners, false, func(owner string) store.Change {
		return store.Insert(grantRow(id, owner), store.Columns{store.Int(colRev, 1)})
	})
}

// Revoke ends the grants of a key for owners. It skips those that it does not act for.
func (r *Registry) Revoke(ctx context.Context, id string, owners []string) error {
	return r.regrant(ctx, id, owners, true, func(owner string) store.Change { return store.Delete(grantRow(id, owner)) })
}

// regrant makes one change for each owner whose grant exists, or does not.
func (r *Registry) regrant(ctx context.Context, id string, owners []string, exists bool, change func(owner string) store.Change) error {
	rows, err := r.store.Read(ctx, keyRow(id))
	switch {
	case err != nil:
	case !rows[0].Exists():
		err = ErrNoKey
	case !rows[0].Bool(colReseller):
		err = errors.New("only a reseller's key acts for other owners")
	}
	if err != nil {
		return fmt.Errorf("change the grants of access key %s: %w", id, err)
	}

	granted, err := r.Grants(ctx, id)
	if err != nil {
		return err
	}
	var changes []store.Change
	for _, owner := range owners {
		if slices.Contains(granted, owner) == exists {
			changes = append(changes, change(owner))
		}
	}
	if err := r.commit(ctx, changes); err != nil {
		return fmt.Errorf("change the grants of access key %s: %w", id, err)
	}
	return nil
}
