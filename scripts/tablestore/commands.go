package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/target"
	"aegis/shared/local/tablestore"
)

// data is a command on a data folder.
type data struct {
	cli.Format
	Data string `default:".local/tablestore" help:"Data folder."`
}

func (d data) printer(std cli.IO) cli.Printer { return cli.Printer{Out: std.Out, JSON: d.JSON} }

type verify struct {
	data
	Salvage string `placeholder:"NEW" help:"Copy what is whole into this new folder."`
}

// Run reads the whole folder, and salvages it if asked to.
func (c *verify) Run(std cli.IO) error {
	defer c.progress(std)()
	if c.Salvage != "" {
		return c.salvage(c.printer(std))
	}

	found, err := tablestore.Verify(c.Data)
	if err != nil {
		return err
	}

	c.printer(std).Say([]cli.Field{
		{Name: "path", Value: found.Path}, {Name: "commit", Value: found.Commit}, {Name: "tables", Value: found.Tables}, {Name: "rows", Value: found.Rows},
	}, "%s is whole: commit %d, %d tables and indexes, %d rows", found.Path, found.Commit, found.Tables, found.Rows)
	return nil
}

// progress reports the time, and of a salvage the megabytes that are written.
func (c *verify) progress(std cli.IO) (stop func()) {
	p := cli.Progress{Out: std.Err, Unit: fmt.Sprintf("reading %.0f MB", megabytes(c.Data))}
	if c.Salvage != "" {
		p.Unit, p.Total = "MB", megabytes(c.Data)
		p.Done = func() float64 { return megabytes(c.Salvage) }
	}
	return p.Start()
}

// megabytes is the size of the files in a folder.
func megabytes(dir string) float64 {
	files, _ := filepath.Glob(filepath.Join(dir, "*")) // the pattern is right
	bytes := int64(0)
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
	}
	return float64(bytes) / 1e6
}

func (c *verify) salvage(print cli.Printer) error {
	kept, err := tablestore.Salvage(c.Data, c.Salvage)
	if err != nil {
		return err
	}

	for _, line := range kept.Damage {
		print.Say([]cli.Field{{Name: "left out", Value: line}}, "left out: %s", line)
	}
	for _, t := range kept.Tables {
		print.Say([]cli.Field{{Name: "table", Value: t.Name}, {Name: "rows", Value: t.Rows}, {Name: "state", Value: t.State}},
			"kept %d rows of %s: %s", t.Rows, t.Name, t.State)
	}

	print.Say([]cli.Field{{Name: "commit", Value: kept.Commit}, {Name: "folder", Value: c.Salvage}}, "salvaged commit %d into %s", kept.Commit, c.Salvage)
	return nil
}

type snapshot struct {
	data
	target.Flags
	Server string `placeholder:"URL" help:"The running server whose data is copied."`
	Name   string `arg:"" help:"Of the snapshot."`
}

// Validate refuses two servers.
func (c *snapshot) Validate() error {
	if c.Server != "" && c.Stack != "" {
		return errors.New("--server and --stack exclude each other")
	}
	return nil
}

// Run copies a data folder: itself if no process uses the folder, else by asking the
// server that does.
func (c *snapshot) Run(ctx context.Context, std cli.IO) error {
	taken, err := c.take(ctx, std)
	if err != nil {
		return err
	}
	c.printer(std).Say([]cli.Field{{Name: "commit", Value: taken.Commit}, {Name: "folder", Value: taken.Folder}},
		"snapshot of commit %d in %s", taken.Commit, taken.Folder)
	return nil
}

func (c *snapshot) take(ctx context.Context, std cli.IO) (taken tablestore.Snapshot, err error) {
	if c.Stack != "" {
		t, err := c.Find(ctx, std)
		if err != nil {
			return taken, err
		}
		return tablestore.RequestSnapshot(ctx, t.Tablestore, c.Name)
	}
	if c.Server != "" {
		fmt.Fprintf(std.Err, "target: Tablestore %s\n", c.Server)
		return tablestore.RequestSnapshot(ctx, c.Server, c.Name)
	}

	fmt.Fprintf(std.Err, "target: the data in %s\n", c.Data)
	if taken, err = tablestore.SnapshotOf(c.Data, c.Name); errors.Is(err, tablestore.ErrInUse) {
		err = fmt.Errorf("%w: name the running server with -server http://… or -stack", err)
	}

	return taken, err
}

type restore struct {
	data
	Name string `arg:"" help:"Of the snapshot."`
}

// Run puts a snapshot back.
func (c *restore) Run(std cli.IO) error {
	restored, err := tablestore.Restore(c.Data, c.Name)
	if err != nil {
		return err
	}
	c.printer(std).Say([]cli.Field{{Name: "commit", Value: restored.Commit}, {Name: "folder", Value: restored.Folder}},
		"restored commit %d of %s; the data file it replaces, if any, is %s/tablestore.db.replaced", restored.Commit, restored.Folder, c.Data)
	return nil
}
