// Command logs prints the requests of a running stack. See go run ./scripts/logs -h.
package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/target"
	"aegis/shared/local/recorder"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	return cli.Program{Name: "logs", Grammar: &command{}, About: `
Prints the last requests of a running stack, and follows them.

The stack must have its console, which records them; the filters are those of the page "Requests". An owner, a code and a
RequestId match from their beginning. -lines adds what the function printed during each request.`}
}

type command struct {
	target.Flags
	cli.Format
	Follow    bool   `short:"f" help:"Go on with new requests until ^C."`
	Owner     string `placeholder:"NUMBER" help:"Requests for this owner."`
	Code      string `placeholder:"CODE" help:"Requests that were answered so, such as InvalidAccountStatus or OK."`
	RequestID string `name:"request-id" placeholder:"ID" help:"The request with this RequestId, or this id of its invocation."`
	Token     string `placeholder:"TOKEN" help:"Requests with this ClientToken, or this hash of it."`
	Limit     int    `default:"20" range:"1..10000" help:"Requests at most, the newest, before those that are new."`
	Lines     bool   `help:"Print the log lines of each request too."`
}

// Run prints the requests, the oldest first.
func (c *command) Run(ctx context.Context, std cli.IO) error {
	link, err := c.Console()
	if err != nil {
		return err
	}
	from := newClient(link)
	printed := printer{Printer: cli.Printer{Out: std.Out, JSON: c.JSON}, from: from, lines: c.Lines}

	last, err := from.last(ctx, c.query())
	if err != nil {
		return err
	}
	slices.Reverse(last.Requests)
	if err := printed.all(ctx, last.Requests); err != nil || !c.Follow {
		return err
	}
	err = from.follow(ctx, c.query(), last.Position, func(some []recorder.Summary) error { return printed.all(ctx, some) })
	if errors.Is(err, context.Canceled) {
		return nil // ^C
	}
	return fmt.Errorf("follow the requests: %w", err)
}
