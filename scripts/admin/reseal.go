package main

import (
	"context"

	"aegis/scripts/internal/cli"
	"aegis/shared/access"
	"aegis/shared/store"
)

type resealKeys struct{ because }

// Run seals the secrets of all keys under the newest master key, and last the canary. It
// may be repeated and interrupted.
func (c *resealKeys) Run(ctx context.Context, a *admin) error {
	keys, resealed := 0, 0
	err := a.change(ctx, "key reseal", "all keys", c.Reason, nothing, func() error {
		return a.eachKey(ctx, func(id string) error {
			changed, err := a.keys.Reseal(ctx, id)
			if keys++; changed {
				resealed++
			}
			return err
		})
	})
	if err == nil {
		err = a.keys.ResealCanary(ctx)
	}
	if err != nil {
		return err
	}
	a.done([]cli.Field{{Name: "keys", Value: keys}, {Name: "resealed", Value: resealed}},
		"%d keys, %d of them resealed: every secret is sealed under the newest master key", keys, resealed)
	return nil
}

// eachKey calls do with the id of every key.
func (a *admin) eachKey(ctx context.Context, do func(id string) error) error {
	for start := (store.Key{}); ; {
		rows, next, err := a.store.Scan(ctx, access.Keys(), start, 1000)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if id, ok := access.KeyOf(row.Key); ok {
				if err := do(id); err != nil {
					return err
				}
			}
		}
		if start = next; next.Table.Name == "" {
			return nil
		}
	}
}
