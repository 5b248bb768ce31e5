package tablestore

import (
	"sync"
	"sync/atomic"
	"time"
)

// counters are what one operation has done since the server was opened.
type counters struct {
	requests  atomic.Int64
	errors    atomic.Int64
	rows      atomic.Int64 // read or written
	bytesIn   atomic.Int64
	bytesOut  atomic.Int64
	readUnits atomic.Int64
	writeUnit atomic.Int64
	latency   histogram
}

// stats are the counters of every operation that has been asked for.
type stats struct {
	mu  sync.RWMutex
	ops map[string]*counters
}

// of is the operation's counters. Names that are no operation share one.
func (s *stats) of(operation string, known bool) *counters {
	if !known {
		operation = "other"
	}

	s.mu.RLock()
	found := s.ops[operation]
	s.mu.RUnlock()
	if found != nil {
		return found
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ops == nil {
		s.ops = make(map[string]*counters)
	}
	if s.ops[operation] == nil {
		s.ops[operation] = new(counters)
	}

	return s.ops[operation]
}

// tally is what one request has read and written.
type tally struct {
	rows   int64
	units  capacity
	tables []string // that the request names, if somebody observes
}

func (t *tally) add(rows int, units capacity) {
	t.rows += int64(rows)
	t.units.read += units.read
	t.units.write += units.write
}

func (c *counters) note(a *answer, bytesIn int64, took time.Duration) {
	c.requests.Add(1)
	if a.status != 200 {
		c.errors.Add(1)
	}

	c.rows.Add(a.tally.rows)
	c.bytesIn.Add(max(0, bytesIn))
	c.bytesOut.Add(int64(len(a.body)))
	c.readUnits.Add(int64(a.tally.units.read))
	c.writeUnit.Add(int64(a.tally.units.write))
	c.latency.note(took)
}
