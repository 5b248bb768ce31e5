package main

import (
	"cmp"
	"context"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/local/recorder"
)

// printer prints requests.
type printer struct {
	cli.Printer
	from  client
	lines bool
	seen  uint64 // the newest that was printed
}

// all prints requests that were not printed yet: one that only got a further log line is
// not printed twice.
func (p *printer) all(ctx context.Context, some []recorder.Summary) error {
	for _, s := range some {
		if s.Seq <= p.seen {
			continue
		}
		p.seen = s.Seq
		p.request(s)
		if err := p.printed(ctx, s.Seq); err != nil {
			return err
		}
	}
	return nil
}

func (p *printer) request(s recorder.Summary) {
	took := time.Duration(s.Micros) * time.Microsecond
	id := cmp.Or(s.RequestID, s.ID)
	fields := []cli.Field{
		{Name: "at", Value: s.At.UTC()}, {Name: "operation", Value: cmp.Or(s.Operation, s.Function)}, {Name: "owner", Value: s.Owner}, {Name: "code", Value: s.Code},
		{Name: "micros", Value: s.Micros}, {Name: "trips", Value: s.Trips}, {Name: "request id", Value: id}, {Name: "token hash", Value: s.TokenHash},
		{Name: "order", Value: s.OrderID}, {Name: "replayed", Value: s.Replayed}, {Name: "charged", Value: s.Charged}, {Name: "key", Value: s.Key}, {Name: "status", Value: s.Status},
	}
	replayed := ""
	if s.Replayed {
		replayed = " (replayed)"
	}
	p.Say(fields, "%s  %-16s %-16s %s%s  %s  %d trips  %s", s.At.Local().Format("15:04:05.000"), cmp.Or(s.Operation, s.Function),
		cmp.Or(s.Owner, "-"), cmp.Or(s.Code, "-"), replayed, took.Round(10*time.Microsecond), s.Trips, id)
}

// printed prints what the function printed.
func (p *printer) printed(ctx context.Context, seq uint64) error {
	if !p.lines {
		return nil
	}
	d, err := p.from.detail(ctx, seq)
	for _, line := range d.Lines {
		text := strings.TrimSpace(line.Text)
		p.Say([]cli.Field{{Name: "line", Value: text}}, "    %s", text)
	}
	return err
}
