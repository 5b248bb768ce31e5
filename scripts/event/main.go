// Command event prints an event of any function as its platform would deliver it,
// freshly signed. See go run ./scripts/event -h.
package main

import (
	"fmt"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/events"
	"aegis/shared/local"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	return cli.Program{Name: "event", Grammar: &command{}, About: `
Prints an event of any function as its platform would deliver it, freshly signed.

NAME is a call of events/ in any case (createinstance, getsummary, …) or its file; or marketspi, a call of the marketplace;
marketorders, its messages in a batch; or renewals, the timer (payload=anytime, payload=check). Parameters are written
name=value; name= alone removes one. For the marketplace, action= chooses the order, and a token= that is given stays as it is.`}
}

type command struct {
	Name    string   `arg:"" help:"Call or function, in any case, or the file of a call."`
	Changes []string `arg:"" optional:"" name:"name=value" help:"Parameters to change." sep:"none"`
	Batch   int      `default:"1" range:"1..10000" help:"Messages in the batch of marketorders."`
	Bare    bool     `help:"Of marketorders: one message as it is in the queue, in no envelope."`
	Force   bool     `help:"Take parameters that no operation has."`
}

// Run prints the event.
func (c *command) Run(std cli.IO) error {
	root, err := local.ModuleRoot()
	if err != nil {
		return err
	}
	secret := std.Getenv("MARKET_SECRET")
	if secret == "" {
		secret = local.MarketSecret
	}
	if c.Bare && !strings.EqualFold(c.Name, "marketorders") {
		return cli.Usagef("--bare is for marketorders alone")
	}
	maker := events.Maker{Root: root, Secret: secret, Now: time.Now(), Batch: c.Batch, Bare: c.Bare, Force: c.Force}
	event, err := maker.Make(c.Name, c.Changes)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.Out, string(event.Text))
	return err
}
