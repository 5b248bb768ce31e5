package main

import (
	"context"
	"errors"
	"fmt"

	"aegis/scripts/internal/cli"
)

type reconcile struct {
	Owner owner `placeholder:"ID" xor:"which" required:"" help:"One account's number."`
	All   bool  `xor:"which" required:"" help:"All accounts."`
}

// Run judges the books of one owner, or of all, by the laws. It changes nothing. What
// does not add up is an error.
func (c *reconcile) Run(ctx context.Context, a *admin) error {
	j := &judge{admin: a}
	if !c.All {
		return errors.Join(j.owner(ctx, c.Owner), j.verdict())
	}
	err := a.eachAccount(ctx, "", func(o owner) (bool, error) { return true, j.owner(ctx, o) })
	return errors.Join(err, j.verdict())
}

// judge counts what does not add up.
type judge struct {
	*admin
	owners, wrong int
}

func (j *judge) owner(ctx context.Context, o owner) error {
	wrong, err := j.ledger.Audit(ctx, string(o), j.settings.Catalogue.MonthlyPrices())
	if err != nil {
		return err
	}
	j.owners++
	j.wrong += len(wrong)
	for _, w := range wrong {
		j.Say([]cli.Field{{Name: "owner", Value: o}, {Name: "finding", Value: w.Error()}}, "owner %s: %v", o, w)
	}
	return nil
}

func (j *judge) verdict() error {
	j.Say([]cli.Field{{Name: "reconciled", Value: j.owners}, {Name: "findings", Value: j.wrong}}, "%d owners reconciled, %d findings", j.owners, j.wrong)
	if j.wrong > 0 {
		return fmt.Errorf("%d findings", j.wrong)
	}
	return nil
}
