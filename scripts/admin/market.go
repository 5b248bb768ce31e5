package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"

	"aegis/shared/marketplace"
	"aegis/shared/marketplace/marketapi"
)

func (o *office) orders() (*marketplace.OrderProcessor, error) {
	return o.settings.OpenProcessor(io.Discard, marketapi.Open)
}

// checkMarket compares instances with the marketplace's books.
func (o *office) checkMarket(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("market check", flag.ContinueOnError)
	instance := flags.String("instance", "", "one instance")
	all := flags.Bool("all", false, "all of them")
	repair := flags.Bool("repair", false, "extend the terms that are shorter here")
	if err := parse(flags, args); err != nil {
		return err
	}
	if *all == (*instance != "") {
		return errors.New("admin market check: say -all or -instance ID")
	}
	orders, err := o.orders()
	if err != nil {
		return err
	}
	var report marketplace.CheckReport
	if *all {
		report, err = orders.Check(ctx, *repair)
	} else {
		report, err = orders.CheckInstance(ctx, *instance, *repair)
	}
	if err != nil && report.Checked == 0 {
		return err
	}
	return errors.Join(o.printCheck(report), err)
}

func (o *office) printCheck(report marketplace.CheckReport) error {
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	left := 0
	for n, f := range report.Findings {
		if n == 0 {
			fmt.Fprintln(w, "INSTANCE\tOWNER\tOURS\tTHE MARKETPLACE'S\tREPAIRED BY")
		}
		if f.Repaired == "" {
			left++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.InstanceID, f.Owner, f.Ours, f.Theirs, f.Repaired)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%d instances checked, %d differ\n", report.Checked, len(report.Findings))
	if left > 0 {
		return fmt.Errorf("%d differences are left", left)
	}
	return nil
}
