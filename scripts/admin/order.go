package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
)

func (o *office) listOrders(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("order list", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	limit := flags.Int("limit", 100, "orders at most, the newest")
	if err := parse(flags, args); err != nil {
		return err
	}
	if err := checkOwner("owner", *owner); err != nil {
		return err
	}
	if *limit < 1 {
		return errors.New("-limit must be greater than 0")
	}
	return o.printOrders(ctx, *owner, *limit)
}

// printOrders writes an owner's newest orders, at most limit of them.
func (o *office) printOrders(ctx context.Context, owner string, limit int) error {
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ORDER\tAT\tOPERATION\tCHANNEL\tCHARGED\tPAID IN\tINSTANCE\tEDITION\tMACHINES\tUNTIL\tCLIENTTOKEN\tKEY\tREASON")
	for start, left := "", limit; left > 0; {
		orders, next, err := o.ledger.Orders(ctx, owner, start, min(left, 1000))
		if err != nil {
			return err
		}
		for _, r := range orders {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\t%s\n", r.ID, when(r.At), r.Operation, r.Channel, r.Amount,
				r.Credit, r.InstanceID, r.VersionCode, r.VmNumber, when(r.Expires), r.Token, r.Caller, r.Reason)
		}
		if left, start = left-len(orders), next; next == "" {
			break
		}
	}
	return w.Flush()
}
