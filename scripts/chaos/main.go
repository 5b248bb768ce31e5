// Command chaos runs the local stack with real binaries, a load of real SDK clients, and
// a hand that kills them. See go run ./scripts/chaos -h.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/local"
	"aegis/shared/local/queue"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	return cli.Program{Name: "chaos", Grammar: &command{}, About: `
Kills real processes under load and audits the books.

Customers buy, upgrade and renew, send every call up to three times at once and call again until they are answered. Meanwhile
function instances and the store's process are killed with SIGKILL and replaced; instances are stopped in the middle of a call, and
between two calls as the platform does, and killed at their deadline; some have clocks that are five minutes off; the disk is full
for a while; connections to the store are slow, or hang; and the store drops requests and times out after applying. The marketplace
orders at the same time, through a queue that delivers twice and in any order; time moves, and the timer fires, twice at once. Then
every owner's books are checked by the laws and against what the customers were answered.

It starts a stack of its own. A violation, or a load too low to prove anything, ends it with exit status 1. ^C ends the load and
audits what there is.`}
}

type command struct {
	cli.Format
	Minutes    float64 `default:"1" range:"0.01..10000" help:"How long."`
	Seed       uint64  `default:"1" help:"Of what is killed when, and who buys what."`
	RetryScale float64 `default:"0.01" range:"0..1000" help:"Factor of the order queue's waits between retries."`
	Duplicates int     `default:"10" range:"0..100" help:"Percent of the order queue's messages and batches that are delivered twice."`
	Verbose    bool    `short:"v" help:"Show what the functions print."`
}

// run is one run of chaos.
type run struct {
	*command
	cli.IO
	store     *storeProcess
	wire      *network
	stack     *local.Stack
	customers *customers
	peer      *peer
	faults    *faultInjector
}

// Run runs the stack, disturbs it, and audits the books.
func (c *command) Run(ctx context.Context, std cli.IO) (err error) {
	dir, err := os.MkdirTemp("", "chaos")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leave(dir, err)) }()
	r := &run{command: c, IO: std}
	if r.store, err = startStore(ctx, dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.store.stop()) }()
	if r.wire, err = startNetwork(r.store.url, c.Seed); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.wire.close()) }()
	if r.stack, err = local.Start(ctx, c.config(dir, r.wire.url(), std)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.stack.Close()) }()

	r.customers, r.peer = newCustomers(r.stack.URL, c.Seed), newPeer(r.stack.URL)
	r.faults = &faultInjector{stack: r.stack, store: r.store, network: r.wire, seed: c.Seed, stopped: map[int]bool{}}
	took, err := r.disturb(ctx)
	if err != nil {
		return err
	}
	return r.judge(ctx, took)
}

// leave removes the run's folder, but for books that break a promise.
func leave(dir string, err error) error {
	if _, broken := errors.AsType[*brokenBooks](err); broken {
		return fmt.Errorf("the books are kept in %s", filepath.Join(dir, "data"))
	}
	return os.RemoveAll(dir)
}

func (c *command) config(dir, storeURL string, std cli.IO) local.Config {
	config := local.Config{
		BuildDir: filepath.Join(dir, "bin"), StoreURL: storeURL, Instances: 4,
		Freeze: true, MaxTimeout: maxTimeout, Skew: skew,
		Queue: queue.Config{Retry: queue.ExponentialDecayRetry, RetryScale: c.RetryScale, Duplicates: c.Duplicates, Reorder: true},
	}
	if c.Verbose {
		config.Progress = std.Err
	}
	return config
}

// disturb has everybody buy while things are killed, until the time is up or somebody
// interrupts. It returns how long that was.
func (r *run) disturb(ctx context.Context) (time.Duration, error) {
	length := time.Duration(r.Minutes * float64(time.Minute))
	ctx, calm := context.WithTimeout(ctx, length)
	defer calm()
	began := time.Now()
	defer cli.Progress{
		Out: r.Err, Unit: "calls", For: length, Done: func() float64 { return float64(r.customers.calls.Load()) },
	}.Start()()

	done := make(chan error, 1)
	go func() { done <- r.faults.inject(ctx) }()
	sold := make(chan struct{})
	go func() { defer close(sold); r.peer.open(ctx) }()
	r.customers.open(ctx)
	<-sold
	return time.Since(began).Round(time.Second), <-done
}

// judge has everyone finish what is open, undisturbed, and audits the books. After an
// interrupt it does so too.
func (r *run) judge(ctx context.Context, took time.Duration) error {
	interrupted := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	r.customers.settle(ctx)
	unsettled := r.peer.settle(ctx)
	print := cli.Printer{Out: r.Out, JSON: r.JSON}
	print.Say([]cli.Field{{Name: "seconds", Value: took.Seconds()}, {Name: "customers", Value: r.customers.String()},
		{Name: "marketplace", Value: r.peer.String()}, {Name: "faults", Value: r.faults.String()}}, "%s in %s", r.customers, took)
	if !r.JSON {
		fmt.Fprintf(r.Out, "%s\n%s\n", r.peer, r.faults)
	}

	err := errors.Join(unsettled, audit(ctx, print, r.store.url, r.customers, r.peer))
	if interrupted {
		return errors.Join(err, errors.New("interrupted: that is the result so far"))
	}
	return errors.Join(err, r.customers.enough(took), r.peer.enough(took), r.faults.enough(took))
}
