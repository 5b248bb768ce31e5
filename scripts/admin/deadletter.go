package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"

	"aegis/shared/market"
)

func (o *office) letters() *market.Letters { return market.NewLetters(o.store, market.Queue, nil) }

func (o *office) listLetters(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("deadletter list", flag.ContinueOnError)
	limit := flags.Int("limit", 100, "letters at most")
	if err := parse(flags, args); err != nil {
		return err
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSINCE\tATTEMPTS\tREASON")
	for start, left := "", *limit; left > 0; {
		letters, next, err := o.letters().List(ctx, start, min(left, 100))
		if err != nil {
			return err
		}
		for _, l := range letters {
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", l.ID, when(l.First), l.Attempts, l.Reason)
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
	fmt.Fprintf(w, "id\t%s\nreason\t%s\nattempts\t%d\nfirst\t%s\nlast\t%s\nsha256\t%s\n", l.ID, l.Reason, l.Attempts, when(l.First), when(l.Last), l.Hash)
	if l.Cut > 0 {
		fmt.Fprintf(w, "length\t%d bytes, of which %d are kept\n", l.Cut, len(l.Body))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.out, "\n%s\n", l.Body)
	return err
}

// retryLetter handles one letter again, or with -all each of them.
func (o *office) retryLetter(ctx context.Context, args []string) error {
	desk, err := o.settings.OpenMarket(io.Discard)
	if err != nil {
		return err
	}
	if len(args) == 1 && args[0] == "-all" {
		return o.retryAll(ctx, desk)
	}
	id, err := letterID("deadletter retry", args)
	if err != nil {
		return err
	}
	receipt, err := desk.Retry(ctx, id)
	if err != nil {
		return fmt.Errorf("retry dead letter %s: %w", id, err)
	}
	fmt.Fprintf(o.out, "%s is done: order %s\n", id, receipt.OrderID)
	return nil
}

// retryAll goes on after a letter that is still dead, and fails at the end.
func (o *office) retryAll(ctx context.Context, desk *market.Desk) error {
	var dead int
	for start := ""; ; {
		letters, next, err := o.letters().List(ctx, start, 100)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if receipt, err := desk.Retry(ctx, l.ID); err != nil {
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
