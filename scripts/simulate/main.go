// Command simulate runs many simulated schedules of callers, crashes and lost
// answers (package simulation), and says how many it ran and how fast:
//
//	go run ./scripts/simulate [-seeds 1000000] [-first 1]
//
// Each seed is run twice: callers meet the ledger, and a reseller who forwards.
//
// A broken promise ends it with the seed, the trace of that run and exit status 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"aegis/shared/local"
)

func main() {
	seeds := flag.Uint64("seeds", 1_000_000, "schedules to run")
	first := flag.Uint64("first", 1, "the first seed")
	workers := flag.Int("workers", runtime.NumCPU(), "processes, of one core each")
	flag.Parse()
	if err := run(*first, *seeds, *workers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run builds the simulation, which lives in a test because synctest does, and
// gives each worker its share of the seeds.
func run(first, seeds uint64, workers int) error {
	root, err := local.ModuleRoot()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "simulate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "test", "-c", "-o", dir+"/simulation", "./shared/simulation")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the simulation: %w", err)
	}
	began := time.Now()
	if err := share(dir+"/simulation", first, seeds, max(1, min(uint64(workers), seeds))); err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Printf("%d schedules in %s: %.0f a second\n", 2*seeds, took.Round(time.Millisecond), 2*float64(seeds)/took.Seconds())
	return nil
}

func share(binary string, first, seeds, workers uint64) error {
	all, ctx := errgroup.WithContext(context.Background()) // the first failure ends all
	for i := range workers {
		from, to := seeds*i/workers, seeds*(i+1)/workers
		all.Go(func() error { return simulate(ctx, binary, first+from, to-from) })
	}
	return all.Wait()
}

func simulate(ctx context.Context, binary string, first, seeds uint64) error {
	c := exec.CommandContext(ctx, binary, "-test.run", "^TestNoScheduleBreaksThePromise", "-test.timeout", "0",
		"-first", strconv.FormatUint(first, 10), "-seeds", strconv.FormatUint(seeds, 10))
	c.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=200")
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("seeds %d to %d: %w", first, first+seeds-1, err)
	}
	return nil
}
