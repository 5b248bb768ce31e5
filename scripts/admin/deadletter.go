package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"

	"aegis/shared/marketplace"
	"aegis/shared/sale"
)

func (o *office) letters() *marketplace.DeadLetterStore {
	return marketplace.NewDeadLetterStore(o.store, marketplace.Queue, nil)
}

func (o *office) listLetters(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("deadletter list", flag.ContinueOnError)
	limit := flags.Int("limit", 100, "letters at most")
	if err := parse(flags, args); err != nil {
		return err
	}
	orders, err := o.orders()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tACTION\tINSTANCE\tSINCE\tATTEMPTS\tREASON")
	for start, left := "", *limit; left > 0; {
		letters, next, err := o.letters().List(ctx, start, min(left, 100))
		if err != nil {
			return err
		}
		for _, l := range letters {
			done, err := orders.DoneSince(ctx, l)
			if err != nil {
				return err
			}
			if done != "" {
				l.Reason = "done since, by order " + done + ": discard it. " + l.Reason
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", l.ID, l.State, l.Action, l.InstanceID, when(l.First), l.Attempts, firstLine(l.Reason))
		}
		if left, start = left-len(letters), next; next == "" {
			break
		}
	}
	return w.Flush()
}

func (o *office) showLetter(ctx context.Context, args []string) error {
	id, err := letterID("deadletter show", args)
	if err != nil {
		return err
	}
	l, err := o.letters().Find(ctx, id)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "id\t%s\nstate\t%s\nverified\t%t\nreason\t%s\nattempts\t%d\nfirst\t%s\nlast\t%s\nsha256\t%s\n", l.ID, l.State, l.Verified, l.Reason, l.Attempts, when(l.First), when(l.Last), l.Hash)
	if l.Cut > 0 {
		fmt.Fprintf(w, "length\t%d bytes, of which %d are kept\n", l.Cut, len(l.Body))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.out, "\n%s\n", l.Shown())
	return err
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// retryLetter handles one letter again, or with -all each of them.
func (o *office) retryLetter(ctx context.Context, args []string) error {
	orders, err := o.orders()
	if err != nil {
		return err
	}
	if len(args) == 1 && args[0] == "-all" {
		return o.retryAll(ctx, orders)
	}
	id, err := letterID("deadletter retry", args)
	if err != nil {
		return err
	}
	receipt, err := orders.Retry(ctx, id, false)
	if err != nil {
		return fmt.Errorf("retry dead letter %s: %w", id, err)
	}
	fmt.Fprintf(o.out, "%s is done: order %s\n", id, receipt.OrderID)
	return nil
}

// retryAll goes on after a letter that is still dead, and fails at the end.
func (o *office) retryAll(ctx context.Context, orders *marketplace.OrderProcessor) error {
	var dead int
	for start := ""; ; {
		letters, next, err := o.letters().List(ctx, start, 100)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if receipt, err := orders.Retry(ctx, l.ID, false); err != nil {
				dead++
				fmt.Fprintf(o.out, "%s is still dead: %v\n", l.ID, err)
			} else {
				fmt.Fprintf(o.out, "%s is done: order %s\n", l.ID, receipt.OrderID)
			}
		}
		if start = next; next == "" {
			break
		}
	}
	if dead > 0 {
		return fmt.Errorf("%d letters are still dead", dead)
	}
	return nil
}

// confirmLetter does what a letter asks for on the operator's word: that a term is
// over, a renewal refunded, an instance released. With -to the time of a renewal goes
// to another instance of the same owner.
func (o *office) confirmLetter(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("deadletter confirm", flag.ContinueOnError)
	id := flags.String("id", "", "the dead letter's id")
	to := flags.String("to", "", "the instance that gets a renewal's time")
	if err := parse(flags, args); err != nil {
		return err
	}
	if *id == "" {
		return errors.New("admin deadletter confirm: -id is not set")
	}
	orders, err := o.orders()
	if err != nil {
		return err
	}
	var receipt sale.Receipt
	if *to == "" {
		receipt, err = orders.Retry(ctx, *id, true)
	} else {
		receipt, err = orders.Transfer(ctx, *id, *to)
	}
	if err != nil {
		return fmt.Errorf("confirm dead letter %s: %w", *id, err)
	}
	fmt.Fprintf(o.out, "%s is done: order %s\n", *id, receipt.OrderID)
	return nil
}

func (o *office) discardLetter(ctx context.Context, args []string) error {
	id, err := letterID("deadletter discard", args)
	if err != nil {
		return err
	}
	if err := o.letters().Discard(ctx, id); err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%s is discarded\n", id)
	return nil
}

// letterID reads a letter's id, which may stand alone or after -id.
func letterID(command string, args []string) (string, error) {
	if len(args) == 1 && args[0] != "" && args[0][0] != '-' {
		return args[0], nil
	}
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	id := flags.String("id", "", "the dead letter's id")
	if err := parse(flags, args); err != nil {
		return "", err
	}
	if *id == "" {
		return "", errors.New("admin " + command + ": -id is not set")
	}
	return *id, nil
}
