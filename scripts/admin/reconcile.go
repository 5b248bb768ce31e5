package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"aegis/scripts/internal/cli"
)

type reconcile struct {
	Owner owner `placeholder:"ID" xor:"which" required:"" help:"One account's number."`
	All   bool  `xor:"which" required:"" help:"All accounts, in the order of the table."`
	After owner `placeholder:"ID" help:"Of all accounts, those after this one: where an earlier run ended."`
}

// Validate refuses half of a page.
func (c *reconcile) Validate() error {
	if c.After != "" && !c.All {
		return errors.New("--after belongs to --all")
	}
	return nil
}

// Run judges the books of one owner, or of all, by the laws. It changes nothing. What
// does not add up is an error.
func (c *reconcile) Run(ctx context.Context, std cli.IO, a *admin) error {
	j := &judge{admin: a}
	if !c.All {
		return errors.Join(j.owner(ctx, c.Owner), j.verdict())
	}
	defer j.progress(std)()
	err := a.eachAccount(ctx, c.After, func(o owner) (bool, error) { return true, j.owner(ctx, o) })
	return errors.Join(err, j.verdict(), j.resume(err))
}

// judge counts what does not add up.
type judge struct {
	*admin
	owners atomic.Int64
	wrong  int
	last   owner
}

func (j *judge) progress(std cli.IO) (stop func()) {
	return cli.Progress{Out: std.Err, Unit: "accounts", Done: func() float64 { return float64(j.owners.Load()) }}.Start()
}

// findings judges one owner's books and prints what does not add up.
func (j *judge) findings(ctx context.Context, o owner) (int, error) {
	wrong, err := j.ledger.Audit(ctx, string(o), j.settings.Catalogue.MonthlyPrices())
	for _, w := range wrong {
		j.Say([]cli.Field{{Name: "owner", Value: o}, {Name: "finding", Value: w.Error()}}, "owner %s: %v", o, w)
	}
	return len(wrong), err
}

func (j *judge) owner(ctx context.Context, o owner) error {
	wrong, err := j.findings(ctx, o)
	if err != nil {
		return err
	}
	j.owners.Add(1)
	j.wrong += wrong
	j.last = o
	return nil
}

func (j *judge) verdict() error {
	j.Say([]cli.Field{{Name: "reconciled", Value: j.owners.Load()}, {Name: "findings", Value: j.wrong}},
		"%d owners reconciled, %d findings", j.owners.Load(), j.wrong)
	if j.wrong > 0 {
		return fmt.Errorf("%d findings", j.wrong)
	}
	return nil
}

// resume says where to go on after a run that ended early.
func (j *judge) resume(err error) error {
	if err == nil || j.last == "" {
		return nil
	}
	return fmt.Errorf("to go on: -after %s", j.last)
}
