package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"aegis/shared/api"
	"aegis/shared/local"
	"aegis/shared/local/functions"
	"aegis/shared/local/hostile"
	"aegis/shared/pop"
)

// measureHostile reports the largest memory that a function of each kind ever had,
// after events of the platform's largest size and of the largest that is decoded.
func measureHostile(ctx context.Context, o options) error {
	s, err := openShop(ctx, "")
	if err != nil {
		return err
	}
	defer s.close()
	for _, c := range []struct {
		name   string
		limit  int
		events func(int) []hostile.Event
	}{
		{"pop", api.MaxEvent, hostile.Requests},
		{"marketspi", api.MaxEvent, hostile.Requests},
		{"renewals", api.MaxEvent, hostile.Requests},
		{"marketorders", api.MaxBatchEvent, hostile.Batches},
	} {
		events := append(c.events(c.limit), c.events(hostile.MaxPlatform)...)
		peak, err := s.peak(ctx, c.name, events)
		if err != nil {
			return err
		}
		o.add(figure{Name: fmt.Sprintf("peak memory of %s, %d hostile events", c.name, len(events)), Value: float64(peak), Unit: "MB", Goal: "≤ 64"})
	}

	return nil
}

func (s *shop) peak(ctx context.Context, name string, events []hostile.Event) (peak int, err error) {
	b, err := s.build(ctx, "./functions/"+name)
	if err != nil {
		return 0, err
	}
	f := local.Deploy(filepath.Base(b[0]), b[0], s.server.URL)
	r, err := functions.New(functions.Config{Instances: 1, Credentials: pop.Credentials{AccessKeyID: "local", AccessKeySecret: "local"}}, f)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	if err := r.Warm(ctx); err != nil {
		return 0, err
	}
	process := r.Pids(name)

	for _, e := range events {
		result, err := r.Invoke(ctx, name, functions.Invocation{RequestID: "id", Event: e.Body, Details: true})
		if err != nil {
			return 0, err
		}
		if !slices.Equal(process, r.Pids(name)) {
			return 0, fmt.Errorf("%s did not survive %s of %d bytes: %s", name, e.Name, len(e.Body), result.Payload)
		}
		peak = max(peak, result.MemoryMB)
	}
	return peak, nil
}
