// Command chaos runs the local stack with real binaries, a load of real SDK
// clients, and a hand that kills them:
//
//	go run ./scripts/chaos [-minutes 1] [-seed 1]
//
// Customers buy, upgrade and renew, send every call up to three times at once and
// call again until they are answered. Meanwhile function instances and the store's
// process are killed with SIGKILL and replaced, and the store drops connections
// and times out after applying. Then every owner's books are checked against what
// the customers were answered. It prints what it did; a violation, or a load too low to
// prove anything, ends it with exit status 1.
//
// The marketplace orders at the same time, through a queue that delivers twice and
// in any order; time moves, and the timer fires.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"aegis/shared/local"
	"aegis/shared/local/queue"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	minutes := flag.Float64("minutes", 1, "how long")
	seed := flag.Uint64("seed", 1, "of what is killed when, and who buys what")
	verbose := flag.Bool("v", false, "show what the functions print")
	flag.Parse()
	if err := run(ctx, time.Duration(*minutes*float64(time.Minute)), *seed, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, length time.Duration, seed uint64, verbose bool) (err error) {
	dir, err := os.MkdirTemp("", "chaos")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	store, err := startStore(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.stop()) }()
	stack, err := startStack(ctx, dir, store.url, verbose)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()

	market, plaza := newMarket(stack.URL, seed), newPlaza(stack.URL)
	havoc := &havoc{stack: stack, store: store, seed: seed}
	disturbed, calm := context.WithTimeout(ctx, length)
	defer calm()
	done := make(chan error, 1)
	go func() { done <- havoc.wreak(disturbed) }()
	sold := make(chan struct{})
	go func() { defer close(sold); plaza.open(disturbed) }()
	market.open(disturbed)
	<-sold
	if err := <-done; err != nil {
		return err
	}
	market.settle(ctx)
	unsettled := plaza.settle(ctx)
	fmt.Printf("%s in %s\n%s\n%s\n", market, length, plaza, havoc)
	if err := errors.Join(unsettled, audit(ctx, store.url, market, plaza)); err != nil {
		return err
	}
	return errors.Join(market.enough(length), plaza.enough(length), havoc.enough(length))
}

func startStack(ctx context.Context, dir, storeURL string, verbose bool) (*local.Stack, error) {
	c := local.Config{BuildDir: filepath.Join(dir, "bin"), StoreURL: storeURL, Instances: 4,
		Queue: queue.Config{Retry: queue.ExponentialDecayRetry, RetryScale: 0.01, Duplicates: 10, Reorder: true}}
	if verbose {
		c.Progress = os.Stderr
	}
	return local.Start(ctx, c)
}
