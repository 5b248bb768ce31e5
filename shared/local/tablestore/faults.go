package tablestore

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Effect is a way for a server to misbehave.
type Effect string

// The effects. Those "after" have done what the request asked for, durably, so
// that the client cannot know whether it happened.
const (
	Delay        Effect = "delay"         // wait, then serve as usual
	Busy         Effect = "busy"          // OTSServerBusy, nothing done
	Conflict     Effect = "conflict"      // OTSRowOperationConflict, nothing done
	DropBefore   Effect = "drop-before"   // close the connection, nothing done
	TimeoutAfter Effect = "timeout-after" // OTSTimeout, all done
	DropAfter    Effect = "drop-after"    // close the connection, all done
	HalfAfter    Effect = "half-after"    // close it in the middle of the answer
	DelayAfter   Effect = "delay-after"   // all done, then wait, then answer
)

// Fault is a rule that applies an effect to requests. With neither Nth nor
// Probability every matching request does.
type Fault struct {
	Operation   string        `json:"operation,omitempty"`   // such as "PutRow"; "": any
	Table       string        `json:"table,omitempty"`       // a batch matches by any of its tables; "": any
	Nth         int           `json:"nth,omitempty"`         // from the n-th matching request on, counted from 1 since the rule was added
	Probability float64       `json:"probability,omitempty"` // of each matching request, in (0, 1]
	Times       int           `json:"times,omitempty"`       // at most so often; 0: once with Nth, without limit otherwise
	Effect      Effect        `json:"effect"`
	Delay       time.Duration `json:"delay,omitempty"` // of Delay and DelayAfter, in nanoseconds in JSON
}

// Faults are the rules in force. A nil *Faults has none and takes none, so a
// server without fault injection needs no special care. Safe for concurrent
// use.
type Faults struct {
	mu     sync.Mutex
	random *rand.Rand
	rules  []*rule
}

type rule struct {
	Fault
	matched int // requests that matched
	met     int // requests that met the effect
}

// NewFaults has no rules yet. Equal seeds, rules and sequences of requests
// lead to equal faults.
func NewFaults(seed uint64) *Faults {
	return &Faults{random: rand.New(rand.NewPCG(seed, 0))}
}

// Add puts a rule in force.
func (f *Faults) Add(fault Fault) error {
	if f == nil {
		return errors.New("this server takes no faults")
	}
	if err := fault.check(); err != nil {
		return err
	}

	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, &rule{Fault: fault})
	return nil
}

func (f *Fault) check() error {
	effects := []Effect{Delay, Busy, Conflict, DropBefore, TimeoutAfter, DropAfter, HalfAfter, DelayAfter}
	switch {
	case !slices.Contains(effects, f.Effect):
		return fmt.Errorf("unknown effect %q, one of %q", f.Effect, effects)
	case f.Probability < 0 || f.Probability > 1:
		return fmt.Errorf("probability %v is not within [0, 1]", f.Probability)
	case f.Nth < 0 || f.Times < 0 || f.Delay < 0:
		return errors.New("nth, times and delay must not be negative")
	case (f.Effect == Delay || f.Effect == DelayAfter) && f.Delay == 0:
		return fmt.Errorf("effect %q needs a delay", f.Effect)
	}

	return nil
}

// Clear takes every rule out of force.
func (f *Faults) Clear() {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
}

// FaultCount is a rule and how often it has come about.
type FaultCount struct {
	Fault
	Matched int `json:"matched"` // requests that matched
	Met     int `json:"met"`     // requests that met the effect
}

// List is the rules in force, in the order they were added.
func (f *Faults) List() []FaultCount {
	if f == nil {
		return nil
	}

	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]FaultCount, len(f.rules))
	for i, r := range f.rules {
		list[i] = FaultCount{Fault: r.Fault, Matched: r.matched, Met: r.met}
	}

	return list
}

// due returns the faults that strike a request, in the order in which the rules were added.
func (f *Faults) due(operation string, tables []string) []Fault {
	if f == nil {
		return nil
	}

	f.mu.Lock()
	defer f.mu.Unlock()
	var met []Fault
	for _, r := range f.rules {
		if r.matches(operation, tables) && r.due(f.random) {
			r.met++
			met = append(met, r.Fault)
		}
	}

	return met
}

func (r *rule) matches(operation string, tables []string) bool {
	if r.Operation != "" && r.Operation != operation || r.Table != "" && !slices.Contains(tables, r.Table) {
		return false
	}
	r.matched++
	return true
}

func (r *rule) due(random *rand.Rand) bool {
	times := r.Times
	if times == 0 && r.Nth > 0 {
		times = 1
	}
	if times > 0 && r.met >= times || r.matched < r.Nth {
		return false
	}
	return r.Probability == 0 || random.Float64() < r.Probability
}
