package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"aegis/shared/local/tablestore"
)

// commands are the program's ways to run other than to serve.
func commands() map[string]func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	return map[string]func(context.Context, []string, io.Writer, io.Writer) error{
		"verify": verify, "snapshot": snapshot, "restore": restore,
	}
}

// command parses the flags that all commands share, and requires so many
// arguments.
func command(name string, args []string, stderr io.Writer, arguments int, more func(*flag.FlagSet)) (dir string, rest []string, err error) {
	flags := flag.NewFlagSet("tablestore "+name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&dir, "data", defaultData, "data folder")
	more(flags)
	if err := flags.Parse(args); err != nil {
		return "", nil, err
	}
	if flags.NArg() != arguments {
		return "", nil, fmt.Errorf("%s: want %d arguments after the flags, got %d", name, arguments, flags.NArg())
	}
	return dir, flags.Args(), nil
}

// verify reads a whole data folder, and salvages it if asked to.
func verify(_ context.Context, args []string, stdout, stderr io.Writer) error {
	var to string
	dir, _, err := command("verify", args, stderr, 0, func(f *flag.FlagSet) {
		f.StringVar(&to, "salvage", "", "copy what is whole into this new `folder`")
	})
	if err != nil {
		return err
	}
	if to != "" {
		return salvage(dir, to, stdout)
	}
	found, err := tablestore.Verify(dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s is whole: commit %d, %d tables and indexes, %d rows\n", found.Path, found.Commit, found.Tables, found.Rows)
	return nil
}

func salvage(dir, to string, stdout io.Writer) error {
	kept, err := tablestore.Salvage(dir, to)
	if err != nil {
		return err
	}
	for _, line := range kept.Damage {
		fmt.Fprintln(stdout, "left out:", line)
	}
	for _, t := range kept.Tables {
		fmt.Fprintf(stdout, "kept %d rows of %s: %s\n", t.Rows, t.Name, t.State)
	}
	fmt.Fprintf(stdout, "salvaged commit %d into %s\n", kept.Commit, to)
	return nil
}

// snapshot copies a data folder: itself if no process uses the folder, else by
// asking the server that does.
func snapshot(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var server string
	dir, rest, err := command("snapshot", args, stderr, 1, func(f *flag.FlagSet) {
		f.StringVar(&server, "server", "", "`URL` of the running server whose data is copied; without it, no server may run")
	})
	if err != nil {
		return err
	}
	var taken tablestore.Snapshot
	if server == "" {
		if taken, err = tablestore.SnapshotOf(dir, rest[0]); errors.Is(err, tablestore.ErrInUse) {
			err = fmt.Errorf("%w: name the running server with -server http://…", err)
		}
	} else {
		taken, err = tablestore.RequestSnapshot(ctx, server, rest[0])
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "snapshot of commit %d in %s\n", taken.Commit, taken.Folder)
	return nil
}

func restore(_ context.Context, args []string, stdout, stderr io.Writer) error {
	dir, rest, err := command("restore", args, stderr, 1, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	restored, err := tablestore.Restore(dir, rest[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "restored commit %d of %s; the data file it replaces, if any, is %s/tablestore.db.replaced\n", restored.Commit, restored.Folder, dir)
	return nil
}
