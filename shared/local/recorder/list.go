package recorder

import (
	"context"
	"strings"
)

// Filter chooses requests. Empty fields do not filter.
type Filter struct {
	Owner     string // the beginning of the owner's number
	Code      string // the beginning of the code, in any case
	RequestID string // the beginning of the RequestId, or of the invocation's id, in any case
	Token     string // a ClientToken, or its hash
	Function  string // its name
	Limit     int    // 0: no limit
}

// Matches reports whether a request passes.
func (f Filter) Matches(s Summary) bool {
	return strings.HasPrefix(s.Owner, f.Owner) && begins(s.Code, f.Code) &&
		(begins(s.RequestID, f.RequestID) || begins(s.ID, f.RequestID)) &&
		(f.Function == "" || s.Function == f.Function) &&
		(f.Token == "" || s.TokenHash == f.Token || s.TokenHash == TokenHash(f.Token))
}

func begins(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// batch is how many records are summarized under one lock.
const batch = 256

// List returns the requests that pass a filter, the newest first.
func (r *Recorder) List(f Filter) []Summary {
	var found []Summary
	for next := r.newest(); next > 0; {
		var some []Summary
		some, next = r.before(next)
		for _, s := range some {
			if !f.Matches(s) {
				continue
			}
			found = append(found, s)
			if len(found) == f.Limit {
				return found
			}
		}
	}
	return found
}

func (r *Recorder) newest() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// before summarizes a batch of records from a Seq downwards. next is where to go on, 0 at
// the end.
func (r *Recorder) before(seq uint64) (some []Summary, next uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ; len(some) < batch; seq-- {
		record := r.find(seq)
		if record == nil {
			return some, 0
		}
		some = append(some, record.summarized())
	}
	return some, seq
}

func (r *Record) summarized() Summary {
	if r.summary == nil {
		s := r.Summarize()
		r.summary = &s
	}
	return *r.summary
}

// note records that a record is new or has changed, and wakes who waits.
func (r *Recorder) note(record *Record) {
	record.summary = nil
	r.changed++
	r.changes = append(r.changes, record.Seq)
	if len(r.changes) > 2*r.config.Requests {
		r.changes = append([]uint64(nil), r.changes[r.config.Requests:]...)
	}
	if r.wake != nil {
		close(r.wake)
		r.wake = nil
	}
}

// Now returns the position in the history of changes, for Since.
func (r *Recorder) Now() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changed
}

// Since waits until something has changed after a position, and returns what is new or
// has changed, each once, in the order of Seq of its last change, and the new position.
// What changed too long ago is left out.
func (r *Recorder) Since(ctx context.Context, position uint64, f Filter) (changed []Summary, now uint64, err error) {
	if err := r.wait(ctx, position); err != nil {
		return nil, position, err
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[uint64]bool{}
	first := r.changed - uint64(len(r.changes))
	for _, seq := range r.changes[max(position, first)-first:] {
		record := r.find(seq)
		if record == nil || seen[seq] {
			continue
		}
		seen[seq] = true
		if s := record.summarized(); f.Matches(s) {
			changed = append(changed, s)
		}
	}
	return changed, r.changed, nil
}

func (r *Recorder) wait(ctx context.Context, position uint64) error {
	r.mu.Lock()
	if r.changed > position {
		r.mu.Unlock()
		return nil
	}
	if r.wake == nil {
		r.wake = make(chan struct{})
	}
	wake := r.wake
	r.mu.Unlock()

	select {
	case <-wake:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
