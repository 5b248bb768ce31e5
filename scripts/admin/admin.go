package main

import (
	"context"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/target"
	"aegis/shared/access"
	"aegis/shared/app"
	"aegis/shared/audit"
	"aegis/shared/ledger"
	"aegis/shared/store"
)

// base are the flags of every command.
type base struct {
	target.Flags
	target.Change
	cli.Format
	DryRun bool `help:"Print what would change, and change nothing."`
}

// admin is what the commands work on.
type admin struct {
	cli.Printer
	base
	target   target.Target
	settings app.Settings
	store    *store.Store
	gate     store.Client // of changes: the store, or one that prints them
	ledger   *ledger.Ledger
	keys     *access.Registry
	log      *audit.Log
	patience patience // of setup
}

// open connects to the target.
func (b *base) open(ctx context.Context, std cli.IO) (*admin, error) {
	t, err := b.Find(ctx, std)
	if err != nil {
		return nil, err
	}
	settings, err := app.ReadSettings(t.Settings)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(settings.Store)
	if err != nil {
		return nil, err
	}
	a := &admin{Printer: cli.Printer{Out: std.Out, JSON: b.JSON}, base: *b, target: t, settings: settings, store: s, gate: s, patience: newPatience(std.Err)}
	if b.DryRun {
		a.gate = dryRun{Store: s, print: a.Printer}
	}
	return a, a.wire()
}

func (a *admin) wire() (err error) {
	a.ledger, err = ledger.New(ledger.Config{Store: a.gate, Catalogue: a.settings.Catalogue, Clock: a.clock})
	if err != nil {
		return err
	}
	if a.keys, err = a.settings.OpenRegistry(a.gate); err != nil {
		return err
	}
	a.log, err = audit.New(audit.Config{Store: a.store})
	return err
}

// clock is the clock of the sale there.
func (a *admin) clock() time.Time { return time.Now().Add(a.settings.Time.Offset) }

// mayChange refuses a change on another machine without -yes.
func (a *admin) mayChange() error {
	if a.DryRun {
		return nil
	}
	return a.Allow(a.target)
}

// done reports a change; of a dry run the changes are printed already.
func (a *admin) done(fields []cli.Field, format string, args ...any) {
	if !a.DryRun {
		a.Say(fields, format, args...)
	}
}
