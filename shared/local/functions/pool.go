package functions

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
)

// pool keeps the instances of one function. Each is either idle or taken, and each taken
// one holds a slot. An instance that handles several events at a time is in idle once for
// each that it could still take.
type pool struct {
	runtime  *Runtime
	function Function
	slots    chan struct{}
	ended    chan struct{} // closed when no instance may be taken any more

	mu      sync.Mutex
	idle    []*instance // the last used is taken first
	all     map[*instance]struct{}
	started int // instances so far, to name them
	version int // of the function's environment and binary
	closed  bool
}

func newPool(r *Runtime, f Function) *pool {
	return &pool{
		runtime: r, function: f,
		slots: make(chan struct{}, r.config.Instances*f.perInstance()), ended: make(chan struct{}),
		all: make(map[*instance]struct{}),
	}
}

var errClosed = errors.New("the runtime is closed")

func (p *pool) invoke(ctx context.Context, i Invocation) (Result, error) {
	instance, err := p.take(ctx)
	if errors.Is(err, errStart) {
		return failure(InitializationError, err.Error()), nil
	}
	if err != nil {
		return Result{}, err
	}
	defer p.release(instance)
	return instance.handle(i), nil
}

func (p *pool) warm(ctx context.Context) error {
	instance, err := p.take(ctx)
	if err != nil {
		return err
	}
	p.release(instance)
	return nil
}

// take waits for a slot and fills it with an idle instance or a new one.
func (p *pool) take(ctx context.Context) (*instance, error) {
	select {
	case p.slots <- struct{}{}:
	case <-p.ended:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}

	if i := p.popIdle(); i != nil {
		return i, nil
	}
	i, err := p.start(ctx)
	if err != nil {
		<-p.slots
		return nil, err
	}

	return i, nil
}

func (p *pool) popIdle() *instance {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		last := len(p.idle) - 1
		i := p.idle[last]
		p.idle = p.idle[:last]
		if i.alive() {
			i.thaw()
			i.taken++
			return i
		}
		delete(p.all, i)
	}

	return nil
}

func (p *pool) start(ctx context.Context) (*instance, error) {
	i, err := p.make()
	if err != nil {
		return nil, err
	}
	if err := i.start(ctx); err != nil {
		i.stop()
		return nil, err
	}
	if err := p.add(i); err != nil {
		i.stop()
		return nil, err
	}

	return i, nil
}

func (p *pool) make() (*instance, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	p.started++
	i := newInstance(p.runtime, p.function, p.started)
	i.version = p.version
	return i, nil
}

// setenv changes the environment of the instances to come.
func (p *pool) setenv(name, value string) {
	p.mu.Lock()
	env := slices.DeleteFunc(slices.Clone(p.function.Env), func(v string) bool { return strings.HasPrefix(v, name+"=") })
	p.function.Env = append(env, name+"="+value)
	p.mu.Unlock()
	p.renew()
}

// renew ends the instances: idle ones at once, the others when they have answered.
func (p *pool) renew() {
	p.mu.Lock()
	p.version++
	idle := slices.DeleteFunc(p.idle, func(i *instance) bool { return i.taken > 0 })
	p.idle = nil
	p.mu.Unlock()
	for _, i := range idle {
		p.forget(i)
	}
}

func (p *pool) add(i *instance) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errClosed
	}
	p.all[i] = struct{}{}
	i.taken = 1
	for range p.function.perInstance() - 1 {
		p.idle = append(p.idle, i)
	}
	return nil
}

func (p *pool) release(i *instance) {
	if p.isUseless(i) {
		p.forget(i)
	}
	<-p.slots
}

// isUseless makes an instance idle, if it lives and its environment is today's. If not,
// it reports whether nothing uses the instance any more.
func (p *pool) isUseless(i *instance) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i.taken--
	if !i.alive() || i.version != p.version {
		return i.taken == 0
	}

	if i.taken == 0 {
		i.freeze()
	}
	p.idle = append(p.idle, i)
	return false
}

func (p *pool) forget(i *instance) {
	i.stop()
	p.mu.Lock()
	delete(p.all, i)
	p.mu.Unlock()
}

func (p *pool) pids() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	var pids []int
	for i := range p.all {
		if i.alive() {
			pids = append(pids, i.pid)
		}
	}
	return pids
}

// kill ends all instances; what they were doing is answered for.
func (p *pool) kill() {
	p.mu.Lock()
	p.closed = true
	close(p.ended)
	all := p.all
	p.all, p.idle = make(map[*instance]struct{}), nil
	p.mu.Unlock()
	for i := range all {
		i.stop()
	}
}

// drain waits for everyone who took an instance.
func (p *pool) drain() {
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
}
