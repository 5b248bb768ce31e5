package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

type plan struct{}

// Run prints what each step would do.
func (*plan) Run(ctx context.Context, d *deployment) error {
	chosen, err := d.begin(ctx)
	if err != nil {
		return err
	}
	for _, s := range chosen {
		d.say("step %s: %s (%s)", s.name, s.does, s.takes)
		if err := s.plan(ctx, d); err != nil {
			return fmt.Errorf("plan step %s: %w", s.name, err)
		}
	}
	d.say("nothing was changed")
	return nil
}

type apply struct{}

// Run does the chosen steps. Of all steps, it leaves out the first two if an interrupted
// apply has done them with the same values and files. The others are done again: what
// they bring, such as code, prices and secrets, may have been corrected since.
func (*apply) Run(ctx context.Context, d *deployment) error {
	chosen, err := d.begin(ctx)
	if err != nil {
		return err
	}
	if d.Step != "" || d.From != "" {
		return d.each(ctx, chosen)
	}

	p, err := d.readProgress()
	if err != nil {
		return err
	}
	for _, s := range chosen {
		if s.once && p.has(s.name) {
			d.say("step %s: done by the apply that was interrupted", s.name)
			continue
		}
		took, err := d.do(ctx, s)
		if err != nil {
			return fmt.Errorf("%w (mend it and repeat the command: it continues here)", err)
		}
		p.Done = append(p.Done, done{Step: s.name, At: d.clock().UTC(), Seconds: took.Seconds()})
		if err := d.write(p); err != nil {
			return err
		}
	}
	return d.finish()
}

// each does steps and remembers nothing.
func (d *deployment) each(ctx context.Context, chosen []step) error {
	for _, s := range chosen {
		if _, err := d.do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// begin checks what the chosen steps need.
func (d *deployment) begin(ctx context.Context) ([]step, error) {
	chosen, err := d.chosen()
	if err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	return chosen, d.identify(ctx)
}

// do does one step, and says what it does and how long it took.
func (d *deployment) do(ctx context.Context, s step) (took time.Duration, err error) {
	d.say("step %s: %s; this takes %s", s.name, s.does, s.takes)
	began := d.clock()
	if err := s.run(ctx, d); err != nil {
		return 0, fmt.Errorf("step %s: %w", s.name, err)
	}
	took = d.clock().Sub(began)
	d.say("step %s: done in %s", s.name, took.Round(time.Second))
	return took, nil
}

// finish forgets the progress of an apply that is done, so that the next one does all
// steps again.
func (d *deployment) finish() error {
	if err := d.forget(); err != nil {
		return err
	}
	d.say("deployed")
	return nil
}

func (d *deployment) forget() error {
	if err := os.Remove(d.progressFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget what an earlier apply has done: %w", err)
	}
	return nil
}
