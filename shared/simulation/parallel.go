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
	names map[uintptr]uint64 // hashes of functions' names
}

func newParallel() *parallel { return &parallel{asked: map[uint64]int{}, names: map[uintptr]uint64{}} }

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

// name hashes the function's name at a place in the code. It stays when code is changed
// elsewhere.
func (p *parallel) name(pc uintptr) uint64 {
	name, known := p.names[pc]
	if !known {
		name = hashOf(runtime.FuncForPC(pc).Name())
		p.names[pc] = name
	}
	return name
}

func hashOf(texts ...string) uint64 {
	hash := fnv.New64a()
	for _, text := range texts {
		_, _ = hash.Write([]byte(text + "\x00"))
	}
	return hash.Sum64()
}

func (p *parallel) take(at id, what string, key *store.Key) (t *parkedRequest, order int) {
	sum := hashOf(strconv.Itoa(at.order()), what, key.Table.Name, key.Partition, key.Sort)
	var stack [16]uintptr // the callers next to the store tell requests apart
	callers := stack[:runtime.Callers(3, stack[:])]

	p.mu.Lock()
	defer p.mu.Unlock()
	for _, pc := range callers {
		sum = sum*31 + p.name(pc)
	}
	p.asked[sum]++
	order = int(sum>>1) + p.asked[sum]
	if last := len(p.idle) - 1; last >= 0 {
		t, p.idle = p.idle[last], p.idle[:last]
		return t, order
	}
	return newParkedRequest(), order
}
