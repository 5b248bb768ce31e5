// Package tablestorebench measures the local Tablestore next to its floor and
// its nearest peer, each in a process of its own, on the same disk, in one run:
//
//   - tablestore: the whole server, durable
//   - bare: a net/http handler that does nothing but create a key in the same
//     engine with the same group commit, so what a request costs beyond that is
//     the wire protocol's
//   - dynalite: the npm package, a DynamoDB in JavaScript on LevelDB, with its
//     conditional PutItem; it answers without syncing
//
// The client writes requests made and signed beforehand to plain connections,
// one request at a time on each, so that it is not what is measured. A program
// that calls Run must call ServeIfChild first thing in main: the processes
// measured are further runs of itself.
package tablestorebench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"text/tabwriter"
	"time"
)

// Options say what to measure. The zero value measures Tablestore and the bare
// handler for two seconds each at concurrency 1, 8 and 64.
type Options struct {
	Concurrency []int         // connections; nil: 1, 8, 64
	Duration    time.Duration // of each measurement; 0: 2 s
	Folder      string        // where the servers' data goes; "": the system's temporary folder
	Dynalite    string        // path of dynalite's cli.js; "": leave it out
	Rows        int           // rows in the table before measuring
}

// Result is one measurement.
type Result struct {
	Server, Operation string
	Concurrency       int
	PerSecond         float64
	P50, P99          time.Duration
	RSS               int64 // bytes of memory the server itself holds afterwards
	Mapped            int64 // bytes of its data file that happen to be in memory
}

// workload is an operation of a server: the n-th request of a measurement.
type workload struct {
	operation string
	request   func(run, n int) []byte
}

// enough is how many requests are made beforehand for each second measured;
// a measurement that uses them up ends early.
const enough = 30_000

// Run measures everything and returns the results in the order of measuring.
func Run(ctx context.Context, o Options) ([]Result, error) {
	if o.Concurrency == nil {
		o.Concurrency = []int{1, 8, 64}
	}
	if o.Duration == 0 {
		o.Duration = 2 * time.Second
	}

	servers := []func(context.Context, Options) (*server, error){startBare, startTablestore}
	if o.Dynalite != "" {
		servers = append(servers, startDynalite)
	}

	var results []Result
	for _, start := range servers {
		measured, err := measureServer(ctx, o, start)
		if err != nil {
			return nil, err
		}
		results = append(results, measured...)
	}

	return results, nil
}

func measureServer(ctx context.Context, o Options, start func(context.Context, Options) (*server, error)) (results []Result, err error) {
	s, err := start(ctx, o)
	if s != nil {
		defer func() { err = errors.Join(err, s.stop()) }()
	}
	if err != nil {
		return nil, err
	}

	for _, w := range s.workloads {
		for _, c := range o.Concurrency {
			r, err := s.measure(ctx, w, c, o.Duration)
			if err != nil {
				return nil, fmt.Errorf("measure %s of %s: %w", w.operation, s.name, err)
			}
			results = append(results, r)
		}
	}

	return results, nil
}

// measure runs the workload on so many connections for so long.
func (s *server) measure(ctx context.Context, w workload, connections int, d time.Duration) (Result, error) {
	requests := s.prepare(w, int(d.Seconds()*enough))
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	took := make([][]time.Duration, connections)
	errs := make([]error, connections)
	var wg sync.WaitGroup
	began := time.Now()
	for i := range connections {
		wg.Go(func() { took[i], errs[i] = s.work(ctx, requests) })
	}

	wg.Wait()
	elapsed := time.Since(began)
	if err := errors.Join(errs...); err != nil {
		return Result{}, err
	}

	all := slices.Concat(took...)
	if len(all) == 0 {
		return Result{}, errors.New("no request was answered")
	}

	slices.Sort(all)
	anonymous, mapped := s.memory()
	return Result{
		Server: s.name, Operation: w.operation, Concurrency: connections,
		PerSecond: float64(len(all)) / elapsed.Seconds(),
		P50:       all[len(all)/2], P99: all[len(all)*99/100],
		RSS: anonymous, Mapped: mapped,
	}, nil
}

// prepare makes requests that no other measurement makes.
func (s *server) prepare(w workload, count int) <-chan []byte {
	s.runs++
	requests := make(chan []byte, count)
	for n := range count {
		requests <- w.request(s.runs, n)
	}
	close(requests)
	return requests
}

// work sends one request after the other on a connection until ctx ends.
func (s *server) work(ctx context.Context, requests <-chan []byte) ([]time.Duration, error) {
	c, err := dial(s.address)
	if err != nil {
		return nil, err
	}
	defer c.close()
	took := make([]time.Duration, 0, cap(requests))
	for request := range requests {
		if ctx.Err() != nil {
			break
		}
		began := time.Now()
		if err := c.do(request); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}

	return took, nil
}

// Write prints the results as a table.
func Write(w io.Writer, results []Result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "server\toperation\tc\tops/s\tp50 ms\tp99 ms\tRSS MB\tmapped MB\t")
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%s\t%d\t%.0f\t%.2f\t%.2f\t%d\t%d\t\n", r.Server, r.Operation, r.Concurrency,
			r.PerSecond, r.P50.Seconds()*1e3, r.P99.Seconds()*1e3, r.RSS>>20, r.Mapped>>20)
	}
	return t.Flush()
}
