// Command local runs everything on this machine. See go run ./scripts/local -h.
package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/local"
	"aegis/shared/local/queue"
	"aegis/shared/local/sample"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	return cli.Program{Name: "local", Grammar: &command{}, Commands: []cli.Program{functionProgram()}, About: `
Runs everything on this machine: the store, the functions and the gateway.

It prints "ready http://<listen>" on standard output when every function answers, and all else on standard error; the line
"console http://…" there is a link that opens the console in a browser. ^C stops everything that it started. While it runs, stack.json in the data folder (also with -memory) says where it is; every tool
finds the stack by it. -snapshot does not start a stack: it saves the data of one, which may be running, puts saved data back,
or removes all data, saved first if a name is given. Data of a seller behind a reseller (-upstream) belongs to it.`}
}

// command is a stack to start, or what to do with its data.
type command struct {
	Listen            string        `default:"127.0.0.1:8080" help:"Address of the gateway."`
	Tablestore        string        `default:"127.0.0.1:8087" help:"Address of the Tablestore server."`
	Console           string        `default:"auto" help:"Address of the console, a web page. auto: 127.0.0.1:8088, if it is free; none: no console."`
	Data              string        `default:".local" help:"Folder of all data."`
	Memory            bool          `help:"Keep data in memory only."`
	Instances         int           `default:"8" range:"1..1000" help:"Most instances of each function."`
	Watch             bool          `help:"Build functions again when their sources change, and replace their instances. Data stays; what does not compile replaces nothing."`
	Upstream          bool          `help:"Forward sales to a second stack, as a reseller does."`
	Marketplace       bool          `help:"Play the marketplace's side too; the functions ask it."`
	MarketplaceListen string        `default:"127.0.0.1:8089" help:"Address of the marketplace's side."`
	Concurrency       int           `default:"0" range:"0..200" help:"Calls that an instance of pop handles at a time, in a custom runtime (instanceConcurrency); 0: one, in the runtime go1."`
	GatewayHost       string        `placeholder:"NAME" help:"Host that functions see instead of the caller's, as behind a gateway that replaces it. PUBLIC_HOSTS names what callers sign."`
	ClockOffset       time.Duration `default:"0s" help:"By how much the clock of the sale is ahead, such as 720h."`
	Duplicates        int           `default:"0" range:"0..100" help:"Percent of the order queue's messages and batches that are delivered twice."`
	Base64Decode      bool          `name:"base64-decode" help:"Decode the order queue's messages from base64, as IsBase64Decode: true in s.yaml would. Ours are plain JSON."`
	Reorder           bool          `help:"Deliver the order queue's messages in any order."`
	RetryScale        float64       `default:"1" range:"0..1000" help:"Factor of the order queue's waits between retries."`
	ExponentialDecay  bool          `help:"Retry as EXPONENTIAL_DECAY_RETRY does instead of BACKOFF_RETRY."`
	Snapshot          string        `enum:",save,load,reset" default:"" placeholder:"save|load|reset" help:"Save, put back or remove the data, instead of starting."`
	Name              []string      `arg:"" optional:"" help:"Of the snapshot."`
}

// Validate refuses words that nothing takes.
func (c *command) Validate() error {
	switch {
	case c.Snapshot == "" && len(c.Name) > 0:
		return fmt.Errorf("unexpected argument %s%s", c.Name[0], cli.DidYouMean(c.Name[0], []string{"function", "completion"}))
	case c.Watch && c.Upstream:
		return fmt.Errorf("--watch and --upstream exclude each other")
	case c.Snapshot != "" && c.Memory:
		return fmt.Errorf("--snapshot and --memory exclude each other")
	case c.Snapshot != "" && (len(c.Name) > 1 || c.Snapshot != "reset" && len(c.Name) == 0):
		return fmt.Errorf("--snapshot %s: want one NAME after it, got %d", c.Snapshot, len(c.Name))
	}
	return nil
}

// Run starts the stack and keeps it until the context ends.
func (c *command) Run(ctx context.Context, std cli.IO) error {
	if c.Snapshot != "" {
		return snapshot{data: c.Data, store: c.Tablestore, log: std.Err}.run(ctx, c.Snapshot, strings.Join(c.Name, ""))
	}
	stack, again, err := c.start(ctx, std.Err, "")
	if err != nil {
		return err
	}

	c.warn(std.Err)
	fmt.Fprintln(std.Out, "ready "+stack.URL)
	if page := stack.ConsoleURL(); page != "" {
		fmt.Fprintln(std.Err, "console "+page)
	}
	invite(std.Err, stack.URL)
	return c.keep(ctx, std, stack, again)
}

// warn says which addresses other machines can reach. Everyone knows the stack's secrets.
func (c *command) warn(log io.Writer) {
	for _, address := range []string{c.Listen, c.Tablestore, c.MarketplaceListen, c.console()} {
		if local.IsOpen(address) {
			fmt.Fprintf(log, "warning: other machines can reach %s, and all secrets of this stack are public\n", address)
		}
	}
}

func (c *command) config(progress io.Writer) local.Config {
	config := local.Config{
		Progress: progress, Listen: c.Listen, Tablestore: c.Tablestore, Data: c.Data, Describe: c.Data, BuildDir: filepath.Join(c.Data, "bin"),
		Instances: c.Instances, ClockOffset: c.ClockOffset, GatewayHost: c.GatewayHost, Concurrency: c.Concurrency,
		Queue: queue.Config{RetryScale: c.RetryScale, Duplicates: c.Duplicates, Reorder: c.Reorder, Decode: c.Base64Decode},
	}
	config.Watch = c.Watch
	config.Console, config.ConsoleIfFree = c.console(), c.Console == "auto"
	if c.Memory {
		config.Data = ""
	}
	if c.Marketplace {
		config.Market = c.MarketplaceListen
	}
	if c.ExponentialDecay {
		config.Queue.Retry = queue.ExponentialDecayRetry
	}

	return config
}

// console is the console's address, "" for none.
func (c *command) console() string {
	switch c.Console {
	case "auto":
		return local.Console
	case "none":
		return ""
	}
	return c.Console
}

// startReseller starts a second stack to forward to, and prints where both are.
func startReseller(ctx context.Context, config local.Config, log io.Writer) (*local.Stack, error) {
	front, seller, err := local.StartReseller(ctx, config)
	if err != nil {
		return nil, err
	}
	where(log, "reseller", front)
	where(log, "seller", seller)
	return front, nil
}

func where(log io.Writer, role string, stack *local.Stack) {
	fmt.Fprintf(log, "%s: gateway %s, store %s/%s; its books: admin -stack %s\n", role, stack.URL, stack.StoreURL, local.Instance, stack.URL)
}

// invite shows a first purchase to paste.
func invite(log io.Writer, url string) {
	root, err := local.ModuleRoot()
	if err != nil {
		return
	}

	call, err := sample.Load(root, "createinstance", nil)
	if err != nil {
		return
	}

	fmt.Fprintf(log, "\nA first purchase (signed now: good once, for 15 minutes):\n\n  curl -X %s '%s'\n\nor, signed each time it runs:\n\n  go run ./scripts/invoke createinstance\n\n",
		call.Method, call.URL(url, time.Now()))
}
