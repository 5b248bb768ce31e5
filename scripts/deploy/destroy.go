package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aegis/scripts/internal/cli"
)

type destroy struct {
	Yes bool `help:"Do it."`
}

// kept is the resource that no command removes: it has the customers' money.
const kept = "alicloud_ots_instance.store"

// Run removes everything but the store, the edge first.
func (c *destroy) Run(ctx context.Context, d *deployment) error {
	d.say("this removes the edge, the functions, the queues with their messages, the logs and the roles; the store stays")
	if !c.Yes {
		return cli.Usagef("nothing was removed: add -yes to remove them")
	}
	if _, err := d.begin(ctx); err != nil {
		return err
	}
	if err := d.refuseOther(ctx); err != nil {
		return err
	}
	if err := d.forget(); err != nil {
		return err
	}
	if err := d.readMade(ctx); err != nil {
		return err
	}
	if err := d.removeEdge(ctx); err != nil {
		return err
	}
	if err := d.runServerless(ctx, "remove", "-y"); err != nil {
		return err
	}
	if err := d.removeFoundation(ctx); err != nil {
		return err
	}
	d.say("removed; the store %s stays, with all accounts", d.made["TABLESTORE_INSTANCE"])
	return nil
}

func (d *deployment) removeEdge(ctx context.Context) error {
	if d.values.get("EDGE") == "domain" {
		return d.runServerless(ctx, "remove", "-y", "-t", domainFile)
	}
	_, err := os.Stat(filepath.Join(d.State, "2-edge")) // a gateway of an earlier EDGE is paid for too
	if err == nil || d.values.get("EDGE") == "apig" {
		t, err := d.terraform(ctx, "2-edge")
		if err != nil {
			return err
		}
		return d.stream(ctx, t.command("destroy", "-input=false", "-auto-approve"))
	}
	return nil
}

// removeFoundation destroys what the state lists, except the store.
func (d *deployment) removeFoundation(ctx context.Context) error {
	t, err := d.terraform(ctx, "1-foundation")
	if err != nil {
		return err
	}
	text, err := d.output(ctx, t.command("state", "list"))
	if err != nil {
		return err
	}
	resources := slices.DeleteFunc(strings.Fields(string(text)), func(name string) bool { return name == kept })
	if len(resources) == 0 {
		return nil
	}
	args := []string{"destroy", "-input=false", "-auto-approve"}
	for _, name := range resources {
		args = append(args, "-target="+name)
	}
	return d.stream(ctx, t.command(args...))
}
