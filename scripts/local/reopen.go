package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/shared/local"
)

// reopening is what the console asks for: other data, and the same addresses.
type reopening struct{ what, name string }

// start starts a stack. What its console asks for comes by the channel.
func (c *command) start(ctx context.Context, log io.Writer, token string) (*local.Stack, <-chan reopening, error) {
	again := make(chan reopening, 1)
	config := c.config(log)
	config.ConsoleToken = token
	config.Reopen = func(what, name string) error { return c.ask(again, reopening{what, name}) }
	start := local.Start
	if c.Upstream {
		start = func(ctx context.Context, config local.Config) (*local.Stack, error) {
			return startReseller(ctx, config, log)
		}
	}
	stack, err := start(ctx, config)
	return stack, again, err
}

// ask passes on what the console asks for, once it can be done.
func (c *command) ask(again chan<- reopening, r reopening) error {
	if r.what == "load" {
		if r.name == "" || filepath.Base(r.name) != r.name {
			return fmt.Errorf("%q is no name of a snapshot", r.name)
		}
		if _, err := os.Stat(filepath.Join(c.Data, "snapshots", r.name)); err != nil {
			return fmt.Errorf("there is no snapshot %s", r.name)
		}
	}
	select {
	case again <- r:
		return nil
	default:
		return errors.New("the stack is being started again already")
	}
}

// keep keeps the stack until the context ends. When the console asks for other data, the
// stack is closed and started again on it, with the same addresses and token.
func (c *command) keep(ctx context.Context, std cli.IO, stack *local.Stack, again <-chan reopening) error {
	for {
		var r reopening
		select {
		case <-ctx.Done():
			fmt.Fprintln(std.Err, "stopping")
			return stack.Close()
		case r = <-again:
		}

		c.stay(stack)
		_, token, _ := strings.Cut(stack.ConsoleURL(), "/#")
		if err := stack.Close(); err != nil {
			return err
		}
		if err := (snapshot{data: c.Data, store: c.Tablestore, log: std.Err}).run(ctx, r.what, r.name); err != nil {
			fmt.Fprintf(std.Err, "snapshot: %v; the data is as it was\n", err)
		}
		var err error
		if stack, again, err = c.start(ctx, std.Err, token); err != nil {
			return err
		}
		fmt.Fprintln(std.Err, "started again at "+stack.URL)
	}
}

// stay keeps the addresses that the stack has.
func (c *command) stay(stack *local.Stack) {
	host := func(url string) string {
		_, rest, _ := strings.Cut(url, "://")
		rest, _, _ = strings.Cut(rest, "/")
		return rest
	}
	c.Listen, c.Tablestore, c.Console = host(stack.URL), host(stack.StoreURL), host(stack.ConsoleURL())
	if stack.MarketURL != "" {
		c.MarketplaceListen = host(stack.MarketURL)
	}
}
