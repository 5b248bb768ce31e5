package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"

	"aegis/scripts/internal/cli"
	"aegis/shared/audit"
	"aegis/shared/sale"
)

// change makes one change of something and enters it in the audit log: the intent
// before and the outcome after it. state describes what is changed, nil if it is not
// there. A dry run has no entry.
func (a *admin) change(ctx context.Context, what, of, reason string, state func(context.Context) (any, error), do func() error) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	if a.DryRun {
		return do()
	}

	before, err := described(ctx, state)
	if err != nil {
		return err
	}
	entry, err := a.log.Begin(ctx, a.entry(what, of, reason, before))
	if err != nil {
		return err
	}
	return a.conclude(ctx, entry, state, do())
}

// conclude enters the outcome of a change and returns its error.
func (a *admin) conclude(ctx context.Context, entry audit.Entry, state func(context.Context) (any, error), failed error) error {
	entry.Outcome = audit.Done
	if failed != nil {
		entry.Outcome = failed.Error()
	}

	ctx = context.WithoutCancel(ctx) // the change was made, interrupted or not
	after, err := described(ctx, state)
	entry.After = after
	if err == nil {
		err = a.log.End(ctx, entry)
	}
	if err != nil {
		err = fmt.Errorf("the outcome of this change is not in the audit log: %w", err)
	}
	return errors.Join(failed, err)
}

func (a *admin) entry(what, of, reason, before string) audit.Entry {
	e := audit.Entry{What: what, Of: of, Reason: reason, Before: before, Credential: a.settings.Store.Credentials.AccessKeyID}
	if u, err := user.Current(); err == nil {
		e.Who = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		e.From = host
	}
	return e
}

// described is a state as JSON, "" for none.
func described(ctx context.Context, state func(context.Context) (any, error)) (string, error) {
	value, err := state(ctx)
	if err != nil || value == nil {
		return "", err
	}
	text, err := json.Marshal(value)
	return string(text), err
}

// state is what the audit log says of an owner's account.
func (o owner) state(a *admin) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		account, err := a.ledger.Account(ctx, string(o))
		if errors.Is(err, sale.ErrNoAccount) {
			return nil, nil
		}
		return account, err
	}
}

// nothing is the state of what has none.
func nothing(context.Context) (any, error) { return nil, nil }

type listAudit struct {
	Limit int `default:"20" range:"1..100000" help:"Entries at most, the newest."`
}

// Run lists the newest changes.
func (c *listAudit) Run(ctx context.Context, a *admin) error {
	var rows [][]any
	for start, left := "", c.Limit; left > 0; {
		entries, next, err := a.log.List(ctx, start, left, false)
		if err != nil {
			return err
		}
		for _, e := range entries {
			rows = append(rows, []any{
				when(e.At), e.Who, e.From, e.What, e.Of, cmp.Or(e.Outcome, "not known"), e.Reason, e.Credential, e.Before, e.After, e.ID,
			})
		}
		if left, start = left-len(entries), next; next == "" {
			break
		}
	}
	a.Table([]string{"at", "who", "from", "what", "of", "outcome", "reason", "credential", "before", "after", "id"}, rows)
	return nil
}

type exportAudit struct{}

// Run prints the whole log as JSON, one entry a line, the oldest first.
func (c *exportAudit) Run(ctx context.Context, a *admin) error {
	a.JSON = true
	for start, first := "", true; first || start != ""; first = false {
		entries, next, err := a.log.List(ctx, start, 100, true)
		if err != nil {
			return err
		}
		for _, e := range entries {
			a.Fields(
				cli.Field{Name: "id", Value: e.ID}, cli.Field{Name: "at", Value: e.At.UTC()}, cli.Field{Name: "who", Value: e.Who},
				cli.Field{Name: "credential", Value: e.Credential}, cli.Field{Name: "from", Value: e.From}, cli.Field{Name: "what", Value: e.What},
				cli.Field{Name: "of", Value: e.Of}, cli.Field{Name: "reason", Value: e.Reason}, cli.Field{Name: "outcome", Value: e.Outcome},
				cli.Field{Name: "before", Value: stored(e.Before)}, cli.Field{Name: "after", Value: stored(e.After)},
			)
		}
		start = next
	}
	return nil
}

// stored is a state of the log as JSON; a text that was cut is a text.
func stored(state string) any {
	if json.Valid([]byte(state)) {
		return json.RawMessage(state)
	}
	return state
}
