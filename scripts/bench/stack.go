package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"aegis/shared/local"
	"aegis/shared/local/customer"
)

const (
	callers     = 32
	stackOrders = 3000
)

// measureStack measures new orders through the whole stack on disk, as customers send
// them, the callers on the same machine, without and with a console.
func measureStack(ctx context.Context, o options) error {
	rate, p99, err := stackRate(ctx, o, "")
	if err != nil {
		return err
	}
	o.add(figure{Name: fmt.Sprintf("new orders of the stack, %d instances", o.instances), Value: rate, Unit: "/s", Goal: "≥ 1,000"})
	o.add(figure{Name: fmt.Sprintf("new order of the stack, %d instances, p99", o.instances), Value: ms(p99), Unit: "ms"})

	return measureConsole(ctx, o, rate)
}

// measureConsole measures a stack with a console that nobody has open, in turn with one
// without: of each the faster counts, since what else runs on the machine only slows.
func measureConsole(ctx context.Context, o options, without float64) error {
	with := 0.0
	for range 2 {
		recorded, _, err := stackRate(ctx, o, "127.0.0.1:0")
		if err != nil {
			return err
		}
		bare, _, err := stackRate(ctx, o, "")
		if err != nil {
			return err
		}
		with, without = max(with, recorded), max(without, bare)
	}
	o.add(figure{Name: "new orders of the stack with a console, closed", Value: with, Unit: "/s", Floor: "without", Of: without, Goal: "≥ 0.95"})
	return nil
}

// stackRate returns the new orders a second of a stack, and how long the slowest of a
// hundred takes.
func stackRate(ctx context.Context, o options, console string) (rate float64, p99 time.Duration, err error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	stack, err := local.Start(ctx, local.Config{Data: dir, Instances: o.instances, Console: console})
	if err != nil {
		return 0, 0, err
	}
	defer stack.Close()

	if _, err := buyAll(ctx, stack.URL, 0, 500); err != nil { // instances start
		return 0, 0, err
	}
	began := time.Now()
	took, err := buyAll(ctx, stack.URL, 500, stackOrders)
	return stackOrders / time.Since(began).Seconds(), quantile(took, 0.99), err
}

// buyAll makes a number of renewals of an instance that each owner buys first. Their
// tokens are numbered from first on.
func buyAll(ctx context.Context, url string, first, count int) ([]time.Duration, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: callers}
	owners := local.ResellersOwners()
	took := make([][]time.Duration, callers)
	var next atomic.Int64
	all, _ := errgroup.WithContext(ctx)
	for i := range callers {
		c, err := customer.New(customer.Config{
			URL: url, KeyID: local.ResellerKey, Secret: local.ResellerSecret, Owner: owners[i], Transport: transport,
		})
		if err != nil {
			return nil, err
		}
		all.Go(func() error {
			_, instance, err := c.Create("first", 1, 5, 1)
			for n := int(next.Add(1)); err == nil && ctx.Err() == nil && n <= count; n = int(next.Add(1)) {
				began := time.Now()
				_, err = c.Renew(fmt.Sprint("renewal-", first+n), instance, 5, 1)
				took[i] = append(took[i], time.Since(began))
			}
			return err
		})
	}

	err := errors.Join(all.Wait(), ctx.Err())
	return slices.Concat(took...), err
}
