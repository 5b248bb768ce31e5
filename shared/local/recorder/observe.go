package recorder

import (
	"bytes"
	"strings"
	"time"

	"aegis/shared/local/functions"
	"aegis/shared/local/gateway"
	"aegis/shared/local/tablestore"
)

var (
	_ functions.Observer = (*Recorder)(nil)
	_ gateway.Observer   = (*Recorder)(nil)
)

// Received notes a request at the gateway.
func (r *Recorder) Received(g gateway.Request, function string) {
	record := &Record{ID: g.RequestID, Function: function, Began: g.At, Request: &Request{
		Method: g.Method, URI: g.RequestURI, Proto: g.Proto, Host: g.Host, RemoteAddr: g.RemoteAddr, Header: g.Header, Body: clipped(g.Body),
	}}
	r.mu.Lock()
	r.byID[record.ID] = record
	r.mu.Unlock()
}

// Answered notes the answer of the gateway, which completes a request.
func (r *Recorder) Answered(id string, a gateway.Answer, at time.Time) {
	a.Body = clipped(a.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	record := r.byID[id]
	if record == nil {
		return
	}
	record.Answer = &a
	record.Took = at.Sub(record.Began)
	r.complete(record)
}

// Invoked notes the event of an invocation. One without a request is of the queue or the
// timer.
func (r *Recorder) Invoked(function, instance string, cold bool, i functions.Invocation, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	record := r.byID[i.RequestID]
	if record == nil {
		record = &Record{ID: i.RequestID, Began: at}
		r.byID[record.ID] = record
	}
	record.Function, record.Instance, record.Cold = function, instance, cold
	record.Event = clipped(i.Event)
	r.latest[instance] = record
}

// Returned notes the end of an invocation.
func (r *Recorder) Returned(id string, result functions.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	record := r.byID[id]
	if record == nil {
		return
	}
	record.Result, record.Failure = clipped(result.Payload), result.ErrorType
	if record.Request == nil {
		record.Took = result.Duration
		r.complete(record)
	}
}

// Printed notes a line of a log.
func (r *Recorder) Printed(instance string, line []byte) {
	at, id := r.config.Clock(), invocationOf(line)
	r.mu.Lock()
	defer r.mu.Unlock()
	record := r.byID[id]
	if record == nil {
		record = r.latest[instance]
	}
	if record == nil {
		return
	}
	if len(record.Lines) == maxLines {
		record.Left++
		return
	}
	record.Lines = append(record.Lines, Line{at, clipped(line)})
	r.grown(record, 48+len(line))
}

// invocationOf returns the fcRequestId of a log line, "" if it has none.
func invocationOf(line []byte) string {
	_, rest, found := bytes.Cut(line, []byte(`"fcRequestId":"`))
	if !found {
		return ""
	}
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(id)
}

// RoundTrip notes a round trip to the store. Those of others than functions are not kept.
func (r *Recorder) RoundTrip(t tablestore.RoundTrip) {
	_, id, found := strings.Cut(t.Token, "/")
	if !found {
		return
	}
	t.Token = ""
	r.mu.Lock()
	defer r.mu.Unlock()
	record := r.byID[id]
	if record == nil {
		return
	}
	if len(record.Trips) == maxTrips {
		record.Left++
		return
	}
	record.Trips = append(record.Trips, t)
	r.grown(record, 160)
}

// grown counts what was added to a record that is complete already.
func (r *Recorder) grown(record *Record, bytes int) {
	if record.Seq == 0 {
		return
	}
	record.bytes += bytes
	r.bytes += bytes
	r.note(record)
}
