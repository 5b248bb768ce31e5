package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"aegis/shared/sale"
)

// owned is a command about one owner.
type owned struct {
	Owner owner `required:"" placeholder:"ID" help:"The account's number."`
}

// owner is an account's number.
type owner string

// UnmarshalText refuses what is not an account's number.
func (o *owner) UnmarshalText(text []byte) error {
	if len(text) == 0 || len(text) > 19 || strings.Trim(string(text), "0123456789") != "" {
		return fmt.Errorf("%q must be an account's number, 1 to 19 digits", text)
	}
	*o = owner(text)
	return nil
}

// reasoned is a command that leaves a reason in the orders.
type reasoned struct {
	Reason string `required:"" help:"Why, for people who read the orders."`
}

// exists refuses owners without an account. A reseller has its accounts elsewhere.
func (a *admin) exists(ctx context.Context, owners ...owner) error {
	if a.settings.Upstream != nil {
		return nil
	}
	for _, o := range owners {
		if _, err := a.ledger.Account(ctx, string(o)); err != nil {
			return err
		}
	}
	return nil
}

// when writes a time as the operator's calendar has it.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(sale.Shanghai()).Format("2006-01-02 15:04:05 -0700")
}
