package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"aegis/shared/sale"
)

// createAccount makes an account. Money comes by deposits.
func (o *office) createAccount(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("account create", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	verified := flags.Bool("verified", false, "has passed real-name authentication")
	machines := flags.Int("machines", 0, "machines that the owner runs")
	if err := parseFor(flags, args, owner); err != nil {
		return err
	}
	if *machines < 0 {
		return errors.New("-machines must not be negative")
	}
	a := sale.Account{Owner: *owner, Verified: *verified, Machines: *machines}
	made, err := o.ledger.OpenAccount(ctx, a)
	if err != nil {
		return err
	}
	if !made {
		return fmt.Errorf("account %s exists already: change it with account set, deposit or adjust", *owner)
	}
	return o.printAccount(a)
}

// setAccount changes what the flags name, no more. Each change is an order.
func (o *office) setAccount(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("account set", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	verified := flags.Bool("verified", false, "has passed real-name authentication")
	machines := flags.Int("machines", 0, "machines that the owner runs")
	reason := flags.String("reason", "", "why, for whoever reads the orders")
	if err := parseFor(flags, args, owner); err != nil {
		return err
	}
	var changes []sale.Command
	flags.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "verified":
			changes = append(changes, sale.Verify{Verified: *verified, Reason: *reason})
		case "machines":
			changes = append(changes, sale.SetMachines{MachineNumber: *machines, Reason: *reason})
		}
	})
	if len(changes) == 0 || *reason == "" {
		return errors.New("admin account set: say -reason, and -verified or -machines")
	}
	for _, c := range changes {
		if err := o.order(ctx, *owner, "", c); err != nil {
			return err
		}
	}
	return nil
}

// deposit pays in. The same reference again is the same deposit.
func (o *office) deposit(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("account deposit", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	fen := flags.Int64("fen", 0, "the amount in fen (0.01 CNY)")
	reference := flags.String("reference", "", "of the payment: one reference is paid in once")
	if err := parseFor(flags, args, owner); err != nil {
		return err
	}
	if *reference == "" {
		return errors.New("-reference is not set")
	}
	return o.order(ctx, *owner, sale.DepositToken(*reference), sale.Deposit{Fen: sale.Fen(*fen), Reference: *reference})
}

// adjust corrects a balance.
func (o *office) adjust(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("account adjust", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	fen := flags.Int64("fen", 0, "what to add in fen (0.01 CNY); below 0 to take")
	reason := flags.String("reason", "", "why, for whoever reads the orders")
	if err := parseFor(flags, args, owner); err != nil {
		return err
	}
	return o.order(ctx, *owner, "", sale.Adjust{Fen: sale.Fen(*fen), Reason: *reason})
}

// order makes one order of an operator and prints what it came to. token "": one of
// its own. While the outcome is open the same order is sent again.
func (o *office) order(ctx context.Context, owner, token string, c sale.Command) error {
	if token == "" {
		token = sale.DerivedToken("operator", rand.Text())
	}
	p := sale.Purchase{Owner: owner, Token: token, Caller: "operator", Command: c}
	receipt, err := o.ledger.Sell(ctx, p, nil)
	for try := 0; errors.Is(err, sale.ErrUnavailable) && try < 5; try++ {
		receipt, err = o.ledger.Sell(ctx, p, nil)
	}
	if refusal, ok := errors.AsType[*sale.Refusal](err); ok && refusal.Code == sale.NotApplicable {
		fmt.Fprintf(o.out, "nothing to do: %s\n", refusal.Reason())
		return nil
	}
	if err != nil {
		return err
	}
	if receipt.Replayed {
		fmt.Fprintf(o.out, "was done before: order %s\n", receipt.OrderID)
		return nil
	}
	fmt.Fprintf(o.out, "order %s\n", receipt.OrderID)
	return nil
}

func (o *office) showAccount(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("account show", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	if err := parseFor(flags, args, owner); err != nil {
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
		fmt.Fprintf(w, "sold by\t%s%s\n", i.Channel, trial(i))
		fmt.Fprintf(w, "renews\t%s\n", renews(i))
		if !i.Expired.IsZero() {
			fmt.Fprintf(w, "expired\tsince %s\n", when(i.Expired))
		}
		if i.RenewalFailure != "" {
			fmt.Fprintf(w, "not renewed\ttried %s: %s\n", when(i.RenewalTried), i.RenewalFailure)
		}
	}
	return w.Flush()
}

func trial(i *sale.Instance) string {
	if i.Trial {
		return ", as a trial"
	}
	return ""
}

func renews(i *sale.Instance) string {
	switch {
	case i.Channel == sale.Market:
		return "on the marketplace"
	case i.NotRenewal:
		return "will not be renewed"
	case i.AutoRenewMonths == 0:
		return "by hand"
	case i.AutoRenewYearly:
		return fmt.Sprintf("automatically, for %d years", i.AutoRenewMonths/12)
	}
	return fmt.Sprintf("automatically, for %d months", i.AutoRenewMonths)
}

// when writes a time as the operator's calendar has it.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(sale.Shanghai()).Format("2006-01-02 15:04:05 -0700")
}
