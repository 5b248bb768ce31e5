// Command bench measures what this system promises to be fast at, each figure next
// to its floor in the same run:
//
//	go run ./scripts/bench [-only functions,cpu,quota,hostile,stack,owners,signing,store] [-json] [-compare old.json]
//	    [-owners 1000000] [-instances 8] [-dynalite …/dynalite/cli.js]
//
// Ratios are what to read: absolute times are those of the machine and its
// neighbours. With -json the figures go to standard output and the text to standard
// error; -compare prints how each figure has changed since such a file was written.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"aegis/shared/local"
	"aegis/shared/local/tablestore/tablestorebench"
)

func main() {
	tablestorebench.ServeIfChild() // the store's benchmark runs this program again
	traceIfChild()                 // and so does the count of system calls
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type options struct {
	*report
	owners    int
	instances int
	dynalite  string
}

// part is what one name of -only measures.
type part struct {
	name    string
	measure func(context.Context, options) error
}

func parts() []part {
	return []part{
		{"functions", measureFunctions}, {"cpu", measureCPU}, {"quota", measureQuota}, {"hostile", measureHostile},
		{"stack", measureStack}, {"owners", measureOwners}, {"signing", measureSigning}, {"store", measureStore},
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	only := flags.String("only", names(parts()), "what to measure, joined by commas")
	asJSON := flags.Bool("json", false, "write the figures as JSON to standard output")
	compare := flags.String("compare", "", "file of an earlier run's -json, to compare with")
	flags.IntVar(&o.owners, "owners", 1_000_000, "accounts in the larger store; a million take minutes to make")
	flags.IntVar(&o.instances, "instances", 8, "instances of each function in the stack's part")
	flags.StringVar(&o.dynalite, "dynalite", "", "path of dynalite's cli.js, to measure it next to the store")
	if err := flags.Parse(args); err != nil {
		return err
	}

	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	text := stdout
	if *asJSON {
		text = stderr
	}
	if o.report, err = openReport(text, *compare); err != nil {
		return err
	}
	for _, p := range chosen {
		o.title(p.name)
		if err := p.measure(ctx, o); err != nil {
			return fmt.Errorf("measure %s: %w", p.name, err)
		}
	}
	if *asJSON {
		return o.writeJSON(stdout)
	}
	return nil
}

// choose returns the parts that are named. A misspelt name must not pass for a
// measurement that found nothing.
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
			return nil, fmt.Errorf("-only: there is no %q: choose from %s", name, names(parts()))
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
