// Command bench measures what this system promises to be fast at, each figure
// beside its floor in the same run:
//
//	go run ./scripts/bench [-only functions,owners,signing,store] [-owners 1000000] [-dynalite …/dynalite/cli.js]
//
// Ratios are what to read: absolute times are those of the machine and its
// neighbours.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"

	"aegis/shared/local"
	"aegis/shared/local/tablestore/tablestorebench"
)

func main() {
	tablestorebench.ServeIfChild() // the store's benchmark runs this program again
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	only := flag.String("only", "functions,owners,signing,store", "what to measure, joined by commas")
	flag.IntVar(&o.owners, "owners", 1_000_000, "accounts in the larger store; a million take minutes to make")
	flag.StringVar(&o.dynalite, "dynalite", "", "path of dynalite's cli.js, to measure it beside the store")
	flag.Parse()
	o.only = strings.Split(*only, ",")
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type options struct {
	only     []string
	owners   int
	dynalite string
}

func run(ctx context.Context, o options) error {
	for _, part := range []struct {
		name    string
		measure func(context.Context, options) error
	}{
		{"functions", measureFunctions}, {"owners", measureOwners}, {"signing", measureSigning}, {"store", measureStore},
	} {
		if !slices.Contains(o.only, part.name) {
			continue
		}
		fmt.Printf("\n%s\n", part.name)
		if err := part.measure(ctx, o); err != nil {
			return fmt.Errorf("measure %s: %w", part.name, err)
		}
	}
	return nil
}

// measureSigning runs the signatures' own benchmark, beside the bare hashes.
func measureSigning(ctx context.Context, _ options) error {
	root, err := local.ModuleRoot()
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "Ratio|^BenchmarkV[13]", "-benchmem", "./shared/pop")
	c.Dir, c.Stdout, c.Stderr = root, os.Stdout, os.Stderr
	return c.Run()
}

func measureStore(ctx context.Context, o options) error {
	results, err := tablestorebench.Run(ctx, tablestorebench.Options{Dynalite: o.dynalite})
	if err != nil {
		return err
	}
	return tablestorebench.Write(os.Stdout, results)
}
