package main

import (
	"context"

	"aegis/scripts/internal/cli"
	"aegis/shared/ledger"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// eachAccount calls do for every owner who has an account, page by page, until it
// returns false. The order is that of the table. It starts after the owner given.
func (a *admin) eachAccount(ctx context.Context, after owner, do func(owner) (bool, error)) error {
	start := store.Key{}
	if after != "" {
		start = ledger.AfterAccount(string(after))
	}
	for {
		rows, next, err := a.store.Scan(ctx, tokenrow.Sales(), start, 1000)
		if err != nil {
			return err
		}
		for _, row := range rows {
			name, ok := ledger.AccountOf(row.Key)
			if !ok {
				continue
			}
			if more, err := do(owner(name)); err != nil || !more {
				return err
			}
		}
		if start = next; next.Table.Name == "" {
			return nil
		}
	}
}

// paged is a command that lists page by page.
type paged struct {
	Limit int    `default:"100" range:"1..100000" help:"How many at most."`
	After string `help:"Start after this one: the last of the page before."`
}

// next says how to go on, if there is more.
func (p paged) next(a *admin, more bool, last string) {
	if more {
		a.Say([]cli.Field{{Name: "next", Value: last}}, "there are more: -after %s", last)
	}
}

type listAccounts struct{ paged }

// Run lists accounts in the order of the table.
func (c *listAccounts) Run(ctx context.Context, a *admin) error {
	if c.After != "" {
		if err := a.exists(ctx, owner(c.After)); err != nil {
			return err
		}
	}
	var rows [][]any
	last, more := "", false
	err := a.eachAccount(ctx, owner(c.After), func(o owner) (bool, error) {
		if len(rows) == c.Limit {
			more = true
			return false, nil
		}
		row, err := a.accountRow(ctx, o)
		rows, last = append(rows, row), string(o)
		return true, err
	})
	if err != nil {
		return err
	}
	a.Table([]string{"owner", "verified", "machines", "balance", "instance", "until"}, rows)
	c.next(a, more, last)
	return nil
}

func (a *admin) accountRow(ctx context.Context, o owner) ([]any, error) {
	account, err := a.ledger.Account(ctx, string(o))
	if err != nil {
		return nil, err
	}
	instance, until := "", ""
	if account.Instance != nil {
		instance, until = account.Instance.ID, when(account.Instance.Period.End())
	}
	return []any{account.Owner, account.Verified, account.Machines, account.Balance.String(), instance, until}, nil
}
