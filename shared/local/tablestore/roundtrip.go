package tablestore

import (
	"net/http"
	"time"
)

// RoundTrip is one request, as the server answered it.
type RoundTrip struct {
	Token             string // the request's STS token, "" without one
	Operation         string
	Tables            []string
	Began             time.Time // by the server's clock
	Took              time.Duration
	Rows              int64 // read or written
	ReadUnits         int
	WriteUnits        int
	Code              string // of an error, "" for a success
	BytesIn, BytesOut int
}

const headerToken = "X-Ots-Ststoken"

func roundTrip(r *http.Request, a *answer, operation string, took time.Duration) RoundTrip {
	return RoundTrip{
		Token: headerOf(r, headerToken), Operation: operation, Tables: a.tally.tables, Began: a.now, Took: took,
		Rows: a.tally.rows, ReadUnits: int(a.tally.units.read), WriteUnits: int(a.tally.units.write),
		Code: string(a.code), BytesIn: int(max(0, r.ContentLength)), BytesOut: len(a.body),
	}
}
