package main

import (
	"context"
	"time"
)

const (
	cpuRounds = 12
	cpuCalls  = 60 // of each subject in a round
)

// measureCPU compares what one new order costs the function's process with an echo and
// with a handler that makes the same three requests by the SDK alone. The floors run as
// the runtime SDK and Go have them, with net/http's transport and all CPUs.
func measureCPU(ctx context.Context, o options) error {
	s, err := openShop(ctx, "")
	if err != nil {
		return err
	}
	defer s.close()
	b, err := s.build(ctx, "./functions/pop", "./scripts/bench/testdata/hello", "./scripts/bench/testdata/sdkonly")
	if err != nil {
		return err
	}
	subjects, err := s.cpuSubjects(ctx, b)
	defer closeAll(subjects)
	if err != nil {
		return err
	}

	if err := o.cpuInTurns(ctx, subjects); err != nil {
		return err
	}
	return o.systemCalls(ctx, subjects)
}

func (s *shop) cpuSubjects(ctx context.Context, b []string) ([]*subject, error) {
	order, err := s.startOrders(ctx, b[0], setup{})
	if err != nil {
		return nil, err
	}

	subjects := []*subject{order}
	for _, floor := range []struct {
		name, binary string
		stock        bool
	}{{"the SDK's three calls", b[2], true}, {"them on one thread", b[2], false}, {"echo", b[1], true}} {
		started, err := s.start(ctx, floor.name, floor.binary, setup{stock: floor.stock})
		if err != nil {
			return subjects, err
		}
		subjects = append(subjects, started)
	}

	return subjects, nil
}

func closeAll(subjects []*subject) {
	for _, s := range subjects {
		s.close()
	}
}

// cpuInTurns measures rounds of calls of each subject, so that all meet the same
// neighbours.
func (o options) cpuInTurns(ctx context.Context, subjects []*subject) error {
	used := make([][]time.Duration, len(subjects))
	for round := range cpuRounds {
		for i, s := range subjects {
			took, err := s.cpuPerCall(ctx, cpuCalls)
			if err != nil {
				return err
			}
			if round > 0 { // the first one warms up
				used[i] = append(used[i], took)
			}
		}
	}

	µs := func(i int) float64 { return float64(median(used[i])) / float64(time.Microsecond) }
	for i, goal := range []string{1: "≤ 0.95", 2: "", 3: ""} {
		if i > 0 {
			o.add(figure{Name: "CPU of a new order, to " + subjects[i].name, Value: µs(0), Unit: "µs", Floor: subjects[i].name, Of: µs(i), Goal: goal})
		}
	}
	return nil
}

func (s *subject) cpuPerCall(ctx context.Context, calls int) (time.Duration, error) {
	pid, err := s.pid()
	if err != nil {
		return 0, err
	}

	before, err := cpuTime(pid)
	if err != nil {
		return 0, err
	}

	for range calls {
		if _, err := s.call(ctx); err != nil {
			return 0, err
		}
	}

	after, err := cpuTime(pid)
	return (after - before) / time.Duration(calls), err
}

// systemCalls counts them with ptrace, which slows a process down: it is the last that
// is measured of these processes.
func (o options) systemCalls(ctx context.Context, subjects []*subject) error {
	counts := make([]float64, len(subjects))
	for i, s := range subjects {
		n, err := s.systemCallsPerCall(ctx, 50)
		if err != nil {
			o.skip("system calls", err)
			return ctx.Err()
		}
		counts[i] = n
	}

	for i := 1; i < len(subjects); i++ {
		name := subjects[i].name
		o.add(figure{Name: "system calls of a new order, to " + name, Value: counts[0], Floor: name, Of: counts[i]})
	}

	return nil
}
