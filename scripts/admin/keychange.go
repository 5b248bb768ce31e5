package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/access"
)

type createKey struct {
	because
	given
	ID         string      `placeholder:"ID" help:"AccessKeyId (default: a new one)."`
	Owner      owner       `placeholder:"ID" help:"The account that the key belongs to."`
	ResellerOf []owner     `placeholder:"ID" help:"Owners that the key may act for."`
	Operations []operation `placeholder:"NAME" help:"Operations granted by name: SetMachineNumber, DepositBalance, AdjustBalance."`
	Temporary  bool        `help:"A temporary key: calls must carry its SecurityToken, which is printed too."`
	Expires    time.Time   `help:"When a temporary key ends, such as 2027-01-01T00:00:00+08:00."`
}

// Validate refuses a command without an owner, or with half of a temporary key.
func (c *createKey) Validate() error {
	if c.Owner == "" && len(c.ResellerOf) == 0 {
		return errors.New("it needs --owner or --reseller-of")
	}
	if c.Temporary == c.Expires.IsZero() {
		return errors.New("--temporary and --expires belong together")
	}
	return byName(c.Operations)
}

// Run makes a key and prints its secret, once.
func (c *createKey) Run(ctx context.Context, std cli.IO, a *admin) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	if err := a.exists(ctx, append(c.ResellerOf, c.owner()...)...); err != nil {
		return err
	}
	secret, err := c.secret(std)
	if err != nil {
		return err
	}
	k := access.Key{
		ID: c.ID, Secret: secret, Owner: string(c.Owner), Reseller: len(c.ResellerOf) > 0, Operations: texts(c.Operations), Expires: c.Expires,
	}
	if k.ID == "" {
		k.ID = "LTAI" + rand.Text()[:20]
	}
	if c.Temporary {
		k.SecurityToken = rand.Text() + rand.Text()
	}

	if err := a.keys.CheckMasterKey(ctx); err != nil {
		return err
	}
	err = a.change(ctx, "key create", "key "+k.ID, c.Reason, one{k.ID}.state(a), func() error {
		return a.keys.Create(ctx, k, texts(c.ResellerOf))
	})
	if err != nil {
		return err
	}
	c.print(a, k)
	return nil
}

func (c *createKey) owner() []owner {
	if c.Owner == "" {
		return nil
	}
	return []owner{c.Owner}
}

func (g given) print(a *admin, k access.Key) {
	if a.DryRun {
		return
	}
	fields := []cli.Field{{Name: "id", Value: k.ID}}
	if g.SecretFile == "" {
		fields = append(fields, cli.Field{Name: "secret", Value: k.Secret})
	}
	if k.SecurityToken != "" {
		fields = append(fields, cli.Field{Name: "security token", Value: k.SecurityToken})
	}
	a.Fields(fields...)
	if len(fields) > 1 && !a.JSON {
		fmt.Fprintln(a.Out, "It is printed once and kept nowhere: store it now.")
	}
}

type rotateKey struct {
	because
	given
	one
	Overlap time.Duration `default:"24h" help:"How long the old secret holds too; 0 ends it at once."`
}

// Validate bounds the overlap.
func (c *rotateKey) Validate() error {
	if c.Overlap < 0 || c.Overlap > 30*24*time.Hour {
		return errors.New("--overlap must be from 0 to 720h")
	}
	return nil
}

// Run gives a key a new secret and prints it, once.
func (c *rotateKey) Run(ctx context.Context, std cli.IO, a *admin) error {
	secret, err := c.secret(std)
	if err != nil {
		return err
	}
	if err := a.keys.CheckMasterKey(ctx); err != nil {
		return err
	}
	err = a.change(ctx, "key rotate", "key "+c.ID, c.Reason, c.state(a), func() error {
		return a.keys.Rotate(ctx, c.ID, secret, c.Overlap)
	})
	if errors.Is(err, access.ErrRotating) {
		return fmt.Errorf("%w (-overlap 0 ends every other secret now)", err)
	}
	if err != nil {
		return err
	}
	c.print(a, access.Key{ID: c.ID, Secret: secret})
	return nil
}

type disableKey struct {
	because
	one
}

// Run refuses the key's calls from the next one on.
func (c *disableKey) Run(ctx context.Context, a *admin) error { return c.set(ctx, a, true) }

type enableKey struct{ disableKey }

// Run accepts the key's calls again.
func (c *enableKey) Run(ctx context.Context, a *admin) error { return c.set(ctx, a, false) }

func (c *disableKey) set(ctx context.Context, a *admin, disabled bool) error {
	what := map[bool]string{true: "disable", false: "enable"}[disabled]
	return c.edit(ctx, a, what, c.Reason, func() error { return a.keys.SetDisabled(ctx, c.ID, disabled) })
}

// edit changes a key and says so.
func (k one) edit(ctx context.Context, a *admin, what, reason string, do func() error) error {
	if err := a.change(ctx, "key "+what, "key "+k.ID, reason, k.state(a), do); err != nil {
		return err
	}
	a.done([]cli.Field{{Name: "key", Value: k.ID}, {Name: "done", Value: what}}, "key %s: %s is done", k.ID, what)
	return nil
}

type deleteKey struct {
	because
	one
}

// Run deletes a key and its grants.
func (c *deleteKey) Run(ctx context.Context, a *admin) error {
	return c.edit(ctx, a, "delete", c.Reason, func() error { return a.keys.Delete(ctx, c.ID) })
}

// granted is what a key may be granted.
type granted struct {
	because
	one
	ResellerOf []owner     `placeholder:"ID" help:"Owners that the key may act for."`
	Operations []operation `placeholder:"NAME" help:"Operations granted by name: SetMachineNumber, DepositBalance, AdjustBalance."`
}

// Validate refuses a command that changes nothing.
func (c *granted) Validate() error {
	if len(c.ResellerOf)+len(c.Operations) == 0 {
		return errors.New("it needs --reseller-of or --operations")
	}
	return byName(c.Operations)
}

type grantKey struct{ granted }

// Run lets a key act for more owners, or call more operations.
func (c *grantKey) Run(ctx context.Context, a *admin) error {
	if err := a.mayChange(); err != nil {
		return err
	}
	if err := a.exists(ctx, c.ResellerOf...); err != nil {
		return err
	}
	return c.apply(ctx, a, "grant", a.keys.Grant, func(have []string, o string) []string { return append(have, o) })
}

type revokeKey struct{ granted }

// Run ends grants. What is not granted is skipped.
func (c *revokeKey) Run(ctx context.Context, a *admin) error {
	return c.apply(ctx, a, "revoke", a.keys.Revoke, func(have []string, _ string) []string { return have })
}

// apply changes the owners, and of the operations what keep returns of the others.
func (c *granted) apply(ctx context.Context, a *admin, what string, owners func(context.Context, string, []string) error,
	keep func([]string, string) []string) error {
	return c.edit(ctx, a, what, c.Reason, func() error {
		if len(c.ResellerOf) > 0 {
			if err := owners(ctx, c.ID, texts(c.ResellerOf)); err != nil {
				return err
			}
		}
		if len(c.Operations) == 0 {
			return nil
		}
		return a.keys.EditOperations(ctx, c.ID, func(have []string) []string {
			for _, o := range texts(c.Operations) {
				have = keep(slices.DeleteFunc(have, func(h string) bool { return h == o }), o)
			}
			return have
		})
	})
}

type limitKey struct {
	because
	one
	Operations []operation `placeholder:"NAME" help:"The only operations that it may call; any: all."`
	ReadOnly   *bool       `help:"Only calls that change nothing; -read-only=false takes it back."`
	Daily      *int64      `range:"0.." placeholder:"FEN" help:"What it may spend on one day (UTC+8), in fen; 0: any amount. Of a reseller's key, from all accounts."`
	Sources    []source    `placeholder:"CIDR" help:"The only addresses that it is used from, such as 192.0.2.0/24; any: all. For calls through the HTTP trigger; API Gateway does not pass them on."`
}

// Validate refuses a command that changes nothing.
func (c *limitKey) Validate() error {
	if c.ReadOnly == nil && c.Daily == nil && len(c.Operations)+len(c.Sources) == 0 {
		return errors.New("it needs one of --operations, --read-only, --daily and --sources")
	}
	return nil
}

// Run changes the limits that the flags name.
func (c *limitKey) Run(ctx context.Context, a *admin) error {
	if c.Daily != nil && a.settings.Upstream != nil {
		return errors.New("--daily: the endpoint sets the prices, so a reseller that forwards has no ceilings")
	}
	return c.edit(ctx, a, "limit", c.Reason, func() error { return a.keys.EditLimits(ctx, c.ID, c.change) })
}

func (c *limitKey) change(l *access.Limits) {
	if len(c.Operations) > 0 {
		l.Operations = limits(texts(c.Operations))
	}
	if c.ReadOnly != nil {
		l.ReadOnly = *c.ReadOnly
	}
	if c.Daily != nil {
		l.DailyFen = *c.Daily
	}
	if len(c.Sources) == 0 {
		return
	}
	l.Sources = nil
	for _, s := range limits(texts(c.Sources)) {
		p, err := access.ParseSource(s)
		if err == nil { // the flag was checked already
			l.Sources = append(l.Sources, p)
		}
	}
}
