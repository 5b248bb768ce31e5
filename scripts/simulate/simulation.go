package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"aegis/shared/local"
)

// simulation is the program that runs schedules. It lives in a test, because synctest
// does.
type simulation struct {
	dir  string
	done atomic.Uint64 // seeds that were run
}

func build(ctx context.Context, log io.Writer) (*simulation, error) {
	root, err := local.ModuleRoot()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "simulate")
	if err != nil {
		return nil, err
	}
	s := &simulation{dir: dir}
	c := exec.CommandContext(ctx, "go", "test", "-c", "-o", s.binary(), "./shared/simulation")
	c.Dir, c.Stderr = root, log
	if err := c.Run(); err != nil {
		s.remove()
		return nil, fmt.Errorf("build the simulation: %w", err)
	}
	return s, nil
}

func (s *simulation) binary() string { return filepath.Join(s.dir, "simulation") }

func (s *simulation) remove() { _ = os.RemoveAll(s.dir) }

// chunk is how many seeds one process runs: few enough to report progress, enough that
// its start costs nothing.
const chunk = 2_000

// share gives the seeds to workers, a chunk at a time. The first failure ends all.
func (s *simulation) share(ctx context.Context, first, seeds uint64, workers int) error {
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(workers)
	size := min(chunk, max(1, (seeds+uint64(workers)-1)/uint64(workers)))
	for from := uint64(0); from < seeds && ctx.Err() == nil; from += size {
		all.Go(func() error { return s.run(ctx, first+from, min(size, seeds-from)) })
	}
	return all.Wait()
}

// run runs seeds in a process. What it prints is shown if it fails.
func (s *simulation) run(ctx context.Context, first, seeds uint64) error {
	c := exec.CommandContext(ctx, s.binary(), "-test.run", "^TestNoScheduleBreaksThePromise", "-test.timeout", "0",
		"-first", strconv.FormatUint(first, 10), "-seeds", strconv.FormatUint(seeds, 10))
	c.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=200")
	out, err := c.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("seeds %d to %d: %w\n%s", first, first+seeds-1, err, out)
	}
	s.done.Add(seeds)
	return nil
}
