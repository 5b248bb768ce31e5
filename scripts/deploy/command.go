package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// command is another program that a step runs in the project's folder.
type command struct {
	name string
	args []string
	env  map[string]string // in addition to this process's; values may be secrets
}

// String is the command as a person would write it, without its environment.
func (c command) String() string { return c.name + " " + strings.Join(c.args, " ") }

// stream runs a command and passes on what it prints, without secrets.
func (d *deployment) stream(ctx context.Context, c command) error {
	d.say("$ %s", c)
	process, out := d.prepare(ctx, c), d.mask()
	process.Stdout, process.Stderr = out, out
	err := process.Run()
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	return nil
}

// output runs a command and returns what it prints on standard output.
func (d *deployment) output(ctx context.Context, c command) ([]byte, error) {
	process := d.prepare(ctx, c)
	var wrong bytes.Buffer
	process.Stderr = &wrong
	text, err := process.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", c, err, strings.TrimSpace(wrong.String()))
	}
	return text, nil
}

// prepare makes a process that gets one interrupt when the context ends, and two minutes
// to stop. Terraform loses its state if it is killed, or interrupted twice.
func (d *deployment) prepare(ctx context.Context, c command) *exec.Cmd {
	process := exec.CommandContext(ctx, c.name, c.args...)
	process.Dir = d.root
	process.Env = os.Environ()
	for name, value := range c.env {
		process.Env = append(process.Env, name+"="+value)
	}
	process.Cancel = func() error { return process.Process.Signal(os.Interrupt) }
	process.WaitDelay = 2 * time.Minute
	ownGroup(process)
	return process
}

// tool returns the first of some programs that is on PATH.
func tool(names ...string) (string, error) {
	for _, name := range names {
		if _, err := exec.LookPath(name); err == nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("none of these is on PATH: %s", strings.Join(names, ", "))
}
