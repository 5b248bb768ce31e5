package local

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"aegis/shared/local/functions"
)

// metrics are what GET /metrics answers about the gateway's invocations and the order
// queue, in Prometheus' text format. The store has metrics of its own.
//
// The format is written by hand: client_golang needs a golang/protobuf that the store's
// SDK would be linked with too, in every deployed function.
type metrics struct {
	mu      sync.Mutex
	of      map[invoked]*duration
	waiting func() (int, error) // messages that wait in the order queue
}

// invoked is a function and the result of its invocation: ok, failed (the function) or
// none (no instance).
type invoked struct{ function, result string }

type duration struct {
	count int64
	total time.Duration
}

// invoker is what the gateway calls functions by.
type invoker func(ctx context.Context, function string, i functions.Invocation) (functions.Result, error)

// measured counts what an invoker does.
func (m *metrics) measured(invoke invoker) invoker {
	return func(ctx context.Context, function string, i functions.Invocation) (functions.Result, error) {
		began := time.Now()
		result, err := invoke(ctx, function, i)
		m.note(invoked{function, outcome(result, err)}, time.Since(began))
		return result, err
	}
}

func outcome(result functions.Result, err error) string {
	switch {
	case err != nil:
		return "none"
	case result.ErrorType != "":
		return "failed"
	}
	return "ok"
}

func (m *metrics) note(i invoked, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, ok := m.of[i]
	if !ok {
		d = &duration{}
		m.of[i] = d
	}
	d.count++
	d.total += took
}

// ServeHTTP answers a scrape.
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	waiting, err := m.waiting()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.invocations(w)
	fmt.Fprintf(w, "# HELP aegis_queue_waiting Messages that wait in the order queue.\n# TYPE aegis_queue_waiting gauge\naegis_queue_waiting %d\n", waiting)
}

func (m *metrics) invocations(w io.Writer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.SortedFunc(maps.Keys(m.of), func(a, b invoked) int {
		return strings.Compare(a.function+" "+a.result, b.function+" "+b.result)
	})
	fmt.Fprint(w, "# HELP aegis_invocation_seconds Duration of invocations through the gateway, waiting for an instance included.\n# TYPE aegis_invocation_seconds summary\n")
	for _, i := range all {
		fmt.Fprintf(w, "aegis_invocation_seconds_sum{function=%q,result=%q} %v\n", i.function, i.result, m.of[i].total.Seconds())
		fmt.Fprintf(w, "aegis_invocation_seconds_count{function=%q,result=%q} %d\n", i.function, i.result, m.of[i].count)
	}
}
