package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"aegis/shared/ledger"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// audit judges the books of one owner, or of all, by the laws (package laws). It
// changes nothing. What does not add up ends it with exit status 1.
func (o *office) audit(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("audit", flag.ContinueOnError)
	owner := flags.String("owner", "", "one account's number")
	all := flags.Bool("all", false, "all accounts")
	if err := parse(flags, args); err != nil {
		return err
	}
	if *all == (*owner != "") {
		return errors.New("admin audit: say -all or -owner ID")
	}
	a := &auditor{office: o}
	if *all {
		return errors.Join(a.everybody(ctx), a.verdict())
	}
	if err := checkOwner("owner", *owner); err != nil {
		return err
	}
	return errors.Join(a.judge(ctx, *owner), a.verdict())
}

// auditor counts what an audit finds.
type auditor struct {
	*office
	owners, wrong int
}

// everybody walks the table page by page.
func (a *auditor) everybody(ctx context.Context) error {
	for start := (store.Key{}); ; {
		rows, next, err := a.store.Scan(ctx, tokenrow.Sales(), start, 1000)
		if err != nil {
			return err
		}
		for _, row := range rows {
			owner, ok := ledger.AccountOf(row.Key)
			if !ok {
				continue
			}
			if err := a.judge(ctx, owner); err != nil {
				return err
			}
		}
		if start = next; next.Table.Name == "" {
			return nil
		}
	}
}

func (a *auditor) judge(ctx context.Context, owner string) error {
	wrong, err := a.ledger.Audit(ctx, owner, a.settings.Catalogue.MonthlyPrices())
	if err != nil {
		return err
	}
	a.owners++
	a.wrong += len(wrong)
	for _, w := range wrong {
		fmt.Fprintf(a.out, "owner %s: %v\n", owner, w)
	}
	return nil
}

func (a *auditor) verdict() error {
	fmt.Fprintf(a.out, "%d owners audited, %d findings\n", a.owners, a.wrong)
	if a.wrong > 0 {
		return fmt.Errorf("%d findings", a.wrong)
	}
	return nil
}
