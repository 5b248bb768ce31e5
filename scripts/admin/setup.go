package main

import (
	"context"

	"aegis/scripts/internal/cli"
	"aegis/shared/app"
)

type setup struct{ because }

// Run makes the tables and indexes and brings accounts to this release's schema.
func (c *setup) Run(ctx context.Context, a *admin) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	for _, t := range app.Tables() {
		if err := a.ensure(ctx, "table", t.Name, func() error { return a.store.EnsureTables(ctx, t) }); err != nil {
			return err
		}
	}
	for _, i := range app.Indexes() {
		if err := a.ensure(ctx, "index", i.Name, func() error { return a.store.EnsureIndexes(ctx, i) }); err != nil {
			return err
		}
	}
	if err := a.ensure(ctx, "canary of the", "master key", func() error { return a.keys.EnsureCanary(ctx) }); err != nil {
		return err
	}
	return a.change(ctx, "setup", "accounts", c.Reason, nothing, func() error { return a.migrate(ctx) })
}

// ensure creates something unless it is there, and waits while the store is not ready.
func (a *admin) ensure(ctx context.Context, what, name string, create func() error) error {
	if a.DryRun {
		a.Say([]cli.Field{{Name: "would create", Value: name}}, "would create %s %s, unless it is there", what, name)
		return nil
	}
	if err := a.patience.do(ctx, what+" "+name, create); err != nil {
		return err
	}
	a.Say([]cli.Field{{Name: what, Value: name}}, "%s %s is there", what, name)
	return nil
}

// migrate brings the accounts to this release's schema. It may be repeated and
// interrupted.
func (a *admin) migrate(ctx context.Context) error {
	seen, migrated := 0, 0
	err := a.eachAccount(ctx, "", func(o owner) (bool, error) {
		done, err := a.ledger.Migrate(ctx, string(o))
		if seen++; done {
			migrated++
		}
		return true, err
	})
	if err != nil {
		return err
	}
	a.Say([]cli.Field{{Name: "accounts", Value: seen}, {Name: "migrated", Value: migrated}},
		"%d accounts, %d of them brought to this release's schema", seen, migrated)
	return nil
}
