package main

import (
	"context"
	"errors"
	"fmt"

	"aegis/scripts/internal/cli"
	"aegis/shared/sale"
)

type createAccount struct {
	owned
	because
	Verified bool `help:"It has passed real-name authentication."`
	Machines int  `range:"0.." placeholder:"N" help:"Machines that the owner runs."`
}

// Run makes an account.
func (c *createAccount) Run(ctx context.Context, a *admin) error {
	account := sale.Account{Owner: string(c.Owner), Verified: c.Verified, Machines: c.Machines}
	err := a.change(ctx, "account create", "owner "+string(c.Owner), c.Reason, c.Owner.state(a), func() error {
		made, err := a.ledger.OpenAccount(ctx, account)
		if err == nil && !made {
			err = fmt.Errorf("account %s exists already: change it with account set, deposit or adjust", c.Owner)
		}
		return err
	})
	if err == nil && !a.DryRun {
		a.printAccount(account)
	}
	return err
}

type setAccount struct {
	owned
	reasoned
	Verified *bool `help:"It has passed real-name authentication; -verified=false takes it back."`
	Machines *int  `range:"0.." placeholder:"N" help:"Machines that the owner runs."`
}

// Validate refuses a command that changes nothing.
func (c *setAccount) Validate() error {
	if c.Verified == nil && c.Machines == nil {
		return errors.New("it needs --verified or --machines")
	}
	return nil
}

// Run changes what the flags name, no more. Each change is an order.
func (c *setAccount) Run(ctx context.Context, a *admin) error {
	var changes []sale.Command
	if c.Verified != nil {
		changes = append(changes, sale.Verify{Verified: *c.Verified, Reason: c.Reason})
	}
	if c.Machines != nil {
		changes = append(changes, sale.SetMachines{MachineNumber: *c.Machines, Reason: c.Reason})
	}
	for _, change := range changes {
		if err := a.order(ctx, c.Owner, "", change); err != nil {
			return err
		}
	}
	return nil
}

type deposit struct {
	owned
	Fen       int64  `required:"" placeholder:"N" help:"The amount in fen (0.01 CNY)."`
	Reference string `required:"" help:"Of the payment: one reference is paid in once."`
}

// Run pays in. The same reference again is the same deposit.
func (c *deposit) Run(ctx context.Context, a *admin) error {
	return a.order(ctx, c.Owner, sale.DepositToken(c.Reference), sale.Deposit{Fen: sale.Fen(c.Fen), Reference: c.Reference})
}

type adjust struct {
	owned
	reasoned
	Fen int64 `required:"" placeholder:"N" help:"What to add in fen (0.01 CNY); below 0 to take."`
}

// Run corrects a balance.
func (c *adjust) Run(ctx context.Context, a *admin) error {
	return a.order(ctx, c.Owner, "", sale.Adjust{Fen: sale.Fen(c.Fen), Reason: c.Reason})
}

type showAccount struct{ owned }

// Run shows an account and its newest orders.
func (c *showAccount) Run(ctx context.Context, a *admin) error {
	account, err := a.ledger.Account(ctx, string(c.Owner))
	if err != nil {
		return err
	}
	closed, err := a.ledger.IsClosed(ctx, string(c.Owner))
	if err != nil {
		return err
	}
	if closed {
		a.Say([]cli.Field{{Name: "closed", Value: true}}, "It is closed until it is reconciled: admin restore end")
	}
	a.printAccount(account)
	if !a.JSON {
		fmt.Fprintln(a.Out)
	}
	return a.printOrders(ctx, c.Owner, 10)
}

func (a *admin) printAccount(account sale.Account) {
	fields := []cli.Field{
		{Name: "owner", Value: account.Owner}, {Name: "verified", Value: account.Verified}, {Name: "machines", Value: account.Machines},
		{Name: "balance", Value: a.money(account.Balance)}, {Name: "paid in", Value: a.money(account.Deposited)},
	}
	if account.Instance == nil {
		fields = append(fields, cli.Field{Name: "instance", Value: a.absent("none")})
	} else {
		fields = append(fields, instanceFields(account.Instance)...)
	}
	a.Fields(fields...)
}

// money is an amount in fen, and for people in yuan too.
func (a *admin) money(f sale.Fen) any {
	if a.JSON {
		return int64(f)
	}
	return fmt.Sprintf("%d fen (%s CNY)", int64(f), f)
}

// absent is null in JSON, and a word for people.
func (a *admin) absent(word string) any {
	if a.JSON {
		return nil
	}
	return word
}

func instanceFields(i *sale.Instance) []cli.Field {
	channel := string(i.Channel)
	if i.Trial {
		channel += ", as a trial"
	}
	fields := []cli.Field{
		{Name: "instance", Value: i.ID}, {Name: "edition", Value: i.VersionCode}, {Name: "licensed", Value: i.VmNumber},
		{Name: "until", Value: when(i.Period.End())}, {Name: "sold by", Value: channel}, {Name: "renews", Value: renews(i)},
	}
	if !i.Expired.IsZero() {
		fields = append(fields, cli.Field{Name: "expired", Value: "since " + when(i.Expired)})
	}
	if i.RenewalFailure != "" {
		fields = append(fields, cli.Field{Name: "not renewed", Value: fmt.Sprintf("tried %s: %s", when(i.RenewalTried), i.RenewalFailure)})
	}
	return fields
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
