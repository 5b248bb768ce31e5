// Command bench measures what this system promises to be fast at, each figure next to its
// floor in the same run. See go run ./scripts/bench -h.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/shared/local"
	"aegis/shared/local/tablestore/tablestorebench"
)

func main() {
	tablestorebench.ServeIfChild() // the store's benchmark runs this program again
	traceIfChild()                 // and so does the count of system calls
	cli.Main(program())
}

func program() cli.Program {
	return cli.Program{Name: "bench", Grammar: &command{}, About: `
Measures what this system promises to be fast at, each figure next to its floor in the same run.

Ratios are what to read: absolute times are those of the machine and its neighbours. A whole run takes about ten minutes, most of
them for a million owners; -only chooses parts: functions, cpu, quota, hostile, stack, money, owners, signing, store. ^C ends it with the
figures so far.`}
}

// command is the command line.
type command struct {
	Only      string `placeholder:"PART,…" help:"What to measure (default: all)."`
	JSON      bool   `name:"json" help:"Write the figures as JSON to standard output, the text to standard error."`
	Compare   string `placeholder:"FILE" help:"Figures of an earlier run's -json: print how each has changed."`
	Owners    int    `default:"1000000" range:"2000..100000000" help:"Accounts in the larger store; a million take minutes to make."`
	Instances int    `default:"8" range:"1..1000" help:"Instances of each function in the part stack."`
	Dynalite  string `placeholder:"FILE" help:"Path of dynalite's cli.js, to measure it next to the store."`

	chosen []part
}

// Validate reads -only. A misspelt name must not pass for a measurement that found
// nothing.
func (c *command) Validate() (err error) {
	only := c.Only
	if only == "" {
		only = names(parts())
	}
	c.chosen, err = choose(only)
	return err
}

// Run measures the parts.
func (c *command) Run(ctx context.Context, std cli.IO) error {
	text := std.Out
	if c.JSON {
		text = std.Err
	}
	report, err := openReport(text, c.Compare)
	if err != nil {
		return err
	}

	err = c.measure(ctx, options{report: report, owners: c.Owners, instances: c.Instances, dynalite: c.Dynalite, progress: std.Err})
	if c.JSON {
		err = errors.Join(err, report.writeJSON(std.Out))
	}
	return err
}

func (c *command) measure(ctx context.Context, o options) error {
	for _, p := range c.chosen {
		o.title(p.name)
		err := p.measure(ctx, o)
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted in %s: those are the figures so far", p.name)
		}
		if err != nil {
			return fmt.Errorf("measure %s: %w", p.name, err)
		}
	}
	return nil
}

// options are what the parts are measured by.
type options struct {
	*report
	owners    int
	instances int
	dynalite  string
	progress  io.Writer
}

// part is what one name of -only measures.
type part struct {
	name    string
	measure func(context.Context, options) error
}

func parts() []part {
	return []part{
		{"functions", measureFunctions}, {"cpu", measureCPU}, {"quota", measureQuota}, {"hostile", measureHostile},
		{"stack", measureStack}, {"money", measureMoney}, {"owners", measureOwners}, {"signing", measureSigning}, {"store", measureStore},
	}
}

// choose returns the parts that are named.
func choose(only string) ([]part, error) {
	var chosen []part
	for name := range strings.SplitSeq(only, ",") {
		found := false
		for _, p := range parts() {
			if p.name == name {
				chosen, found = append(chosen, p), true
			}
		}
		if !found {
			return nil, fmt.Errorf("--only: there is no %q, choose from %s%s", name, names(parts()), cli.DidYouMean(name, strings.Split(names(parts()), ",")))
		}
	}

	return chosen, nil
}

func names(all []part) string {
	var list []string
	for _, p := range all {
		list = append(list, p.name)
	}
	return strings.Join(list, ",")
}

// measureSigning runs the signatures' own benchmark, next to the bare hashes.
func measureSigning(ctx context.Context, o options) error {
	root, err := local.ModuleRoot()
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "Ratio|^BenchmarkV[13]", "-benchmem", "./shared/pop")
	c.Dir, c.Stdout, c.Stderr = root, o.out, os.Stderr
	return c.Run()
}

func measureStore(ctx context.Context, o options) error {
	results, err := tablestorebench.Run(ctx, tablestorebench.Options{Dynalite: o.dynalite})
	if err != nil {
		return err
	}
	return tablestorebench.Write(o.out, results)
}
