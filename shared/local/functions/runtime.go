package functions

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Runtime runs functions. It is safe for concurrent use.
type Runtime struct {
	config Config
	group  *group
	pools  map[string]*pool
	close  sync.Once

	timedOut atomic.Int64
}

// New makes a Runtime for these functions and starts none of them yet.
func New(c Config, functions ...Function) (*Runtime, error) {
	group, err := newGroup()
	if err != nil {
		return nil, err
	}
	r := &Runtime{config: c.withDefaults(), group: group, pools: make(map[string]*pool, len(functions))}
	for _, f := range functions {
		r.pools[f.Name] = newPool(r, f.withDefaults())
	}
	return r, nil
}

// ErrNoFunction: no function of this name was given to New.
var ErrNoFunction = errors.New("no such function")

// Invoke hands an event to a function and waits for the end of it. The error is
// ErrNoFunction, or the context's while the event still waits for an instance;
// whatever happens to the event itself is in the Result. An event that an
// instance has taken is not given up when the context ends.
func (r *Runtime) Invoke(ctx context.Context, name string, i Invocation) (Result, error) {
	p, ok := r.pools[name]
	if !ok {
		return Result{}, fmt.Errorf("invoke %s: %w", name, ErrNoFunction)
	}
	result, err := p.invoke(ctx, i)
	if err != nil {
		return Result{}, fmt.Errorf("invoke %s: %w", name, err)
	}
	return result, nil
}

// Warm starts an instance of every function and waits until each asks for its
// first event.
func (r *Runtime) Warm(ctx context.Context) error {
	for name, p := range r.pools {
		if err := p.warm(ctx); err != nil {
			return fmt.Errorf("start function %s: %w", name, err)
		}
	}
	return nil
}

// Setenv changes a variable of every function, as a new deployment would: an
// invocation that begins later runs in an instance that was started with it.
func (r *Runtime) Setenv(name, value string) {
	for _, p := range r.pools {
		p.setenv(name, value)
	}
}

// Renew replaces the instances of functions, as a new deployment would: an invocation that
// begins later runs in an instance that was started after this from what is then the
// function's binary. Names that are no functions are passed over.
func (r *Runtime) Renew(names ...string) {
	for _, name := range names {
		if p, ok := r.pools[name]; ok {
			p.renew()
		}
	}
}

// TimedOut counts the instances that were killed because their time was over.
func (r *Runtime) TimedOut() int64 { return r.timedOut.Load() }

// Pids lists the processes of a function's instances, for tools that disturb
// them on purpose.
func (r *Runtime) Pids(name string) []int {
	p, ok := r.pools[name]
	if !ok {
		return nil
	}
	return p.pids()
}

// Close kills all instances and waits until they are gone.
func (r *Runtime) Close() error {
	r.close.Do(func() {
		for _, p := range r.pools {
			p.kill()
		}
		r.group.close() // those that were just starting
		for _, p := range r.pools {
			p.drain()
		}
	})
	return nil
}
