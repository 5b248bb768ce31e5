package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"aegis/shared/store"
)

// patience repeats what the store refuses only for now. A new table takes up to a minute
// to be ready, and only a few tables may be changed at once.
type patience struct {
	limit time.Duration // of all waits for one thing
	wait  func(context.Context, time.Duration) error
	say   io.Writer
}

func newPatience(say io.Writer) patience {
	return patience{limit: 2 * time.Minute, wait: store.Wait, say: say}
}

// do runs something until the store no longer says "not yet". It waits longer each time,
// and 10 s at most.
func (p patience) do(ctx context.Context, what string, run func() error) error {
	waited := time.Duration(0)
	for pause := time.Second; ; pause = min(2*pause, 10*time.Second) {
		err := run()
		if !store.IsNotYet(err) {
			return explainNetwork(err)
		}
		if waited+pause > p.limit {
			return fmt.Errorf("%s: after %s: %w", what, waited, err)
		}
		fmt.Fprintf(p.say, "%s: not yet (%s of %s), trying again in %s\n", what, waited, p.limit, pause)
		if err := p.wait(ctx, pause); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		waited += pause
	}
}

// explainNetwork says what refuses a request from the wrong network.
func explainNetwork(err error) error {
	if !store.IsDeniedByNetwork(err) {
		return err
	}
	return fmt.Errorf("the network ACL of the Tablestore instance (network_type_acl, network_source_acl) refuses this machine: "+
		"deploy with STORE_ACCESS=internet, or run this in a network of the region: %w", err)
}
