package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"aegis/shared/local/functions"
	"aegis/shared/local/recorder"
	"aegis/shared/local/tablestore"
	"aegis/shared/local/watch"
	"aegis/shared/marketplace"
)

// overview is the state of the stack at a moment.
type overview struct {
	Now       time.Time         `json:"now"`    // of the sale
	Offset    int64             `json:"offset"` // by how many seconds it is ahead
	Functions []function        `json:"functions"`
	Queue     messages          `json:"queue"`
	Letters   letters           `json:"letters"`
	Store     *tablestore.Stats `json:"store"` // null: it is not the stack's own
	Kept      recorder.Totals   `json:"kept"`
	Build     *watch.Status     `json:"build"` // null: the sources are not watched
}

// function is how busy a function is and how fast. The durations are of its last
// requests that are kept.
type function struct {
	functions.Load
	Calls  int   `json:"calls"`
	Failed int   `json:"failed"`
	P50    int64 `json:"p50"` // µs
	P99    int64 `json:"p99"`
}

// messages are those of the order queue.
type messages struct {
	Waiting  int `json:"waiting"`
	InFlight int `json:"inFlight"`
	Settled  int `json:"settled"`
}

type letters struct {
	Dead int  `json:"dead"`
	Held int  `json:"held"`
	More bool `json:"more"`
}

func (s *console) overview(r *http.Request) (any, error) { return s.look(r.Context()) }

func (s *console) look(ctx context.Context) (o overview, err error) {
	o.Now = s.Clock()
	o.Offset = int64(time.Until(o.Now).Round(time.Second).Seconds())
	o.Functions, o.Kept = s.functions(), s.Recorder.Totals()
	if s.Stats != nil {
		stats := s.Stats()
		o.Store = &stats
	}
	if s.Builds != nil {
		status := s.Builds()
		o.Build = &status
	}
	counts, err := s.Queue()
	if err != nil {
		return o, err
	}
	o.Queue = messages(counts)
	o.Letters, err = s.letters(ctx)
	return o, err
}

func (s *console) functions() (all []function) {
	speeds := s.Recorder.Speeds()
	for _, load := range s.Loads() {
		f := function{Load: load}
		if speed, ok := speeds[load.Function]; ok {
			f.Calls, f.Failed = speed.Calls, speed.Failed
			f.P50, f.P99 = speed.P50.Microseconds(), speed.P99.Microseconds()
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b function) int { return strings.Compare(a.Function, b.Function) })
	return all
}

// maxLetters bounds what is counted each second.
const maxLetters = 1000

func (s *console) letters(ctx context.Context) (l letters, err error) {
	all, next, err := s.Market.Letters.List(ctx, "", maxLetters)
	for _, letter := range all {
		if letter.State == marketplace.Held {
			l.Held++
		} else {
			l.Dead++
		}
	}
	l.More = next != ""
	return l, err
}

// streamOverview sends the state once a second until the page is closed.
func (s *console) streamOverview(w http.ResponseWriter, r *http.Request) {
	events := newStream(w, r)
	for {
		o, err := s.look(r.Context())
		if err != nil || events.send(o) != nil {
			return
		}
		if !events.pause(time.Second) {
			return
		}
	}
}
