package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"aegis/scripts/internal/cli"
	"aegis/shared/ledger"
	"aegis/shared/sale"
)

// measureOwners compares a purchase with 1,000 accounts in the store to one with
// many, on disk.
func measureOwners(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := openShop(ctx, dir)
	if err != nil {
		return err
	}
	defer s.close()
	books, err := ledger.New(ledger.Config{Store: s.store})
	if err != nil {
		return err
	}

	var p50 [2]time.Duration
	bought := 0 // owners who have an instance
	for i, n := range []int{1000, o.owners} {
		began := time.Now()
		if err := o.populate(ctx, books, n); err != nil {
			return err
		}
		filled := time.Since(began)
		if p50[i], err = buy(ctx, books, bought, n); err != nil {
			return err
		}
		bought = n
		fmt.Fprintf(o.out, "%8d owners: a purchase takes %s (p50); filled in %s\n", n, p50[i], filled.Round(time.Second))
	}

	o.add(figure{Name: fmt.Sprintf("p50 of a purchase, %d owners", o.owners), Value: ms(p50[1]), Unit: "ms", Floor: "1,000 owners", Of: ms(p50[0]), Goal: "≤ 1.1"})
	return nil
}

// number is an account that no seed made.
func number(i int) string { return strconv.Itoa(5_000_000_000_000_000 + i) }

// populate makes the accounts up to n that are missing. Group commit makes many
// at once cheap.
func (o options) populate(ctx context.Context, books *ledger.Ledger, n int) error {
	all, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	defer cli.Progress{Out: o.progress, Unit: "accounts", Total: float64(n), Done: func() float64 { return float64(next.Load()) }}.Start()()
	for range 128 {
		all.Go(func() error {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				_, err := books.OpenAccount(ctx, sale.Account{Owner: number(i), Balance: 1_000_000, Verified: true, Machines: 5})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}

	return all.Wait()
}

// buy makes 1,000 purchases by owners spread over those from first to last, and
// returns the median.
func buy(ctx context.Context, books *ledger.Ledger, first, last int) (time.Duration, error) {
	var took []time.Duration
	for i := range 1000 {
		began := time.Now()
		_, err := books.Sell(ctx, sale.Purchase{Owner: number(first + 1 + i*((last-first)/1000)), Token: "bench", Command: sale.Create{
			Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}}, nil)
		if err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}

	return median(took), nil
}
