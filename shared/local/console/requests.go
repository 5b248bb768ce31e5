package console

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"aegis/shared/local/recorder"
	"aegis/shared/operations"
	"aegis/shared/pop"
	"aegis/shared/pop/diagnose"
)

// maxListed bounds the list.
const maxListed = 10_000

func filterOf(r *http.Request) (recorder.Filter, error) {
	q := r.URL.Query()
	f := recorder.Filter{Owner: q.Get("owner"), Code: q.Get("code"), RequestID: q.Get("requestId"), Token: q.Get("token"), Limit: maxListed}
	if limit := q.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 || n > maxListed {
			return f, invalid("limit", limit)
		}
		f.Limit = n
	}
	return f, nil
}

// requests answers the list and the position from which the live stream goes on.
func (s *console) requests(r *http.Request) (any, error) {
	f, err := filterOf(r)
	if err != nil {
		return nil, err
	}
	position := s.Recorder.Now() // before the list: what comes between is seen twice, not missed
	list := s.Recorder.List(f)
	if list == nil {
		list = []recorder.Summary{}
	}
	return map[string]any{"requests": list, "position": position}, nil
}

// find returns the record that the path names, by its Seq or by a RequestId.
func (s *console) find(r *http.Request) (record recorder.Record, err error) {
	name, ok := r.PathValue("seq"), false
	if seq, bad := strconv.ParseUint(name, 10, 64); bad == nil {
		record, ok = s.Recorder.Get(seq)
	} else {
		record, ok = s.Recorder.ByRequestID(name)
	}
	if !ok {
		return record, notFound("gone", name)
	}
	return record, nil
}

// detail is all that happened during a request.
type detail struct {
	Summary recorder.Summary `json:"summary"`
	Request string           `json:"request"` // "": an event of the queue or the timer
	Event   string           `json:"event"`
	Answer  string           `json:"answer"`
	Result  string           `json:"result"`
	Lines   []line           `json:"lines"`
	Trips   []trip           `json:"trips"`
	Left    int              `json:"left"` // lines and round trips that were too many to keep
	Form    *call            `json:"form"` // the call, to edit it; nil: there is none
	Verdict []finding        `json:"verdict"`
}

type line struct {
	Micros int64  `json:"us"` // since the beginning
	Text   string `json:"text"`
}

type trip struct {
	Micros    int64    `json:"us"` // since the beginning
	Took      int64    `json:"took"`
	Operation string   `json:"operation"`
	Tables    []string `json:"tables"`
	Rows      int64    `json:"rows"`
	Read      int      `json:"read"` // capacity units
	Write     int      `json:"write"`
	Code      string   `json:"code"`
	BytesIn   int      `json:"bytesIn"`
	BytesOut  int      `json:"bytesOut"`
}

type finding struct {
	OK   bool   `json:"ok"`
	What string `json:"what"`
	Text text   `json:"text"`
}

func (s *console) request(r *http.Request) (any, error) {
	record, err := s.find(r)
	if err != nil {
		return nil, err
	}
	hidden := s.maskOf(r.Context(), record)
	d := detail{Summary: record.Summarize(), Left: record.Left, Event: hidden.Replace(readable(record.Event)), Result: hidden.Replace(readable(record.Result))}
	if record.Request != nil {
		d.Request = hidden.Replace(rawRequest(record.Request))
		d.Form, d.Verdict = s.formOf(record), s.verdict(r.Context(), record)
	}
	if record.Answer != nil {
		d.Answer = hidden.Replace(strconv.Itoa(record.Answer.Status) + "\n" + headerText(record.Answer.Header) + "\n" + readable(record.Answer.Body))
	}
	for _, l := range record.Lines {
		d.Lines = append(d.Lines, line{l.At.Sub(record.Began).Microseconds(), hidden.Replace(string(l.Text))})
	}
	d.Trips = trips(record)
	return d, nil
}

func trips(record recorder.Record) (all []trip) {
	for _, t := range record.Trips {
		all = append(all, trip{
			t.Began.Sub(record.Began).Microseconds(), t.Took.Microseconds(), t.Operation, t.Tables, t.Rows,
			t.ReadUnits, t.WriteUnits, t.Code, t.BytesIn, t.BytesOut,
		})
	}
	return all
}

// maskOf hides the secret of the key that signed a request, and its security token.
func (s *console) maskOf(ctx context.Context, record recorder.Record) masked {
	if record.Request == nil {
		return maskFor()
	}
	parameters := record.Request.Parameters()
	secrets := []string{record.Request.Header.Get("x-acs-security-token"), parameters.Get("SecurityToken")}
	if k, err := s.Keys.Find(ctx, record.Summarize().Key); err == nil {
		secrets = append(secrets, k.Secret, k.Previous, k.SecurityToken)
	}
	return maskFor(secrets...)
}

// verdict judges the signature of a request with the secret that the key has now.
func (s *console) verdict(ctx context.Context, record recorder.Record) (all []finding) {
	k, err := s.Keys.Find(ctx, record.Summarize().Key)
	if err != nil {
		return []finding{{false, "key", text{"no such key: " + record.Summarize().Key, "没有这个密钥：" + record.Summarize().Key}}}
	}
	v := diagnose.Explain(diagnose.Question{Request: popRequest(record.Request), Secret: k.Secret, Now: record.Began})
	hidden := s.maskOf(ctx, record)
	for _, f := range v.Findings {
		all = append(all, finding{f.OK, f.What, text{hidden.Replace(f.Text.English), hidden.Replace(f.Text.Chinese)}})
	}
	return all
}

// formOf turns a recorded request back into what a form would have said.
func (s *console) formOf(record recorder.Record) *call {
	summary := record.Summarize()
	c := &call{Key: summary.Key, Operation: summary.Operation, Version: "v1", Parameters: pop.Params{}}
	if record.Request.Header.Get("Authorization") != "" {
		c.Version = "v3"
	}
	parameters := record.Request.Parameters()
	o, _ := operations.Find(summary.Operation)
	for _, p := range o.Parameters {
		if value := parameters.Get(p.Name); value != "" {
			c.Parameters = append(c.Parameters, param(p.Name, value))
		}
	}
	return c
}

// streamRequests sends what is new or has changed, a few times a second at most, until
// the page is closed.
func (s *console) streamRequests(w http.ResponseWriter, r *http.Request) {
	f, err := filterOf(r)
	position, bad := strconv.ParseUint(cmp.Or(r.URL.Query().Get("position"), "0"), 10, 64)
	if err != nil || bad != nil {
		http.Error(w, "position or limit is no number", http.StatusBadRequest)
		return
	}

	events := newStream(w, r)
	for {
		changed, now, err := s.Recorder.Since(r.Context(), position, f)
		if err != nil {
			return
		}
		if position = now; len(changed) > 0 && events.send(changed) != nil {
			return
		}
		if !events.pause(200 * time.Millisecond) {
			return
		}
	}
}
