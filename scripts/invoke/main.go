// Command invoke runs one function's real binary on one event and prints its answer.
// See go run ./scripts/invoke -h.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/events"
	"aegis/scripts/internal/target"
	"aegis/shared/local"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	return cli.Program{Name: "invoke", Grammar: &command{}, About: `
Runs one function's real binary on one event and prints its answer.

NAME is what event takes: a call of events/ in any case or its file, marketspi, marketorders or renewals, with parameters as
name=value. FUNCTION EVENTFILE passes a file to a function as it is.

The function uses the running stack's store and clock; where none runs, the data in .local for the length of the call. An
answer of HTTP 400 or more ends invoke with exit status 1.`}
}

type command struct {
	target.Flags
	target.Change
	cli.Format
	Name    string   `arg:"" help:"Call or function, in any case, or the file of a call."`
	Changes []string `arg:"" optional:"" name:"name=value" help:"Parameters to change; or the file of an event." sep:"none"`
	Batch   int      `default:"1" range:"1..10000" help:"Messages in the batch of marketorders."`
	Force   bool     `help:"Send parameters that no operation has."`
}

// Run invokes the function.
func (c *command) Run(ctx context.Context, std cli.IO) error {
	root, err := local.ModuleRoot()
	if err != nil {
		return err
	}
	event, err := c.event(root, local.MarketSecret)
	if err != nil {
		return err
	}
	where, err := c.place(ctx, std, event.ReadOnly)
	if err != nil {
		return err
	}
	if event, err = c.event(root, where.Getenv("MARKET_SECRET")); err != nil { // its secret and its time
		return err
	}

	where.Function, where.Logs = event.Function, std.Err
	one, err := local.StartFunction(ctx, where)
	if err != nil {
		return err
	}
	result, err := one.Invoke(ctx, event.Text)
	if err = errors.Join(err, one.Close()); err != nil {
		return err
	}
	return c.show(std, result)
}

// place finds the store: the target's, else the data in .local.
func (c *command) place(ctx context.Context, std cli.IO, readOnly bool) (local.FunctionConfig, error) {
	t, err := c.Flags.Find(ctx, std)
	if errors.Is(err, local.ErrNoStack) && c.Stack == "" {
		fmt.Fprintf(std.Err, "target: the data in .local, since %v\n", err)
		return local.FunctionConfig{Data: ".local", Getenv: std.Getenv}, nil
	}
	if err != nil {
		return local.FunctionConfig{}, err
	}
	if !readOnly {
		err = c.Allow(t)
	}
	return local.FunctionConfig{Data: ".local", Getenv: t.Settings}, err
}

// file reads an event as it is.
func (c *command) file(root, path string) (events.Event, error) {
	function := strings.ToLower(c.Name)
	if err := events.CheckFunction(root, function); err != nil {
		return events.Event{}, err
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = cli.Usagef("%q is neither a parameter as name=value nor a file", path)
	}
	return events.Event{Function: function, Text: text}, err
}

// event makes the event: two names are a function and a file, else it is one to be
// signed.
func (c *command) event(root, secret string) (events.Event, error) {
	if len(c.Changes) == 1 && !strings.Contains(c.Changes[0], "=") {
		return c.file(root, c.Changes[0])
	}
	if secret == "" {
		secret = local.MarketSecret
	}
	maker := events.Maker{Root: root, Secret: secret, Now: time.Now(), Batch: c.Batch, Force: c.Force}
	return maker.Make(c.Name, c.Changes)
}
