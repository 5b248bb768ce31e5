package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aegis/shared/store"
)

// most is how many rows of one key are written in one batch; Tablestore takes 200.
const most = 200

// Put makes or replaces a key and its grants: afterwards it may act for exactly
// the owners given. Up to 199 changes of a key are one atomic write; of more, the
// key itself is written with the first.
func (r *Registry) Put(ctx context.Context, k Key, owners []string) error {
	if err := errors.Join(check(k, owners), r.ready(ctx)); err != nil {
		return fmt.Errorf("put access key %s: %w", k.ID, err)
	}

	changes, err := r.changes(ctx, k, owners)
	if err != nil {
		return fmt.Errorf("put access key %s: %w", k.ID, err)
	}

	if err := r.commit(ctx, changes); err != nil {
		return fmt.Errorf("put access key %s: %w", k.ID, err)
	}
	return nil
}

// commit makes changes of one key in batches, the first change with the first batch.
func (r *Registry) commit(ctx context.Context, changes []store.Change) error {
	for batch := range slices.Chunk(changes, most) {
		if err := r.store.Commit(ctx, batch...); err != nil {
			return err
		}
	}
	return nil
}

func check(k Key, owners []string) error {
	switch {
	case k.ID == "" || len(k.ID) > 128:
		return errors.New("its id must have 1 to 128 characters")
	case strings.ContainsFunc(k.ID, func(c rune) bool { return c == '/' || c <= ' ' || c > '~' }):
		return errors.New("its id must be printable ASCII without spaces and without a slash, which separates it from a nonce")
	case k.Secret == "":
		return errors.New("its secret is empty")
	case k.Owner == "" && !k.Reseller:
		return errors.New("it needs an owner")
	case len(owners) > 0 && !k.Reseller:
		return errors.New("only a reseller's key acts for other owners")
	}

	return nil
}

func (r *Registry) changes(ctx context.Context, k Key, owners []string) ([]store.Change, error) {
	own, err := r.keyChange(ctx, k)
	if err != nil {
		return nil, err
	}
	grants, err := r.grantChanges(ctx, k.ID, owners)
	return append([]store.Change{own}, grants...), err
}

// grantChanges returns the changes after which a key has grants for exactly the owners
// given.
func (r *Registry) grantChanges(ctx context.Context, id string, owners []string) ([]store.Change, error) {
	granted, err := r.Grants(ctx, id)
	if err != nil {
		return nil, err
	}

	var changes []store.Change
	for _, owner := range owners {
		if !slices.Contains(granted, owner) {
			changes = append(changes, store.Insert(grantRow(id, owner), store.Columns{store.Int(colRev, 1)}))
		}
	}
	for _, owner := range granted {
		if !slices.Contains(owners, owner) {
			changes = append(changes, store.Delete(grantRow(id, owner)))
		}
	}
	return changes, nil
}

func (r *Registry) keyChange(ctx context.Context, k Key) (store.Change, error) {
	rows, err := r.store.Read(ctx, keyRow(k.ID))
	if err != nil {
		return store.Change{}, err
	}

	columns, err := r.encode(k)
	if err != nil {
		return store.Change{}, err
	}

	rev := rows[0].Int(colRev)
	columns = append(columns, store.Int(colRev, rev+1))
	if rows[0].Exists() {
		return store.Update(keyRow(k.ID), columns, colRev, rev), nil
	}

	return store.Insert(keyRow(k.ID), columns), nil
}

// Grants lists the owners granted to a reseller's key, in order.
func (r *Registry) Grants(ctx context.Context, keyID string) ([]string, error) {
	var owners []string
	for start, first := "", true; first || start != ""; first = false {
		rows, next, err := r.store.Range(ctx, store.Range{Table: Keys(), Partition: keyID, Prefix: grantPrefix, Start: start, Limit: 1000})
		if err != nil {
			return nil, fmt.Errorf("list the grants of key %s: %w", keyID, err)
		}
		for _, row := range rows {
			owners = append(owners, row.Key.Sort[len(grantPrefix):])
		}
		start = next
	}

	return owners, nil
}
