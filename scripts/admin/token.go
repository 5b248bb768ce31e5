package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/api"
	"aegis/shared/sale"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

// token names a token.
type token struct {
	owned
	Token string `required:"" help:"The ClientToken."`
}

func (c token) status(ctx context.Context, a *admin) (upstream.TokenStatus, error) {
	s, err := upstream.Status(ctx, a.store, string(c.Owner), c.Token)
	if errors.Is(err, sale.ErrNoToken) {
		err = fmt.Errorf("token %s of owner %s: %w", c.Token, c.Owner, err)
	}
	return s, err
}

type showToken struct{ token }

// Run prints the status of a token. It changes nothing.
func (c *showToken) Run(ctx context.Context, a *admin) error {
	s, err := c.status(ctx, a)
	if err != nil {
		return err
	}
	a.printStatus(s)
	return nil
}

func (a *admin) printStatus(s upstream.TokenStatus) {
	fields := []cli.Field{
		{Name: "token", Value: s.Token}, {Name: "owner", Value: s.Owner}, {Name: "asked for", Value: string(s.Operation) + " " + list(s.Parameters)},
	}
	if s.Forwarded != "" {
		fields = append(fields, cli.Field{Name: "forwarded as", Value: "ClientToken " + s.Forwarded})
	}
	switch s.State {
	case tokenrow.Pending:
		fields = append(fields, pending(s)...)
	case tokenrow.Free:
		fields = append(fields, cli.Field{Name: "state", Value: "refused; the next call starts from the beginning"})
	case tokenrow.Done:
		fields = append(fields, cli.Field{Name: "state", Value: fmt.Sprintf("sold: order %s, instance %s", s.OrderID, s.InstanceID)})
	default:
		fields = append(fields, cli.Field{Name: "state", Value: fmt.Sprintf("unknown to this version: %q", s.State)})
	}
	a.Fields(fields...)
}

func pending(s upstream.TokenStatus) []cli.Field {
	since := time.Since(s.Since).Round(time.Second)
	fields := []cli.Field{{Name: "state", Value: fmt.Sprintf("unfinished for %s; its caller may forward until %s", since, when(s.Lease))}}
	if !s.AmbiguousUntil.IsZero() {
		fields = append(fields, cli.Field{Name: "in doubt", Value: "a forward that was not answered may arrive until " + when(s.AmbiguousUntil)})
	}
	if s.SoldElsewhere {
		fields = append(fields, cli.Field{Name: "at the endpoint", Value: "sold; it did not name the order"})
	}
	finish := fmt.Sprintf("send the same call again, or: admin token resolve -owner %s -token %s", s.Owner, s.Token)
	return append(fields, cli.Field{Name: "to finish it", Value: finish})
}

func list(parameters map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		all = append(all, name+"="+parameters[name])
	}
	return strings.Join(all, " ")
}

type listTokens struct {
	Unfinished bool `help:"Those that are forwarded and not answered yet: the only list there is."`
	Limit      int  `default:"100" range:"1..1000" help:"Tokens at most."`
}

// Run lists the unfinished ones, which only forwarding leaves: the ledger commits a
// token together with its order.
func (c *listTokens) Run(ctx context.Context, a *admin) error {
	all, err := upstream.ListPending(ctx, a.store, c.Limit)
	if err != nil {
		return err
	}
	a.printUnfinished(all)
	return nil
}

func (a *admin) printUnfinished(all []upstream.TokenStatus) {
	var rows [][]any
	held, oldest := 0, time.Duration(0)
	for _, s := range all {
		isHeld := time.Now().Before(s.Lease)
		if isHeld {
			held++
		}
		oldest = max(oldest, time.Since(s.Since).Round(time.Second))
		rows = append(rows, []any{s.Owner, s.Token, when(s.Since), isHeld, s.Operation, list(s.Parameters)})
	}
	a.Table([]string{"owner", "token", "since", "held", "operation", "parameters"}, rows)
	a.Say([]cli.Field{{Name: "unfinished", Value: len(all)}, {Name: "held", Value: held}, {Name: "oldest", Value: oldest.String()}},
		"%d unfinished, %d of them held by a caller; the oldest for %s", len(all), held, oldest)
}

type resolveToken struct {
	token
	because
}

// Run finishes an unfinished token by making its call again: the endpoint answers what
// became of it, and that is recorded.
func (c *resolveToken) Run(ctx context.Context, a *admin) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	s, err := c.status(ctx, a)
	if err != nil {
		return err
	}
	if s.State != tokenrow.Pending || a.DryRun {
		a.printStatus(s)
		return nil
	}
	var receipt sale.Receipt
	err = a.change(ctx, "token resolve", "token "+c.Token+" of owner "+string(c.Owner), c.Reason, c.state(a), func() (err error) {
		receipt, err = a.forwardAgain(ctx, s)
		return err
	})
	if err != nil {
		return fmt.Errorf("resolve token %s of owner %s: %w", c.Token, c.Owner, err)
	}
	a.Say([]cli.Field{{Name: "order", Value: receipt.OrderID}, {Name: "instance", Value: receipt.InstanceID}},
		"sold: order %s, instance %s", receipt.OrderID, receipt.InstanceID)
	return nil
}

// state is what the audit log says of a token.
func (c token) state(a *admin) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		s, err := c.status(ctx, a)
		return map[string]any{"state": s.State, "operation": s.Operation, "order": s.OrderID, "instance": s.InstanceID}, err
	}
}

// forwardAgain makes a token's call again. Only the endpoint that it was forwarded to
// knows the outcome.
func (a *admin) forwardAgain(ctx context.Context, s upstream.TokenStatus) (sale.Receipt, error) {
	if a.settings.Upstream == nil {
		return sale.Receipt{}, errors.New("it was forwarded to an endpoint, which this command must ask: set SALES_BACKEND=upstream and the functions' UPSTREAM_ settings")
	}
	command, err := api.CommandOf(s.Operation, s.Parameters)
	if err != nil {
		return sale.Receipt{}, err
	}
	backend, err := a.settings.OpenBackend(a.store)
	if err != nil {
		return sale.Receipt{}, err
	}
	return backend.Sell(ctx, sale.Purchase{Owner: s.Owner, Token: s.Token, Caller: "admin", Command: command}, nil)
}
