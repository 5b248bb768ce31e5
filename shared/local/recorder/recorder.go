package recorder

import (
	"sync"
	"time"
)

// Config bounds a Recorder. Its zero value works.
type Config struct {
	Requests int              // that are kept; 0: 10,000
	Bytes    int              // that they take together, about; 0: 64 MB
	Clock    func() time.Time // for the times of log lines; nil: time.Now
}

// Recorder keeps the last requests. It is safe for concurrent use.
type Recorder struct {
	config Config

	mu     sync.Mutex
	byID   map[string]*Record // kept or under way
	latest map[string]*Record // the last invocation of each instance
	kept   []*Record          // complete, oldest first: their Seqs follow one another
	last   uint64             // Seq of the newest
	bytes  int

	changes []uint64      // Seqs of the last changes, oldest first
	changed uint64        // how many changes there were
	wake    chan struct{} // closed by the next change; nil: nobody waits
}

// New makes a Recorder.
func New(c Config) *Recorder {
	if c.Requests == 0 {
		c.Requests = 10_000
	}
	if c.Bytes == 0 {
		c.Bytes = 64 << 20
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return &Recorder{config: c, byID: map[string]*Record{}, latest: map[string]*Record{}}
}

// complete numbers a record and makes room for it.
func (r *Recorder) complete(record *Record) {
	r.last++
	record.Seq = r.last
	record.bytes = record.size()
	r.kept = append(r.kept, record)
	r.bytes += record.bytes
	for len(r.kept) > r.config.Requests || len(r.kept) > 1 && r.bytes > r.config.Bytes {
		r.evict()
	}
	r.note(record)
}

func (r *Recorder) evict() {
	oldest := r.kept[0]
	r.kept[0] = nil
	r.kept = r.kept[1:]
	r.bytes -= oldest.bytes
	delete(r.byID, oldest.ID)
	if r.latest[oldest.Instance] == oldest {
		delete(r.latest, oldest.Instance)
	}
}

// find returns a kept record; nil if it is gone.
func (r *Recorder) find(seq uint64) *Record {
	first := r.last - uint64(len(r.kept)) + 1
	if seq < first || seq > r.last {
		return nil
	}
	return r.kept[seq-first]
}

// Get returns a copy of a record by its Seq; ok is false if it is gone.
func (r *Recorder) Get(seq uint64) (record Record, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := r.find(seq)
	if found == nil {
		return Record{}, false
	}
	return *found, true
}

// ByRequestID returns the record of an answer, by either id of it: the invocation's, or
// the RequestId that the caller got.
func (r *Recorder) ByRequestID(id string) (record Record, ok bool) {
	r.mu.Lock()
	if found := r.byID[id]; found != nil && found.Seq != 0 {
		defer r.mu.Unlock()
		return *found, true
	}
	r.mu.Unlock()
	for _, s := range r.List(Filter{RequestID: id, Limit: 1}) {
		return r.Get(s.Seq)
	}
	return Record{}, false
}
