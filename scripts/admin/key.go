package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/access"
	"aegis/shared/store"
)

// one names a key.
type one struct {
	ID string `required:"" help:"AccessKeyId."`
}

// state is what the audit log says of the key.
func (k one) state(a *admin) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		s, err := a.keyState(ctx, k.ID)
		if errors.Is(err, access.ErrNoKey) {
			return nil, nil
		}
		return s, err
	}
}

// keyState is everything about a key but its secrets.
type keyState struct {
	Owner         string    `json:"owner"`
	Reseller      bool      `json:"reseller"`
	Disabled      bool      `json:"disabled"`
	Temporary     bool      `json:"temporary"`
	Expires       time.Time `json:"expires,omitzero"`
	ActsFor       []string  `json:"actsFor,omitempty"`
	Operations    []string  `json:"operations,omitempty"`
	PreviousUntil time.Time `json:"previousSecretUntil,omitzero"`
	OnlyCalls     []string  `json:"onlyCalls,omitempty"`
	ReadOnly      bool      `json:"readOnly"`
	OnlyFrom      []string  `json:"onlyFrom,omitempty"`
	DailyFen      int64     `json:"dailyFen,omitempty"`
}

func (a *admin) keyState(ctx context.Context, id string) (keyState, error) {
	k, err := a.find(ctx, id)
	if err != nil {
		return keyState{}, err
	}
	owners, err := a.keys.Grants(ctx, id)
	s := keyState{
		Owner: k.Owner, Reseller: k.Reseller, Disabled: k.Disabled, Temporary: k.SecurityToken != "", Expires: k.Expires, ActsFor: owners,
		Operations: k.Operations, PreviousUntil: k.PreviousUntil, OnlyCalls: k.Limits.Operations, ReadOnly: k.Limits.ReadOnly, DailyFen: k.Limits.DailyFen,
	}
	for _, p := range k.Limits.Sources {
		s.OnlyFrom = append(s.OnlyFrom, p.String())
	}
	return s, err
}

type showKey struct{ one }

// Run prints everything about a key but its secrets.
func (c *showKey) Run(ctx context.Context, a *admin) error {
	s, err := a.keyState(ctx, c.ID)
	if err != nil {
		return err
	}
	a.Fields(
		cli.Field{Name: "id", Value: c.ID}, cli.Field{Name: "owner", Value: s.Owner}, cli.Field{Name: "reseller", Value: s.Reseller},
		cli.Field{Name: "disabled", Value: s.Disabled}, cli.Field{Name: "temporary", Value: s.Temporary},
		cli.Field{Name: "expires", Value: when(s.Expires)}, cli.Field{Name: "acts for", Value: s.ActsFor},
		cli.Field{Name: "operations", Value: s.Operations}, cli.Field{Name: "previous secret until", Value: when(s.PreviousUntil)},
		cli.Field{Name: "only calls", Value: s.OnlyCalls}, cli.Field{Name: "read only", Value: s.ReadOnly}, cli.Field{Name: "only from", Value: s.OnlyFrom},
		cli.Field{Name: "daily fen", Value: s.DailyFen},
	)
	return nil
}

func (a *admin) find(ctx context.Context, id string) (access.Key, error) {
	k, err := a.keys.Find(ctx, id)
	if err != nil {
		return access.Key{}, fmt.Errorf("key %s: %w", id, err)
	}
	return k, nil
}

type listKeys struct{ paged }

// Run lists keys in the order of the table, without their secrets.
func (c *listKeys) Run(ctx context.Context, a *admin) error {
	ids, more, err := a.keyIDs(ctx, c.After, c.Limit)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, id := range ids {
		k, err := a.find(ctx, id)
		if err != nil {
			return err
		}
		rows = append(rows, []any{k.ID, k.Owner, k.Reseller, k.Disabled, when(k.Expires), k.Operations, limited(k.Limits)})
	}
	a.Table([]string{"id", "owner", "reseller", "disabled", "expires", "operations", "limits"}, rows)
	if more {
		c.next(a, more, ids[len(ids)-1])
	}
	return nil
}

// limited lists the limits of a key in one cell.
func limited(l access.Limits) []string {
	all := slices.Clone(l.Operations)
	if l.ReadOnly {
		all = append(all, "read-only")
	}
	for _, p := range l.Sources {
		all = append(all, p.String())
	}
	if l.DailyFen != 0 {
		all = append(all, fmt.Sprintf("%d fen a day", l.DailyFen))
	}
	return all
}

// keyIDs returns the ids of keys after one, at most limit, and whether there are more.
func (a *admin) keyIDs(ctx context.Context, after string, limit int) (ids []string, more bool, err error) {
	for start := (store.Key{}); ; {
		rows, next, err := a.store.Scan(ctx, access.Keys(), start, 1000)
		if err != nil {
			return nil, false, err
		}
		for _, row := range rows {
			id, ok := access.KeyOf(row.Key)
			switch {
			case !ok || id <= after:
			case len(ids) == limit:
				return ids, true, nil
			default:
				ids = append(ids, id)
			}
		}
		if start = next; next.Table.Name == "" {
			return ids, false, nil
		}
	}
}
