// Command admin keeps accounts and access keys, and shows the ledger:
//
//	go run ./scripts/admin setup
//	go run ./scripts/admin account create -owner ID [-verified] [-machines N]
//	go run ./scripts/admin account set -owner ID -reason R [-verified[=false]] [-machines N]
//	go run ./scripts/admin account deposit -owner ID -fen N -reference R
//	go run ./scripts/admin account adjust -owner ID -fen ±N -reason R
//	go run ./scripts/admin account show -owner ID
//	go run ./scripts/admin instance set -owner ID -instance ID -reason R [-ends T] [-edition N] [-machines N] [-renewal S [-months N]]
//	go run ./scripts/admin instance adopt -owner ID -instance ID -reason R [-channel api|market]
//	go run ./scripts/admin market check -all|-instance ID [-repair]
//	go run ./scripts/admin key put -id ID -secret S -owner ID [-reseller-of ID,ID…] [-operations A,B…] [-disabled]
//	go run ./scripts/admin key show -id ID
//	go run ./scripts/admin order list -owner ID [-limit N]
//	go run ./scripts/admin audit -all|-owner ID
//	go run ./scripts/admin deadletter list [-limit N]
//	go run ./scripts/admin deadletter show|retry|discard -id ID
//	go run ./scripts/admin deadletter retry -all
//	go run ./scripts/admin deadletter confirm -id ID [-to INSTANCE]
//	go run ./scripts/admin token show -owner ID -token T
//	go run ./scripts/admin token list -unfinished
//	go run ./scripts/admin token resolve -owner ID -token T
//
// It works on the store that TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE,
// TABLESTORE_ACCESS_KEY_ID, TABLESTORE_ACCESS_KEY_SECRET and ACCESS_MASTER_KEY
// name; without the first, on the local stack's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"aegis/shared/access"
	"aegis/shared/app"
	"aegis/shared/ledger"
	"aegis/shared/local"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// office is what the commands work on.
type office struct {
	out      io.Writer
	settings app.Settings
	store    *store.Store
	ledger   *ledger.Ledger
	keys     *access.Registry
}

type command struct {
	words string
	run   func(*office, context.Context, []string) error
}

func commands() []command {
	return []command{
		{"setup", (*office).setup},
		{"account create", (*office).createAccount},
		{"account set", (*office).setAccount},
		{"account deposit", (*office).deposit},
		{"account adjust", (*office).adjust},
		{"account show", (*office).showAccount},
		{"instance set", (*office).setInstance},
		{"instance adopt", (*office).adoptInstance},
		{"market check", (*office).checkMarket},
		{"key put", (*office).putKey},
		{"key show", (*office).showKey},
		{"order list", (*office).listOrders},
		{"audit", (*office).audit},
		{"deadletter list", (*office).listLetters},
		{"deadletter show", (*office).showLetter},
		{"deadletter retry", (*office).retryLetter},
		{"deadletter confirm", (*office).confirmLetter},
		{"deadletter discard", (*office).discardLetter},
		{"token show", (*office).showToken},
		{"token list", (*office).listTokens},
		{"token resolve", (*office).resolveToken},
	}
}

func run(ctx context.Context, out io.Writer, args []string) error {
	var known []string
	for _, c := range commands() {
		words := strings.Fields(c.words)
		if len(args) >= len(words) && slices.Equal(args[:len(words)], words) {
			o, err := open(out)
			if err != nil {
				return err
			}
			return c.run(o, ctx, args[len(words):])
		}
		known = append(known, c.words)
	}
	return fmt.Errorf("admin: say one of: %s", strings.Join(known, ", "))
}

func open(out io.Writer) (*office, error) {
	settings, err := app.ReadSettings(local.ToolSettings(os.Getenv))
	if err != nil {
		return nil, err
	}
	gate, err := store.Open(settings.Store)
	if err != nil {
		return nil, err
	}
	books, err := ledger.New(ledger.Config{Store: gate, Catalogue: settings.Catalogue})
	if err != nil {
		return nil, err
	}
	keys, err := access.New(access.Config{Store: gate, Master: settings.Master})
	if err != nil {
		return nil, err
	}
	return &office{out: out, settings: settings, store: gate, ledger: books, keys: keys}, nil
}

func (o *office) setup(ctx context.Context, args []string) error {
	if len(args) > 0 {
		return errors.New("admin setup: it takes no arguments")
	}
	for _, t := range app.Tables() {
		if err := o.store.EnsureTables(ctx, t); err != nil {
			return err
		}
		fmt.Fprintf(o.out, "table %s is there\n", t.Name)
	}
	for _, i := range app.Indexes() {
		if err := o.store.EnsureIndexes(ctx, i); err != nil {
			return err
		}
		fmt.Fprintf(o.out, "index %s is there\n", i.Name)
	}
	return o.migrate(ctx)
}

// migrate brings the accounts to this release's schema, page by page. It may be
// repeated and interrupted.
func (o *office) migrate(ctx context.Context) error {
	seen, migrated := 0, 0
	for start := (store.Key{}); ; {
		rows, next, err := o.store.Scan(ctx, tokenrow.Sales(), start, 1000)
		if err != nil {
			return err
		}
		for _, row := range rows {
			owner, ok := ledger.AccountOf(row.Key)
			if !ok {
				continue
			}
			done, err := o.ledger.Migrate(ctx, owner)
			if err != nil {
				return err
			}
			if seen++; done {
				migrated++
			}
		}
		if start = next; next.Table.Name == "" {
			break
		}
	}
	fmt.Fprintf(o.out, "%d accounts, %d of them brought to this release's schema\n", seen, migrated)
	return nil
}

// parseFor is parse for a command about an owner.
func parseFor(flags *flag.FlagSet, args []string, owner *string) error {
	if err := parse(flags, args); err != nil {
		return err
	}
	return checkOwner("owner", *owner)
}

// parse reads flags and refuses what is left over.
func parse(flags *flag.FlagSet, args []string) error {
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("admin %s: %w", flags.Name(), err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("admin %s: unknown argument %q", flags.Name(), flags.Arg(0))
	}
	return nil
}

// checkOwner refuses what is not an account's number.
func checkOwner(flagName, owner string) error {
	if !sale.IsOwner(owner) {
		return fmt.Errorf("-%s %q: it must be an account's number, 1 to 19 digits", flagName, owner)
	}
	return nil
}
