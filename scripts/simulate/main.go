// Command simulate runs many simulated schedules of callers, crashes and lost answers
// (package simulation). See go run ./scripts/simulate -h.
package main

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"time"

	"aegis/scripts/internal/cli"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	return cli.Program{Name: "simulate", Grammar: &command{}, About: `
Runs many simulated schedules of callers, crashes and lost answers, and says how many it ran and how fast.

Each seed is run in three modes: callers meet the ledger; callers meet a reseller who forwards; and all roads meet on one account
(callers, operators, the marketplace with books of its own, the timer, two catalogues), of which it prints what occurred how often. A
broken promise ends it with the seed, the trace of that run and exit status 1. ^C prints the result so far.`}
}

type command struct {
	cli.Format
	Seeds   uint64 `default:"1000000" range:"1..1000000000000" help:"Schedules to run."`
	First   uint64 `default:"1" help:"The first seed."`
	Mode    string `default:"all" enum:"all,callers,reseller,roads" help:"One mode only: callers, reseller or roads."`
	Workers int    `default:"0" range:"0..1024" help:"Processes, of one core each; 0: one for each core."`
}

// Run runs the schedules.
func (c *command) Run(ctx context.Context, std cli.IO) error {
	workers := cmp.Or(c.Workers, runtime.NumCPU())
	s, err := build(ctx, std.Err, modes(c.Mode))
	if err != nil {
		return err
	}
	defer s.remove()

	began := time.Now()
	stop := cli.Progress{Out: std.Err, Unit: "schedules", Total: float64(len(s.modes)) * float64(c.Seeds), Done: func() float64 { return float64(s.done.Load()) }}.Start()
	err = s.share(ctx, c.First, c.Seeds, workers)
	stop()
	c.print(std, s, time.Since(began))
	if ctx.Err() != nil {
		return errors.New("interrupted: that is the result so far")
	}
	return err
}

func (c *command) print(std cli.IO, s *simulation, took time.Duration) {
	schedules := s.done.Load()
	rate := float64(schedules) / took.Seconds()
	if !c.JSON {
		s.met.print(std.Out)
	}
	cli.Printer{Out: std.Out, JSON: c.JSON}.Say([]cli.Field{
		{Name: "schedules", Value: schedules}, {Name: "seconds", Value: took.Seconds()}, {Name: "per second", Value: rate}, {Name: "occurred", Value: s.met.counts},
	}, "%d schedules in %s: %.0f a second", schedules, took.Round(time.Millisecond), rate)
}
