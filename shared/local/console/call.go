package console

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"aegis/shared/local/recorder"
)

// outcome is one call that was sent, and what its caller got.
type outcome struct {
	Request signed `json:"request"`
	Micros  int64  `json:"us"`
	Lost    bool   `json:"lost"` // the connection broke before the answer was read
	Status  int    `json:"status"`
	Header  string `json:"header"`
	Body    string `json:"body"`
	Error   string `json:"error"`  // why there is no answer, unless it was lost on purpose
	Record  string `json:"record"` // the invocation's id, to find its record
}

const (
	maxTimes  = 8
	maxAnswer = 1 << 20
	patience  = 30 * time.Second
)

func newCaller() *http.Client {
	return &http.Client{
		Timeout:       patience,
		Transport:     &http.Transport{MaxIdleConnsPerHost: maxTimes},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call signs what the form says and sends it, as often as asked, at once. Each copy has a
// nonce and a signature of its own, as a client's retry has.
func (s *console) call(r *http.Request) (any, error) {
	var c call
	if err := decode(r, &c); err != nil {
		return nil, err
	}
	if c.Times < 0 || c.Times > maxTimes {
		return nil, invalid("times", strconv.Itoa(c.Times))
	}
	signer, err := s.signer(r.Context(), c)
	if err != nil {
		return nil, err
	}

	requests := make([]signed, max(c.Times, 1))
	for i := range requests {
		if requests[i], err = s.signWith(signer, c); err != nil {
			return nil, err
		}
	}
	hidden := maskFor(signer.AccessKeySecret, signer.SecurityToken)
	return s.sendAll(r.Context(), requests, c.Lose, hidden), nil
}

func (s *console) sendAll(ctx context.Context, requests []signed, lose bool, hidden masked) []outcome {
	outcomes := make([]outcome, len(requests))
	var all sync.WaitGroup
	for i, request := range requests {
		all.Go(func() {
			outcomes[i] = s.send(ctx, request, "", lose)
			outcomes[i].Request.Raw = hidden.Replace(request.Raw)
			outcomes[i].Request.URL = hidden.Replace(request.URL)
		})
	}
	all.Wait()
	return outcomes
}

// send sends a request once.
func (s *console) send(ctx context.Context, request signed, body string, lose bool) outcome {
	o := outcome{Request: request, Lost: lose}
	began := time.Now()
	err := s.exchange(ctx, &o, body)
	o.Micros = time.Since(began).Microseconds()
	if err != nil {
		o.Error = err.Error()
	}
	return o
}

func (s *console) exchange(ctx context.Context, o *outcome, body string) error {
	r, err := http.NewRequestWithContext(ctx, o.Request.Method, o.Request.URL, strings.NewReader(body))
	if err != nil {
		return err
	}
	for _, h := range o.Request.Header {
		if strings.EqualFold(h.Name, "host") {
			r.Host = h.Value
			continue
		}
		r.Header.Set(h.Name, h.Value)
	}

	a, err := s.caller.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	o.Record = a.Header.Get("X-Fc-Request-Id")
	if o.Lost {
		return nil // closing the body unread breaks the connection: the caller learns nothing
	}

	text, err := io.ReadAll(io.LimitReader(a.Body, maxAnswer))
	o.Status, o.Header, o.Body = a.StatusCode, headerText(a.Header), indented(text)
	return err
}

// repeat sends a recorded request again, byte for byte.
func (s *console) repeat(r *http.Request) (any, error) {
	record, err := s.find(r)
	if err != nil {
		return nil, err
	}
	if record.Request == nil {
		return nil, conflict("no-request", record.ID)
	}
	request := again(s.Gateway, record.Request)
	o := s.send(r.Context(), request, string(record.Request.Body), false)
	hidden := s.maskOf(r.Context(), record)
	o.Request.Raw, o.Request.URL, o.Body = hidden.Replace(o.Request.Raw), hidden.Replace(o.Request.URL), hidden.Replace(o.Body)
	return []outcome{o}, nil
}

// again is a recorded request as one to send. Its signature covers its Host.
func again(gateway string, r *recorder.Request) signed {
	s := signed{Method: r.Method, URL: gateway + r.URI, Raw: rawRequest(r)}
	for name, values := range r.Header {
		if name != "Content-Length" && name != "Accept-Encoding" {
			s.Header = append(s.Header, param(name, strings.Join(values, ",")))
		}
	}
	s.Header = append(s.Header, param("host", r.Host))
	return s
}
