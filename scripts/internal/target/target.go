// Package target finds the stack or the store that a tool works on.
//
// It is the one that -stack names; else the store of the environment, if that names a
// TABLESTORE_ENDPOINT; else the stack whose stack.json is nearest: in .local here or in
// a folder above; else the stack on the default address. A stack is only believed if it
// answers: the file of one that was killed stays behind. Each tool says on standard
// error, in one line, what it works on.
package target

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/shared/local"
)

// Flags choose a target. Commands embed them.
type Flags struct {
	Stack string `placeholder:"DIR|URL" help:"The stack to work on: its data folder or its gateway's URL (default: the nearest .local/stack.json, here or above)."`
}

// Change adds to a command's Flags what it needs to sell or to change something.
type Change struct {
	Yes bool `help:"Sell or change also where the target is not on this machine."`
}

// Target is what a tool works on.
type Target struct {
	local.Description                     // of the stack; empty if the environment names the store
	Settings          func(string) string // of the functions there
	text              string
}

// String describes the target in one line.
func (t Target) String() string { return t.text }

// Find finds the target and names it on standard error. Without one the error says how
// to start a stack and wraps local.ErrNoStack.
func (f Flags) Find(ctx context.Context, std cli.IO) (Target, error) {
	t, err := f.find(ctx, std.Getenv)
	if err != nil {
		return Target{}, err
	}
	fmt.Fprintf(std.Err, "target: %s\n", t)
	return t, nil
}

func (f Flags) find(ctx context.Context, getenv func(string) string) (Target, error) {
	endpoint := getenv("TABLESTORE_ENDPOINT")
	switch {
	case f.Stack != "" && endpoint != "":
		return Target{}, cli.Usagef("--stack and TABLESTORE_ENDPOINT both name a target: unset one")
	case endpoint != "":
		text := fmt.Sprintf("store %s/%s (TABLESTORE_ENDPOINT)", strings.TrimSuffix(endpoint, "/"), getenv("TABLESTORE_INSTANCE"))
		return Target{Settings: getenv, text: text}, nil
	}

	gateway, err := f.gateway()
	if err != nil {
		return Target{}, err
	}
	d, err := local.FetchDescription(ctx, gateway)
	if errors.Is(err, local.ErrNoStack) {
		return Target{}, fmt.Errorf("%w (start one: go run ./scripts/local)", err)
	}
	if err != nil {
		return Target{}, err
	}
	return ofStack(d, getenv), nil
}

// Endpoint returns the URL of the target's gateway, for tools that only name it. Where
// no stack answers, and none was asked for, it is the default address.
func (f Flags) Endpoint(ctx context.Context, std cli.IO) (string, error) {
	t, err := f.find(ctx, func(string) string { return "" })
	if errors.Is(err, local.ErrNoStack) && f.Stack == "" {
		return "http://" + local.Listen, nil
	}
	if err != nil {
		return "", err
	}
	fmt.Fprintf(std.Err, "target: %s\n", t)
	return t.Gateway, nil
}

func ofStack(d local.Description, getenv func(string) string) Target {
	text := fmt.Sprintf("local stack %s, store %s/%s", d.Gateway, d.Tablestore, d.Instance)
	if d.Upstream != "" {
		text += ", forwards to " + d.Upstream
	}

	t := Target{Description: d, Settings: d.Settings(getenv)}
	if offset := t.Settings("CLOCK_OFFSET"); offset != "0s" && offset != "" {
		text += ", clock ahead by " + offset
	}
	if getenv("CLOCK_OFFSET") != "" {
		text += " (CLOCK_OFFSET)"
	}

	t.text = text
	return t
}

// gateway is where the stack should answer.
func (f Flags) gateway() (string, error) {
	if strings.Contains(f.Stack, "://") {
		return strings.TrimSuffix(f.Stack, "/"), nil
	}
	d, err := f.described()
	if errors.Is(err, fs.ErrNotExist) && f.Stack == "" {
		return "http://" + local.Listen, nil
	}
	return d.Gateway, err
}

// Console returns the link of the console with its token, which is in stack.json alone:
// a URL of -stack does not lead to it.
func (f Flags) Console() (string, error) {
	if strings.Contains(f.Stack, "://") {
		return "", cli.Usagef("--stack: the console's token is in %s: name its folder, not a URL", local.DescriptionFile)
	}
	d, err := f.described()
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.Stack == "":
		return "", fmt.Errorf("%w: there is no .local/%s here or above (start one: go run ./scripts/local)", local.ErrNoStack, local.DescriptionFile)
	case err == nil && d.Console == "":
		return "", fmt.Errorf("the stack %s has no console, which records its requests (start it without -console none)", d.Gateway)
	}
	return d.Console, err
}

// described reads the stack.json of the folder that is named, else the nearest one. The
// error wraps fs.ErrNotExist if there is none.
func (f Flags) described() (local.Description, error) {
	if f.Stack == "" {
		return nearest()
	}
	d, err := local.ReadDescription(f.Stack)
	if errors.Is(err, fs.ErrNotExist) {
		return d, fmt.Errorf("--stack %s: no stack runs on it, it has no %s (start one: go run ./scripts/local -data %s)", f.Stack, local.DescriptionFile, f.Stack)
	}
	return d, err
}

// nearest looks for .local/stack.json here and above.
func nearest() (local.Description, error) {
	dir, err := os.Getwd()
	if err != nil {
		return local.Description{}, fmt.Errorf("find the stack: %w", err)
	}

	for {
		d, err := local.ReadDescription(filepath.Join(dir, ".local"))
		if !errors.Is(err, fs.ErrNotExist) {
			return d, err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return d, err
		}
		dir = parent
	}
}

// Allow refuses to sell or to change something on another machine without -yes.
func (c Change) Allow(t Target) error {
	if c.Yes || t.onThisMachine() {
		return nil
	}
	return cli.Usagef("%s is not on this machine: add -yes to sell or to change something there", t)
}

func (t Target) onThisMachine() bool {
	u, err := url.Parse(t.Settings("TABLESTORE_ENDPOINT"))
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
