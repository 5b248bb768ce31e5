// Command local runs everything on this machine:
//
//	go run ./scripts/local [-listen 127.0.0.1:8080] [-tablestore 127.0.0.1:8087] [-data .local] [-memory] [-upstream]
//	    [-marketplace [-marketplace-listen 127.0.0.1:8089]] [-clock-offset 720h] [-retry-scale 0.01] [-duplicates 10] [-reorder] [-exponential-decay]
//
// It prints one line, ready http://…, on standard output when every function
// answers, and all else on standard error. An interrupt stops what it started.
//
//	go run ./scripts/local -snapshot save|load NAME
//	go run ./scripts/local -snapshot reset [NAME]
//
// saves the data of a stack, which may be running, puts saved data back, or
// removes all data, saved first if a name is given.
//
//	go run ./scripts/local function -code DIR -port N
//
// runs the one binary DIR/main behind the interface that s local invoke expects
// of its container.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"aegis/shared/local"
	"aegis/shared/local/queue"
	"aegis/shared/local/sample"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := runStack
	if len(os.Args) > 1 && os.Args[1] == "function" {
		run = runFunction
	}
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runStack(ctx context.Context, args []string) error {
	c := local.Config{Progress: os.Stderr}
	flags := flag.NewFlagSet("local", flag.ExitOnError)
	flags.StringVar(&c.Listen, "listen", local.Listen, "address of the gateway")
	flags.StringVar(&c.Tablestore, "tablestore", local.Tablestore, "address of the Tablestore server")
	flags.StringVar(&c.Data, "data", ".local", "folder of all data")
	flags.IntVar(&c.Instances, "instances", 8, "instances of each function at most")
	flags.DurationVar(&c.ClockOffset, "clock-offset", 0, "by which the sale's clock is ahead, e.g. 720h")
	flags.Float64Var(&c.Queue.RetryScale, "retry-scale", 1, "factor of the order queue's waits between retries")
	flags.IntVar(&c.Queue.Duplicates, "duplicates", 0, "percent of the order queue's messages and batches that are delivered twice")
	flags.BoolVar(&c.Queue.Reorder, "reorder", false, "deliver the order queue's messages in any order")
	decay := flags.Bool("exponential-decay", false, "retry failed batches as EXPONENTIAL_DECAY_RETRY does, instead of BACKOFF_RETRY")
	memory := flags.Bool("memory", false, "keep data in memory only")
	market := flags.Bool("marketplace", false, "play the marketplace's side too, with books of its own that the functions ask")
	flags.StringVar(&c.Market, "marketplace-listen", local.Marketplace, "address of the marketplace's side")
	upstream := flags.Bool("upstream", false, "forward sales to a second stack, as a reseller does")
	snapshot := flags.String("snapshot", "", "`save|load|reset` NAME: save, put back or remove the data, instead of starting")
	_ = flags.Parse(args) // ExitOnError
	if *snapshot != "" {
		return runSnapshot(ctx, *snapshot, c.Data, c.Tablestore, flags.Args())
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q: see -help", flags.Arg(0))
	}
	c.BuildDir = filepath.Join(c.Data, "bin")
	if *memory {
		c.Data = ""
	}
	if !*market {
		c.Market = ""
	}
	if *decay {
		c.Queue.Retry = queue.ExponentialDecayRetry
	}
	start := local.Start
	if *upstream {
		start = startReseller
	}
	stack, err := start(ctx, c)
	if err != nil {
		return err
	}
	fmt.Println("ready " + stack.URL)
	invite(stack.URL)
	<-ctx.Done()
	fmt.Fprintln(os.Stderr, "stopping")
	return stack.Close()
}

// startReseller starts a second stack to forward to.
func startReseller(ctx context.Context, c local.Config) (*local.Stack, error) {
	front, seller, err := local.StartReseller(ctx, c)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "sales are forwarded to %s\n", seller.URL)
	return front, nil
}

// invite shows a first purchase to paste.
func invite(url string) {
	root, err := local.ModuleRoot()
	if err != nil {
		return
	}
	call, err := sample.Load(root, "createinstance", nil)
	if err != nil {
		return
	}
	fmt.Fprintf(os.Stderr, "\nA first purchase (signed now: good once, for 15 minutes):\n\n  curl -X %s '%s'\n\nor, signed anew each time:\n\n  go run ./scripts/invoke createinstance\n\n",
		call.Method, call.URL(url, time.Now()))
}
