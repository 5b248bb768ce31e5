package simulation

import (
	"hash/fnv"
	"runtime"
	"strconv"
	"sync"

	"aegis/shared/store"
)

// parallel lets several goroutines of one call wait at the gate, as those of a consumer
// and of the timer do. Their order in the queue is that of what they ask for, and where in
// the code, so that it does not depend on which goroutine ran first.
type parallel struct {
	mu    sync.Mutex
	asked map[uint64]int // how often the call has asked for the same
	idle  []*parkedRequest
	names map[uintptr][]byte // of functions
}

func newParallel() *parallel { return &parallel{asked: map[uint64]int{}, names: map[uintptr][]byte{}} }

func (p *parallel) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.asked)
}

func (p *parallel) wait(at *port, what string, risk risk, key *store.Key) fault {
	t, order := p.take(at.id, what, key)
	f := at.world.parkAs(t, at.id, order, what, risk)

	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, t)
	return f
}

// name is the function's at a place in the code. It stays when code is changed elsewhere.
func (p *parallel) name(pc uintptr) []byte {
	name, known := p.names[pc]
	if !known {
		name = []byte(runtime.FuncForPC(pc).Name())
		p.names[pc] = name
	}
	return name
}

func (p *parallel) take(at id, what string, key *store.Key) (t *parkedRequest, order int) {
	hash := fnv.New64a()
	var stack [32]uintptr
	p.mu.Lock()
	for _, pc := range stack[:runtime.Callers(3, stack[:])] {
		_, _ = hash.Write(p.name(pc))
	}
	p.mu.Unlock()
	for _, part := range [...]string{strconv.Itoa(at.order()), what, key.Table.Name, key.Partition, key.Sort} {
		_, _ = hash.Write([]byte(part + "\x00"))
	}
	sum := hash.Sum64()

	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[sum]++
	order = int(sum>>1) + p.asked[sum]
	if last := len(p.idle) - 1; last >= 0 {
		t, p.idle = p.idle[last], p.idle[:last]
		return t, order
	}
	return newParkedRequest(), order
}
