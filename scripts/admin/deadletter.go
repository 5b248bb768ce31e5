package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/shared/marketplace"
	"aegis/shared/sale"
)

func (a *admin) letters() *marketplace.DeadLetterStore {
	return marketplace.NewDeadLetterStore(a.gate, marketplace.Queue, a.clock)
}

// eachLetter calls do for every letter until it returns false.
func (a *admin) eachLetter(ctx context.Context, do func(marketplace.DeadLetter) (bool, error)) error {
	for start := ""; ; {
		letters, next, err := a.letters().List(ctx, start, 100)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if more, err := do(l); err != nil || !more {
				return err
			}
		}
		if start = next; next == "" {
			return nil
		}
	}
}

type listLetters struct {
	Limit int `default:"100" range:"1..100000" help:"Letters at most."`
}

// Run lists letters, and says which of them were done since.
func (c *listLetters) Run(ctx context.Context, a *admin) error {
	orders, err := a.orders()
	if err != nil {
		return err
	}
	var rows [][]any
	err = a.eachLetter(ctx, func(l marketplace.DeadLetter) (bool, error) {
		done, err := orders.DoneSince(ctx, l)
		if done != "" {
			l.Reason = "done since, by order " + done + ": discard it. " + l.Reason
		}
		reason, _, _ := strings.Cut(l.Reason, "\n")
		rows = append(rows, []any{l.ID, l.State, l.Action, l.InstanceID, when(l.First), l.Attempts, reason})
		return len(rows) < c.Limit, err
	})
	if err != nil {
		return err
	}
	a.Table([]string{"id", "state", "action", "instance", "since", "attempts", "reason"}, rows)
	return nil
}

// letter names a letter, by a flag or by an argument.
type letter struct {
	ID     string `placeholder:"ID" help:"The letter's id."`
	Letter string `arg:"" optional:"" help:"The letter's id, without a flag."`
}

func (l letter) id() string { return l.ID + l.Letter }

type showLetter struct{ letter }

// Run shows a letter and its message.
func (c *showLetter) Run(ctx context.Context, a *admin) error {
	l, err := a.letters().Find(ctx, c.id())
	if err != nil {
		return err
	}
	fields := []cli.Field{
		{Name: "id", Value: l.ID}, {Name: "state", Value: l.State}, {Name: "verified", Value: l.Verified}, {Name: "reason", Value: l.Reason},
		{Name: "attempts", Value: l.Attempts}, {Name: "first", Value: when(l.First)}, {Name: "last", Value: when(l.Last)}, {Name: "sha256", Value: l.Hash},
	}
	if l.Cut > 0 {
		fields = append(fields, cli.Field{Name: "length", Value: fmt.Sprintf("%d bytes, of which %d are kept", l.Cut, len(l.Body))})
	}
	if a.JSON {
		a.Fields(append(fields, cli.Field{Name: "message", Value: l.Shown()})...)
		return nil
	}
	a.Fields(fields...)
	_, err = fmt.Fprintf(a.Out, "\n%s\n", cli.CleanLines(l.Shown()))
	return err
}

type retryLetter struct {
	letter
	All bool `help:"All letters."`
}

// Validate wants one id, or all of them.
func (c *retryLetter) Validate() error {
	if c.All && c.id() == "" {
		return nil
	}
	if c.All {
		return errors.New("it needs --id or --all, not both")
	}
	return c.letter.Validate()
}

// Run handles one letter again, or each of them.
func (c *retryLetter) Run(ctx context.Context, a *admin) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	orders, err := a.orders()
	if err != nil {
		return err
	}
	if c.All {
		return a.retryAll(ctx, orders)
	}
	receipt, err := orders.Retry(ctx, c.id(), false)
	return a.handled(c.id(), receipt, err)
}

// handled reports a letter that was done, or why it was not.
func (a *admin) handled(id string, receipt sale.Receipt, err error) error {
	if err != nil {
		return fmt.Errorf("dead letter %s: %w", id, err)
	}
	a.done([]cli.Field{{Name: "letter", Value: id}, {Name: "order", Value: receipt.OrderID}}, "%s is done: order %s", id, receipt.OrderID)
	return nil
}

// retryAll goes on after a letter that is still dead, and fails at the end.
func (a *admin) retryAll(ctx context.Context, orders *marketplace.OrderProcessor) error {
	dead := 0
	err := a.eachLetter(ctx, func(l marketplace.DeadLetter) (bool, error) {
		receipt, err := orders.Retry(ctx, l.ID, false)
		if a.handled(l.ID, receipt, err) != nil {
			dead++
			a.Say([]cli.Field{{Name: "letter", Value: l.ID}, {Name: "reason", Value: err.Error()}}, "%s is still dead: %v", l.ID, err)
		}
		return true, nil
	})
	if err == nil && dead > 0 {
		err = fmt.Errorf("%d letters are still dead", dead)
	}
	return err
}

type confirmLetter struct {
	letter
	To string `placeholder:"INSTANCE" help:"The instance of the same owner that gets a renewal's time."`
}

// Run does what a letter asks for on the operator's word: that a term is over, a
// renewal refunded, an instance released.
func (c *confirmLetter) Run(ctx context.Context, a *admin) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	orders, err := a.orders()
	if err != nil {
		return err
	}
	if c.To != "" {
		receipt, err := orders.Transfer(ctx, c.id(), c.To)
		return a.handled(c.id(), receipt, err)
	}
	receipt, err := orders.Retry(ctx, c.id(), true)
	return a.handled(c.id(), receipt, err)
}

type discardLetter struct{ letter }

// Run removes a letter.
func (c *discardLetter) Run(ctx context.Context, a *admin) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	if err := a.letters().Discard(ctx, c.id()); err != nil {
		return err
	}
	a.done([]cli.Field{{Name: "discarded", Value: c.id()}}, "%s is discarded", c.id())
	return nil
}

// Validate wants one id.
func (l letter) Validate() error {
	if (l.ID == "") == (l.Letter == "") {
		return errors.New("it needs one --id")
	}
	return nil
}
