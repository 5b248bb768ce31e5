package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"

	"aegis/shared/local"
)

// faultInjector disturbs a run: it kills and stops processes, fills the disk, and has
// the store drop requests and time out.
type faultInjector struct {
	stack   *local.Stack
	store   *storeProcess
	network *network
	seed    uint64

	instances, stores, stops, fullDisks int

	mu      sync.Mutex
	stopped map[int]bool // processes, until they go on
}

// Limits and lengths of the run. A function whose process is stopped for longer than
// maxTimeout is killed by the runtime, as the platform does at a deadline.
const (
	maxTimeout = 2 * time.Second
	longStop   = maxTimeout + 500*time.Millisecond
	maxSkew    = 5 * time.Minute
)

// skew is an instance's clock: every third one's is off.
func skew(instance int) time.Duration {
	switch instance % 6 {
	case 0:
		return maxSkew
	case 3:
		return -maxSkew
	}
	return 0
}

// inject disturbs until the context ends, and leaves the store in peace.
func (f *faultInjector) inject(ctx context.Context) error {
	rng := rand.New(rand.NewPCG(f.seed, 7))
	if err := f.store.injectFaults(); err != nil {
		return err
	}

	for {
		wait := time.NewTimer(time.Duration(10+rng.IntN(90)) * time.Millisecond)
		select {
		case <-ctx.Done():
			wait.Stop()
			f.network.clearFaults()
			return f.store.clearFaults()
		case <-wait.C:
		}
		if err := f.strike(ctx, rng); err != nil {
			return err
		}
	}
}

// strike kills an instance most often; now and then it stops one, fills the disk, or
// kills the store.
func (f *faultInjector) strike(ctx context.Context, rng *rand.Rand) error {
	switch n := rng.IntN(60); {
	case n < 4:
		f.stores++
		if err := f.store.kill(); err != nil {
			return err
		}
		return f.store.injectFaults() // the new process knows no faults
	case n < 5:
		f.fullDisks++
		return f.store.fillDisk(ctx, time.Duration(100+rng.IntN(500))*time.Millisecond)
	case n < 9:
		f.stop(ctx, rng)
	default:
		if pid := f.victim(rng); pid != 0 {
			f.instances++
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may just have ended
		}
	}
	return nil
}

// victim picks a function's process, 0 if the function has none or if it is stopped: its
// deadline shall end it, not a signal.
func (f *faultInjector) victim(rng *rand.Rand) int {
	names := []string{"pop", "pop", "marketorders", "marketspi", "renewals"}
	pids := f.stack.Runtime.Pids(names[rng.IntN(len(names))])
	if len(pids) == 0 {
		return 0
	}
	pid := pids[rng.IntN(len(pids))]
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped[pid] {
		return 0
	}
	return pid
}

// stop stops a process for a while, in the middle of what it does. Half of the times its
// deadline passes meanwhile.
func (f *faultInjector) stop(ctx context.Context, rng *rand.Rand) {
	pid := f.victim(rng)
	if pid == 0 {
		return
	}

	f.stops++
	length := time.Duration(rng.IntN(1000)) * time.Millisecond
	if rng.IntN(2) == 0 {
		length = longStop
	}

	f.mark(pid, true)
	_ = syscall.Kill(pid, syscall.SIGSTOP)
	go func() {
		pause(ctx, length)
		_ = syscall.Kill(pid, syscall.SIGCONT) // it may have been killed
		f.mark(pid, false)
	}()
}

func (f *faultInjector) mark(pid int, stopped bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped[pid] = stopped
}

// String says what was done.
func (f *faultInjector) String() string {
	return fmt.Sprintf("killed %d function instances and the store %d times, stopped %d instances, %d killed at their deadline, disk full %d times, %d slow and %d hanging connections",
		f.instances, f.stores, f.stops, f.stack.Runtime.TimedOut(), f.fullDisks, f.network.slow.Load(), f.network.hung.Load())
}

// enough reports whether the run was disturbed enough to prove something.
func (f *faultInjector) enough(length time.Duration) error {
	for what, count := range map[string]struct{ done, perMinute int64 }{
		"instances killed":              {int64(f.instances), 200},
		"kills of the store":            {int64(f.stores), 10},
		"instances stopped":             {int64(f.stops), 20},
		"instances killed at deadlines": {f.stack.Runtime.TimedOut(), 2},
		"full disks":                    {int64(f.fullDisks), 3},
		"slow connections":              {f.network.slow.Load(), 10},
		"hanging connections":           {f.network.hung.Load(), 5},
	} {
		if float64(count.done) < float64(count.perMinute)*length.Minutes() {
			return fmt.Errorf("only %d %s: too few to prove anything", count.done, what)
		}
	}
	return nil
}
