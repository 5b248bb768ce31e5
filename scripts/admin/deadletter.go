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

// state is what the audit log says of a letter: not its message, which has the
// customer's data.
func (l letter) state(a *admin) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		found, err := a.letters().Find(ctx, l.id())
		if errors.Is(err, marketplace.ErrNoLetter) {
			return nil, nil
		}
		return map[string]any{"state": found.State, "action": found.Action, "instance": found.InstanceID, "reason": found.Reason, "sha256": found.Hash}, err
	}
}

// handle does something with a letter and reports the order that it came to.
func (l letter) handle(ctx context.Context, a *admin, what, reason string, do func() (sale.Receipt, error)) error {
	var receipt sale.Receipt
	err := a.change(ctx, "deadletter "+what, "letter "+l.id(), reason, l.state(a), func() (err error) {
		receipt, err = do()
		return err
	})
	return a.handled(l.id(), receipt, err)
}

type retryLetter struct {
	letter
	because
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
	orders, err := a.orders()
	if err != nil {
		return err
	}
	if c.All {
		return c.retryAll(ctx, a, orders)
	}
	return c.retry(ctx, a, c.letter, orders)
}

func (c *retryLetter) retry(ctx context.Context, a *admin, l letter, orders *marketplace.OrderProcessor) error {
	return l.handle(ctx, a, "retry", c.Reason, func() (sale.Receipt, error) { return orders.Retry(ctx, l.id(), false) })
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
func (c *retryLetter) retryAll(ctx context.Context, a *admin, orders *marketplace.OrderProcessor) error {
	dead := 0
	err := a.eachLetter(ctx, func(l marketplace.DeadLetter) (bool, error) {
		if err := c.retry(ctx, a, letter{ID: l.ID}, orders); err != nil {
			dead++
			a.Say([]cli.Field{{Name: "letter", Value: l.ID}, {Name: "reason", Value: err.Error()}}, "still dead: %v", err)
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
	because
	To string `placeholder:"INSTANCE" help:"The instance of the same owner that gets a renewal's time."`
}

// Run does what a letter asks for on the operator's word: that a term is over, a
// renewal refunded, an instance released.
func (c *confirmLetter) Run(ctx context.Context, a *admin) error {
	orders, err := a.orders()
	if err != nil {
		return err
	}
	return c.handle(ctx, a, "confirm", c.Reason, func() (sale.Receipt, error) {
		if c.To != "" {
			return orders.Transfer(ctx, c.id(), c.To)
		}
		return orders.Retry(ctx, c.id(), true)
	})
}

type discardLetter struct {
	letter
	because
}

// Run removes a letter.
func (c *discardLetter) Run(ctx context.Context, a *admin) error {
	err := a.change(ctx, "deadletter discard", "letter "+c.id(), c.Reason, c.state(a), func() error { return a.letters().Discard(ctx, c.id()) })
	if err != nil {
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
