package functions

import "time"

// Observer is told what instances do. Its methods are called where it happens and must
// not wait. They may keep what they are given, and must not change it.
//
// A Runtime with an Observer appends / and the RequestID to the security token of each
// event's credentials, so that what a function asks of other services can be attributed
// to its invocation.
type Observer interface {
	// Invoked: an instance is about to get an event. cold is true for its first.
	Invoked(function, instance string, cold bool, i Invocation, at time.Time)
	// Printed: an instance has printed a line, in an invocation or between two.
	Printed(instance string, line []byte)
	// Returned: the event is over.
	Returned(requestID string, r Result)
}

// invocationToken returns the security token that an invocation's credentials carry.
func (r *Runtime) invocationToken(token, requestID string) string {
	if r.config.Observer == nil {
		return token
	}
	return token + "/" + requestID
}

// Load is how busy a function is.
type Load struct {
	Function  string `json:"function"`
	Instances int    `json:"instances"` // that run
	Busy      int    `json:"busy"`      // that have an event, or are starting for one
	Started   int    `json:"started"`   // since the beginning
}

// Loads returns how busy each function is, in any order.
func (r *Runtime) Loads() []Load {
	loads := make([]Load, 0, len(r.pools))
	for _, p := range r.pools {
		loads = append(loads, p.load())
	}
	return loads
}

func (p *pool) load() Load {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := Load{Function: p.function.Name, Busy: len(p.slots), Started: p.started}
	for i := range p.all {
		if i.alive() {
			l.Instances++
		}
	}
	return l
}
