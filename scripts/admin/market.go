package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"aegis/scripts/internal/cli"
	"aegis/shared/marketplace"
	"aegis/shared/marketplace/marketapi"
)

// orders is what does the marketplace's orders at the target.
func (a *admin) orders() (*marketplace.OrderProcessor, error) {
	return a.settings.OpenProcessorOn(a.gate, a.ledger, io.Discard, marketapi.Open)
}

type checkMarket struct {
	because
	Instance string `placeholder:"ID" xor:"which" required:"" help:"One instance."`
	All      bool   `xor:"which" required:"" help:"All of them."`
	Repair   bool   `help:"Extend the terms that are shorter here, and end expiries that are none there."`
}

// Run compares instances with the marketplace's books. Differences that are left are
// an error.
func (c *checkMarket) Run(ctx context.Context, a *admin) error {
	orders, err := a.orders()
	if err != nil {
		return err
	}
	var report marketplace.CheckReport
	check := func() (err error) {
		report, err = c.check(ctx, orders)
		return err
	}
	if c.Repair {
		findings := func(context.Context) (any, error) { return report.Findings, nil }
		err = a.change(ctx, "market check -repair", cmp.Or(c.Instance, "all instances"), c.Reason, findings, check)
	} else {
		err = check()
	}
	if err != nil && report.Checked == 0 {
		return err
	}
	return errors.Join(a.printCheck(report), err)
}

func (c *checkMarket) check(ctx context.Context, orders *marketplace.OrderProcessor) (marketplace.CheckReport, error) {
	if c.All {
		return orders.Check(ctx, c.Repair)
	}
	return orders.CheckInstance(ctx, c.Instance, c.Repair)
}

func (a *admin) printCheck(report marketplace.CheckReport) error {
	left := 0
	var rows [][]any
	for _, f := range report.Findings {
		if f.Repaired == "" {
			left++
		}
		rows = append(rows, []any{f.InstanceID, f.Owner, f.Ours, f.Theirs, f.Repaired})
	}
	if len(rows) > 0 {
		a.Table([]string{"instance", "owner", "ours", "the marketplace's", "repaired by"}, rows)
	}
	a.Say([]cli.Field{{Name: "checked", Value: report.Checked}, {Name: "differ", Value: len(rows)}},
		"%d instances checked, %d differ", report.Checked, len(rows))
	if left > 0 {
		return fmt.Errorf("%d differences are left", left)
	}
	return nil
}
