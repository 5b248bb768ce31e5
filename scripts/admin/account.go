package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"aegis/shared/sale"
)

// putAccount makes an account or changes what the flags name, no more.
func (o *office) putAccount(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("account put", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	balance := flags.Int64("balance", 0, "prepaid balance in fen; the difference is booked as paid in")
	verified := flags.Bool("verified", false, "has passed real-name authentication")
	machines := flags.Int("machines", 0, "machines that the owner runs")
	if err := parse(flags, args); err != nil {
		return err
	}
	if err := checkOwner("owner", *owner); err != nil {
		return err
	}
	if *balance < 0 || *machines < 0 {
		return errors.New("-balance and -machines must not be negative")
	}
	a, err := o.ledger.ChangeAccount(ctx, *owner, func(a *sale.Account) {
		flags.Visit(func(f *flag.Flag) {
			switch f.Name {
			case "balance":
				a.Balance = sale.Fen(*balance)
			case "verified":
				a.Verified = *verified
			case "machines":
				a.Machines = *machines
			}
		})
	})
	if err != nil {
		return err
	}
	return o.printAccount(a)
}

func (o *office) showAccount(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("account show", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	if err := parse(flags, args); err != nil {
		return err
	}
	if err := checkOwner("owner", *owner); err != nil {
		return err
	}
	a, err := o.ledger.Account(ctx, *owner)
	if err != nil {
		return err
	}
	if err := o.printAccount(a); err != nil {
		return err
	}
	fmt.Fprintln(o.out)
	return o.printOrders(ctx, *owner, 10)
}

func (o *office) printAccount(a sale.Account) error {
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "owner\t%s\nverified\t%t\nmachines\t%d\nbalance\t%d fen (%s CNY)\npaid in\t%d fen (%s CNY)\n",
		a.Owner, a.Verified, a.Machines, int64(a.Balance), a.Balance, int64(a.Deposited), a.Deposited)
	if i := a.Instance; i == nil {
		fmt.Fprintf(w, "instance\tnone\n")
	} else {
		fmt.Fprintf(w, "instance\t%s, edition %d, %d machines, until %s\n", i.ID, i.VersionCode, i.VmNumber, when(i.Period.End()))
		fmt.Fprintf(w, "renews\t%s\n", renews(i.AutoRenewMonths))
		if !i.Expired.IsZero() {
			fmt.Fprintf(w, "expired\tsince %s\n", when(i.Expired))
		}
		if i.RenewalFailure != "" {
			fmt.Fprintf(w, "not renewed\ttried %s: %s\n", when(i.RenewalTried), i.RenewalFailure)
		}
	}
	return w.Flush()
}

func renews(months int) string {
	if months == 0 {
		return "by hand"
	}
	return fmt.Sprintf("automatically, for %d months", months)
}

// when writes a time as the operator's calendar has it.
func when(t time.Time) string { return t.In(sale.Shanghai()).Format("2006-01-02 15:04:05 -0700") }
