package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"aegis/shared/local"
)

const (
	coldStarts = 9
	callRate   = 5 // a second
	rateCalls  = 75
	loadTime   = 3 * time.Second
)

// measureQuota measures one instance with the CPU that a platform gives it: its start,
// its first answer, its calls at a low rate, and how many calls it bears.
func measureQuota(ctx context.Context, o options) error {
	s, err := openShop(ctx, "")
	if err != nil {
		return err
	}
	defer s.close()
	b, err := s.build(ctx, "./functions/pop", "./scripts/bench/testdata/hello")
	if err != nil {
		return err
	}

	for _, cpus := range []float64{0.05, 0.1, 0.25, 0.5, 1} {
		group, err := newCgroup(cpus)
		if err != nil {
			o.skip("CPU quotas", err)
			return nil
		}
		err = o.underQuota(ctx, s, group, b, cpus)
		if removed := group.remove(); err == nil {
			err = removed
		}
		if err != nil {
			return err
		}
	}

	return nil
}

func (o options) underQuota(ctx context.Context, s *shop, group *cgroup, b []string, cpus float64) error {
	function := filepath.Join(s.dir, fmt.Sprintf("pop-%v.sh", cpus))
	hello := filepath.Join(s.dir, fmt.Sprintf("hello-%v.sh", cpus))
	if err := group.wrap(b[0], function); err != nil {
		return err
	}
	if err := group.wrap(b[1], hello); err != nil {
		return err
	}
	if err := o.starts(ctx, s, cpus, function, hello); err != nil {
		return err
	}

	order, err := s.startOrders(ctx, function, setup{})
	if err != nil {
		return err
	}
	defer order.close()
	if err := o.atLowRate(ctx, order, cpus); err != nil {
		return err
	}
	return o.atFullLoad(ctx, order, cpus)
}

// starts measures from exec to the first request for an event, and to the first answer.
func (o options) starts(ctx context.Context, s *shop, cpus float64, function, hello string) error {
	start := func(binary string, first func() []byte) func() (time.Duration, error) {
		return func() (time.Duration, error) {
			began := time.Now()
			started, err := s.start(ctx, binary, binary, setup{})
			if err != nil {
				return 0, err
			}
			defer started.close()
			if first == nil {
				return time.Since(began), nil
			}

			_, err = invoke(ctx, started.runtime, first())
			return time.Since(began), err
		}
	}
	summary := func() []byte { return event(s.root, local.ResellersOwners()[0], "Action=GetSummary", "ClientToken=") }
	m, err := inTurns(coldStarts, start(function, nil), start(hello, nil), start(function, summary))
	if err != nil {
		return err
	}

	o.add(figure{Name: fmt.Sprintf("cold start at %v vCPU", cpus), Value: ms(m[0]), Unit: "ms", Floor: "hello world", Of: ms(m[1]), Goal: "≤ 1.2"})
	o.add(figure{Name: fmt.Sprintf("exec to first answer at %v vCPU", cpus), Value: ms(m[2]), Unit: "ms"})
	return nil
}

// atLowRate sends calls at fixed times, whether the last one was fast or not.
func (o options) atLowRate(ctx context.Context, order *subject, cpus float64) error {
	var took []time.Duration
	tick := time.NewTicker(time.Second / callRate)
	defer tick.Stop()
	for range rateCalls {
		<-tick.C
		d, err := order.call(ctx)
		if err != nil {
			return err
		}
		took = append(took, d)
	}

	name := fmt.Sprintf("new order at %v vCPU and %d a second", cpus, callRate)
	o.add(figure{Name: name + ", p50", Value: ms(quantile(took, 0.5)), Unit: "ms"})
	o.add(figure{Name: name + ", p99", Value: ms(quantile(took, 0.99)), Unit: "ms"})
	return nil
}

// atFullLoad sends one call after another, as the platform does to one instance.
func (o options) atFullLoad(ctx context.Context, order *subject, cpus float64) error {
	calls, began := 0, time.Now()
	for time.Since(began) < loadTime {
		if _, err := order.call(ctx); err != nil {
			return err
		}
		calls++
	}
	o.add(figure{Name: fmt.Sprintf("new orders that one instance bears at %v vCPU", cpus), Value: float64(calls) / time.Since(began).Seconds(), Unit: "/s"})
	return nil
}

func quantile(d []time.Duration, q float64) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[min(int(float64(len(d))*q), len(d)-1)]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
