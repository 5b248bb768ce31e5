package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"aegis/shared/local"
)

// simulation is the program that runs schedules. It lives in a test, because synctest
// does.
type simulation struct {
	dir   string
	modes []string
	done  atomic.Uint64 // schedules that were run
	met   occurrences
}

// modes returns the tests that run a mode, or all of them.
func modes(mode string) []string {
	tests := map[string]string{"callers": "", "reseller": "OfAReseller", "roads": "WhereAllRoadsMeet"}
	if suffix, ok := tests[mode]; ok {
		return []string{suffix}
	}
	return []string{"", "OfAReseller", "WhereAllRoadsMeet"}
}

func build(ctx context.Context, log io.Writer, modes []string) (*simulation, error) {
	root, err := local.ModuleRoot()
	if err != nil {
		return nil, err
	}

	dir, err := os.MkdirTemp("", "simulate")
	if err != nil {
		return nil, err
	}

	s := &simulation{dir: dir, modes: modes}
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
		for _, mode := range s.modes {
			all.Go(func() error { return s.run(ctx, mode, first+from, min(size, seeds-from)) })
		}
	}
	return all.Wait()
}

// run runs seeds in a process. What it prints is shown if it fails.
func (s *simulation) run(ctx context.Context, mode string, first, seeds uint64) error {
	c := exec.CommandContext(ctx, s.binary(), "-test.run", "^TestNoScheduleBreaksThePromise"+mode+"$", "-test.timeout", "0",
		"-first", strconv.FormatUint(first, 10), "-seeds", strconv.FormatUint(seeds, 10))
	out, err := c.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("seeds %d to %d: %w\n%s", first, first+seeds-1, err, out)
	}

	s.done.Add(seeds)
	s.met.add(out)
	return nil
}

// occurrences count what occurred in runs in which all roads meet: each pair of roads,
// fault, refusal and trade.
type occurrences struct {
	mu     sync.Mutex
	counts map[string]int
}

// add reads the lines of a process: two spaces, what occurred, and how often.
func (o *occurrences) add(printed []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.counts == nil {
		o.counts = map[string]int{}
	}

	for line := range strings.Lines(string(printed)) {
		fields := strings.Fields(line)
		if !strings.HasPrefix(line, "  ") || len(fields) < 2 {
			continue
		}
		if n, err := strconv.Atoi(fields[len(fields)-1]); err == nil {
			o.counts[strings.Join(fields[:len(fields)-1], " ")] += n
		}
	}
}

func (o *occurrences) print(w io.Writer) {
	for _, what := range slices.Sorted(maps.Keys(o.counts)) {
		fmt.Fprintf(w, "%-55s %12d\n", what, o.counts[what])
	}
}
