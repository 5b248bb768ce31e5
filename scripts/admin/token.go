package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"aegis/shared/api"
	"aegis/shared/sale"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

// showToken prints the status of a token. It changes nothing.
func (o *office) showToken(ctx context.Context, args []string) error {
	owner, token, err := parseToken("token show", args)
	if err != nil {
		return err
	}
	s, err := upstream.Status(ctx, o.store, owner, token)
	if errors.Is(err, sale.ErrNoToken) {
		return fmt.Errorf("token %s of owner %s: %w", token, owner, err)
	}
	if err != nil {
		return err
	}
	return o.printStatus(s)
}

func parseToken(name string, args []string) (owner, token string, err error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.StringVar(&owner, "owner", "", "the account's number")
	flags.StringVar(&token, "token", "", "the ClientToken")
	if err := parse(flags, args); err != nil {
		return "", "", err
	}
	if token == "" {
		return "", "", errors.New("-token is not set")
	}
	return owner, token, checkOwner("owner", owner)
}

func (o *office) printStatus(s upstream.TokenStatus) error {
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "token\t%s of owner %s\nasked for\t%s %s\n", s.Token, s.Owner, s.Operation, list(s.Parameters))
	if s.Forwarded != "" {
		fmt.Fprintf(w, "forwarded as\tClientToken %s\n", s.Forwarded)
	}
	switch s.State {
	case tokenrow.Pending:
		printPending(w, s)
	case tokenrow.Free:
		fmt.Fprintf(w, "state\trefused; the next call starts from the beginning\n")
	case tokenrow.Done:
		fmt.Fprintf(w, "state\tsold: order %s, instance %s\n", s.OrderID, s.InstanceID)
	default:
		fmt.Fprintf(w, "state\tunknown to this version: %q\n", s.State)
	}
	return w.Flush()
}

func printPending(w io.Writer, s upstream.TokenStatus) {
	fmt.Fprintf(w, "state\tunfinished for %s; its caller may forward until %s\n", time.Since(s.Since).Round(time.Second), when(s.Lease))

	if !s.AmbiguousUntil.IsZero() {
		fmt.Fprintf(w, "in doubt\ta forward that was not answered may arrive until %s\n", when(s.AmbiguousUntil))
	}
	if s.SoldElsewhere {
		fmt.Fprintf(w, "at the endpoint\tsold; it did not name the order\n")
	}
	fmt.Fprintf(w, "to finish it\tsend the same call again, or: admin token resolve -owner %s -token %s\n", s.Owner, s.Token)
}

func list(parameters map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		all = append(all, name+"="+parameters[name])
	}
	return strings.Join(all, " ")
}

// listTokens lists the unfinished ones, which only forwarding leaves: the ledger
// commits a token together with its order.
func (o *office) listTokens(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("token list", flag.ContinueOnError)
	unfinished := flags.Bool("unfinished", false, "those that are forwarded and not answered yet (the only list there is)")
	limit := flags.Int("limit", 100, "tokens at most, the oldest")
	if err := parse(flags, args); err != nil {
		return err
	}
	if !*unfinished || *limit < 1 || *limit > 1000 {
		return errors.New("admin token list: say -unfinished, and -limit from 1 to 1000")
	}
	all, err := upstream.ListPending(ctx, o.store, *limit)
	if err != nil {
		return err
	}
	return o.printUnfinished(all)
}

func (o *office) printUnfinished(all []upstream.TokenStatus) error {
	held := 0
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OWNER\tTOKEN\tSINCE\tHELD\tOPERATION\tPARAMETERS")
	for _, s := range all {
		holder := "no"
		if time.Now().Before(s.Lease) {
			holder, held = "yes", held+1
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Owner, s.Token, when(s.Since), holder, s.Operation, list(s.Parameters))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	oldest := time.Duration(0)
	if len(all) > 0 {
		oldest = time.Since(all[0].Since).Round(time.Second)
	}
	fmt.Fprintf(o.out, "%d unfinished, %d of them held by a caller; the oldest for %s\n", len(all), held, oldest)
	return nil
}

// resolveToken finishes an unfinished token by making its call again: the
// endpoint answers what became of it, and that is recorded.
func (o *office) resolveToken(ctx context.Context, args []string) error {
	owner, token, err := parseToken("token resolve", args)
	if err != nil {
		return err
	}
	s, err := upstream.Status(ctx, o.store, owner, token)
	if err != nil {
		return err
	}
	if s.State != tokenrow.Pending {
		return o.printStatus(s)
	}
	receipt, err := o.forwardAgain(ctx, s)
	if err != nil {
		return fmt.Errorf("resolve token %s of owner %s: %w", token, owner, err)
	}
	fmt.Fprintf(o.out, "sold: order %s, instance %s\n", receipt.OrderID, receipt.InstanceID)
	return nil
}

// forwardAgain makes a token's call again. Only the endpoint that it was forwarded to
// knows the outcome.
func (o *office) forwardAgain(ctx context.Context, s upstream.TokenStatus) (sale.Receipt, error) {
	if o.settings.Upstream == nil {
		return sale.Receipt{}, errors.New("it was forwarded to an endpoint, which this command must ask: set SALES_BACKEND=upstream and the functions' UPSTREAM_ settings")
	}
	command, err := api.CommandOf(s.Operation, s.Parameters)
	if err != nil {
		return sale.Receipt{}, err
	}
	backend, err := o.settings.OpenBackend(o.store)
	if err != nil {
		return sale.Receipt{}, err
	}
	return backend.Sell(ctx, sale.Purchase{Owner: s.Owner, Token: s.Token, Caller: "admin", Command: command}, nil)
}
