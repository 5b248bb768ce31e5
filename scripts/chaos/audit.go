package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/shared/ledger"
	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// audit checks every owner: each token has one order, each answer is the token's,
// what was paid is what the orders say, and no two renewals by the API start from one
// expiry. The marketplace renews until a time that it names, as often as it likes.
func audit(ctx context.Context, print cli.Printer, storeURL string, m *customers, p *peer) error {
	books, err := openBooks(storeURL)
	if err != nil {
		return err
	}

	var violations []error
	orders := 0
	for _, b := range m.customers {
		list, err := auditOwner(ctx, books, b)
		orders += len(list)
		for _, conflict := range b.conflicts {
			err = errors.Join(err, errors.New(conflict))
		}
		if err != nil {
			violations = append(violations, fmt.Errorf("owner %s: %w", b.owner, err))
		}
	}

	if err := p.audit(ctx, books); err != nil {
		violations = append(violations, err)
	}
	print.Say([]cli.Field{{Name: "orders", Value: orders}, {Name: "owners", Value: len(m.customers)}, {Name: "violations", Value: len(violations)}},
		"%d orders in the books of %d owners, %d violations", orders, len(m.customers), len(violations))
	if len(violations) > 0 {
		return &brokenBooks{violations}
	}
	return nil
}

// brokenBooks are books that break a promise. They are kept.
type brokenBooks struct{ violations []error }

// Error lists what is broken.
func (b *brokenBooks) Error() string { return errors.Join(b.violations...).Error() }

func openBooks(storeURL string) (*ledger.Ledger, error) {
	gate, err := store.Open(store.Config{
		Endpoint: storeURL, Instance: "local", Credentials: pop.Credentials{AccessKeyID: "local", AccessKeySecret: "local"},
	})
	if err != nil {
		return nil, err
	}
	return ledger.New(ledger.Config{Store: gate})
}

func auditOwner(ctx context.Context, books *ledger.Ledger, b *buyer) ([]ledger.Order, error) {
	account, err := books.Account(ctx, b.owner)
	if err != nil {
		return nil, err
	}

	wrong, err := books.Audit(ctx, b.owner, sale.DefaultCatalogue().MonthlyPrices())
	if err != nil || len(wrong) > 0 {
		return nil, errors.Join(append(wrong, err)...)
	}

	orders, next, err := books.Orders(ctx, b.owner, "", 5000)
	if err != nil || next != "" {
		return nil, fmt.Errorf("the orders cannot be read at once: %w", err)
	}

	var failures []error
	tokens, ends, sum := map[string]string{}, map[int64]bool{}, sale.Fen(0)
	for _, o := range orders {
		if _, twice := tokens[o.Token]; twice {
			failures = append(failures, fmt.Errorf("token %s has two orders", o.Token))
		}
		if o.Operation == sale.RenewInstance && o.Channel == sale.API && ends[o.Expires.UnixMilli()] {
			failures = append(failures, fmt.Errorf("order %s renews from an expiry that another renewed", o.ID))
		}
		if o.Operation != sale.UpgradeInstance {
			ends[o.Expires.UnixMilli()] = true
		}
		tokens[o.Token], sum = o.ID, sum+o.Amount
	}

	if account.Deposited-account.Balance != sum {
		failures = append(failures, fmt.Errorf("paid in %s, balance %s, orders %s", account.Deposited, account.Balance, sum))
	}
	return orders, errors.Join(append(failures, b.compare(tokens)...)...)
}

// compare holds what the customer was answered against the books.
func (b *buyer) compare(tokens map[string]string) (failures []error) {
	for token, told := range b.answers {
		order, sold := tokens[token]
		switch {
		case strings.HasPrefix(told, "refused") && sold:
			failures = append(failures, fmt.Errorf("token %s was %s, and there is order %s", token, told, order))
		case !strings.HasPrefix(told, "refused") && order != told:
			failures = append(failures, fmt.Errorf("token %s was answered %s, the books have %q", token, told, order))
		}
	}
	return failures
}
