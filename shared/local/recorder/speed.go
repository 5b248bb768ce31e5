package recorder

import (
	"slices"
	"time"
)

// Speed is how a function did in its last requests that are kept.
type Speed struct {
	Calls, Failed int // of those that are kept
	P50, P99      time.Duration
}

// sampled is how many of the last requests of each function the durations are of.
const sampled = 1000

// Speeds returns the speed of each function that was called.
func (r *Recorder) Speeds() map[string]Speed {
	took := map[string][]time.Duration{}
	speeds := map[string]Speed{}
	for _, record := range r.snapshot() {
		s := speeds[record.Function]
		s.Calls++
		if record.Failure != "" {
			s.Failed++
		}
		speeds[record.Function] = s
		if len(took[record.Function]) < sampled {
			took[record.Function] = append(took[record.Function], record.Took)
		}
	}

	for name, all := range took {
		slices.Sort(all)
		s := speeds[name]
		s.P50, s.P99 = all[len(all)/2], all[len(all)*99/100]
		speeds[name] = s
	}
	return speeds
}

// snapshot returns the kept records, newest first. What is read of them must not change
// any more.
func (r *Recorder) snapshot() []*Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(r.kept)
	slices.Reverse(all)
	return all
}

// Totals are how much is kept, and how much was recorded.
type Totals struct {
	Requests int    `json:"requests"`
	Bytes    int    `json:"bytes"`
	Recorded uint64 `json:"recorded"`
}

// Totals counts.
func (r *Recorder) Totals() Totals {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Totals{len(r.kept), r.bytes, r.last}
}
