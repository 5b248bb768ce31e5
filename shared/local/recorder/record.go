package recorder

import (
	"net/http"
	"time"

	"aegis/shared/local/gateway"
	"aegis/shared/local/tablestore"
)

// Record is one invocation and what led to it. Its slices are shared: do not change them.
type Record struct {
	Seq      uint64 // in the order of completion, from 1; 0: it is not complete
	ID       string // the platform's, of the invocation
	Function string
	Instance string
	Cold     bool // the first event of the instance
	Began    time.Time
	Took     time.Duration

	Request *Request        // nil: an event of the queue or the timer
	Answer  *gateway.Answer // nil: as above
	Event   []byte
	Result  []byte // the function's answer
	Failure string // the error type of a failed invocation

	Lines []Line
	Trips []tablestore.RoundTrip
	Left  int // lines and round trips that were too many to keep

	bytes   int
	summary *Summary // nil: to be made
}

// Request is an HTTP request as the gateway received it.
type Request struct {
	Method, URI, Proto, Host, RemoteAddr string
	Header                               http.Header
	Body                                 []byte
}

// Line is a line that an instance printed.
type Line struct {
	At   time.Time
	Text []byte
}

// What is kept of one request at most.
const (
	maxBody  = 64 << 10
	maxLines = 200
	maxTrips = 500
)

// clipped returns the part of a body that is kept. A body that is too long is copied, so
// that the rest can go.
func clipped(body []byte) []byte {
	if len(body) <= maxBody {
		return body
	}
	return append([]byte(nil), body[:maxBody]...)
}

// size estimates the memory of a record.
func (r *Record) size() int {
	n := 1024 + len(r.Event) + len(r.Result) + 160*len(r.Trips)
	for _, l := range r.Lines {
		n += 48 + len(l.Text)
	}
	if r.Request != nil {
		n += len(r.Request.Body) + len(r.Request.URI) + 64*len(r.Request.Header)
	}
	if r.Answer != nil {
		n += len(r.Answer.Body) + 64*len(r.Answer.Header)
	}
	return n
}
