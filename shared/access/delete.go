package access

import (
	"context"
	"fmt"

	"aegis/shared/store"
)

// KeyOf returns the id of the key that a row of the table Keys is. Other rows are
// grants.
func KeyOf(k store.Key) (id string, ok bool) { return k.Partition, k.Sort == keyItem }

// Delete removes a key and its grants; ErrNoKey if there is none. The key itself goes
// first, so that after an error it may be gone and grants of it left, which Delete
// removes when it is called again.
func (r *Registry) Delete(ctx context.Context, id string) error {
	granted, err := r.Grants(ctx, id)
	if err != nil {
		return err
	}
	rows, err := r.store.Read(ctx, keyRow(id))
	if err != nil {
		return fmt.Errorf("delete access key %s: %w", id, err)
	}
	var changes []store.Change
	if rows[0].Exists() {
		changes = append(changes, store.Delete(keyRow(id)))
	}
	for _, owner := range granted {
		changes = append(changes, store.Delete(grantRow(id, owner)))
	}
	if len(changes) == 0 {
		return fmt.Errorf("delete access key %s: %w", id, ErrNoKey)
	}

	if err := r.commit(ctx, changes); err != nil {
		return fmt.Errorf("delete access key %s: %w", id, err)
	}
	r.cacheDrop(id)
	return nil
}
