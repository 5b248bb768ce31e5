package main

import (
	"context"
	"fmt"

	"aegis/scripts/internal/cli"
)

type beginRestore struct{ because }

// Run closes all accounts. It may be repeated and interrupted.
func (c *beginRestore) Run(ctx context.Context, std cli.IO, a *admin) error {
	r := &restoring{judge: judge{admin: a}}
	defer r.progress(std)()
	err := a.change(ctx, "restore begin", "all accounts", c.Reason, nothing, func() error {
		return a.eachAccount(ctx, "", func(o owner) (bool, error) { return true, r.close(ctx, o) })
	})
	if err != nil {
		return err
	}
	a.done([]cli.Field{{Name: "closed", Value: r.changed}}, "%d accounts closed: their sales are ServiceUnavailable until restore end", r.changed)
	return nil
}

type endRestore struct {
	because
	Owner       owner `placeholder:"ID" help:"Only this account, and also if its books do not add up."`
	LogCompared bool  `help:"The log was compared: what was sold since the backup has been entered."`
}

// Validate wants a reason for opening an account that was not reconciled. Books that add up
// do not show what was sold since the backup, so that has to be stated.
func (c *endRestore) Validate() error {
	if c.Owner == "" && !c.LogCompared {
		return fmt.Errorf("name one account by --owner, or state by --log-compared that the orders of the log since the backup have been entered")
	}
	if c.Owner != "" && c.Reason == "" {
		return fmt.Errorf("--owner needs a --reason")
	}
	return nil
}

// Run opens every account whose books add up. It may be repeated and interrupted.
func (c *endRestore) Run(ctx context.Context, std cli.IO, a *admin) error {
	r := &restoring{judge: judge{admin: a}}
	of, work := "all accounts", func() error {
		return a.eachAccount(ctx, "", func(o owner) (bool, error) { return true, r.open(ctx, o) })
	}
	if c.Owner != "" {
		of, work = "owner "+string(c.Owner), func() error { return r.release(ctx, c.Owner) }
	}
	defer r.progress(std)()
	if err := a.change(ctx, "restore end", of, c.Reason, nothing, work); err != nil {
		return err
	}

	a.done([]cli.Field{{Name: "opened", Value: r.changed}, {Name: "closed", Value: r.left}}, "%d accounts opened, %d are still closed", r.changed, r.left)
	if r.left > 0 {
		return fmt.Errorf("%d accounts do not add up: put them right, or open one with -owner", r.left)
	}
	return nil
}

// restoring counts what a restore changes.
type restoring struct {
	judge
	changed, left int
}

func (r *restoring) close(ctx context.Context, o owner) error {
	changed, err := r.ledger.Close(ctx, string(o))
	return r.count(changed, err)
}

func (r *restoring) release(ctx context.Context, o owner) error {
	changed, err := r.ledger.Open(ctx, string(o))
	return r.count(changed, err)
}

func (r *restoring) count(changed bool, err error) error {
	r.owners.Add(1)
	if changed && err == nil {
		r.changed++
	}
	return err
}

// open releases an account whose books add up.
func (r *restoring) open(ctx context.Context, o owner) error {
	closed, err := r.ledger.IsClosed(ctx, string(o))
	if err != nil || !closed {
		return err
	}
	wrong, err := r.findings(ctx, o)
	if err != nil {
		return err
	}
	if wrong > 0 {
		r.left++
		return nil
	}
	return r.release(ctx, o)
}
