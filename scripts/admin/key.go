package main

import (
	"context"
	"fmt"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/access"
	"aegis/shared/store"
)

type putKey struct {
	ID            string    `required:"" help:"AccessKeyId."`
	Secret        string    `required:"" help:"AccessKeySecret."`
	Owner         owner     `placeholder:"ID" help:"The account that the key belongs to."`
	ResellerOf    []owner   `placeholder:"ID" help:"Owners that the key may act for."`
	Operations    []string  `placeholder:"NAME" enum:"SetMachineNumber,DepositBalance,AdjustBalance" help:"Operations granted by name: SetMachineNumber, DepositBalance, AdjustBalance."`
	Disabled      bool      `help:"Refuse the key's calls."`
	SecurityToken string    `help:"Makes it a temporary key: calls must carry this SecurityToken."`
	Expires       time.Time `help:"When a temporary key ends, such as 2027-01-01T00:00:00+08:00."`
}

// Run makes or replaces a key.
func (c *putKey) Run(ctx context.Context, a *admin) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	owners := c.ResellerOf
	if c.Owner != "" {
		owners = append([]owner{c.Owner}, owners...)
	}
	if err := a.exists(ctx, owners...); err != nil {
		return err
	}

	if err := a.keys.Put(ctx, c.key(), c.granted()); err != nil {
		return err
	}
	a.done([]cli.Field{{Name: "key", Value: c.ID}}, "key %s is there", c.ID)
	return nil
}

func (c *putKey) key() access.Key {
	return access.Key{
		ID: c.ID, Secret: c.Secret, Owner: string(c.Owner), Reseller: len(c.ResellerOf) > 0, Operations: c.Operations,
		Disabled: c.Disabled, SecurityToken: c.SecurityToken, Expires: c.Expires,
	}
}

func (c *putKey) granted() []string {
	var owners []string
	for _, o := range c.ResellerOf {
		owners = append(owners, string(o))
	}
	return owners
}

// one names a key.
type one struct {
	ID string `required:"" help:"AccessKeyId."`
}

type showKey struct{ one }

// Run prints everything about a key but its secrets.
func (c *showKey) Run(ctx context.Context, a *admin) error {
	k, err := a.find(ctx, c.ID)
	if err != nil {
		return err
	}
	owners, err := a.keys.Grants(ctx, c.ID)
	if err != nil {
		return err
	}
	a.Fields(
		cli.Field{Name: "id", Value: k.ID}, cli.Field{Name: "owner", Value: k.Owner}, cli.Field{Name: "reseller", Value: k.Reseller},
		cli.Field{Name: "disabled", Value: k.Disabled}, cli.Field{Name: "temporary", Value: k.SecurityToken != ""},
		cli.Field{Name: "expires", Value: when(k.Expires)}, cli.Field{Name: "acts for", Value: owners},
		cli.Field{Name: "operations", Value: k.Operations},
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
		rows = append(rows, []any{k.ID, k.Owner, k.Reseller, k.Disabled, when(k.Expires), k.Operations})
	}
	a.Table([]string{"id", "owner", "reseller", "disabled", "expires", "operations"}, rows)
	if more {
		c.next(a, more, ids[len(ids)-1])
	}
	return nil
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

type deleteKey struct{ one }

// Run deletes a key and its grants.
func (c *deleteKey) Run(ctx context.Context, a *admin) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	if err := a.keys.Delete(ctx, c.ID); err != nil {
		return err
	}
	a.done([]cli.Field{{Name: "deleted", Value: c.ID}}, "key %s is deleted", c.ID)
	return nil
}
