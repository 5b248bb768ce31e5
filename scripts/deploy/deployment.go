package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/cloud"
	"aegis/shared/local"
	"aegis/shared/pop"
)

// deployment is what the commands work on.
type deployment struct {
	options
	root   string // of the project
	values values
	out    io.Writer
	clock  func() time.Time

	account string            // once it is known
	made    map[string]string // values that the foundation made, once they are known
}

// open reads the command's environment. It sends nothing.
func (o *options) open(std cli.IO) (*deployment, error) {
	root, err := local.ModuleRoot()
	if err != nil {
		return nil, err
	}
	state, err := filepath.Abs(o.State)
	if err != nil {
		return nil, fmt.Errorf("find the state folder: %w", err)
	}
	d := &deployment{options: *o, root: root, values: readValues(std.Getenv), out: std.Out, clock: time.Now}
	d.State = state
	return d, nil
}

// say prints one line of what is done.
func (d *deployment) say(format string, args ...any) {
	fmt.Fprintln(d.out, cli.Clean(fmt.Sprintf(format, args...)))
}

// client returns a client of the control plane.
func (d *deployment) client() *cloud.Client {
	return &cloud.Client{
		Region: d.values.get("REGION"), Endpoint: d.ControlPlane, Clock: d.clock,
		Credentials: pop.Credentials{
			AccessKeyID:     d.values.get("ALIBABA_CLOUD_ACCESS_KEY_ID"),
			AccessKeySecret: d.values.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
			SecurityToken:   d.values.get("ALIBABA_CLOUD_SECURITY_TOKEN"),
		},
	}
}

// identify asks whose credentials these are.
func (d *deployment) identify(ctx context.Context) error {
	var caller struct{ AccountID, Arn string }
	if err := d.client().Do(ctx, cloud.GetCallerIdentity(), &caller); err != nil {
		return fmt.Errorf("find the account of ALIBABA_CLOUD_ACCESS_KEY_ID: %w", err)
	}
	d.account = caller.AccountID
	d.say("account %s, region %s, as %s", d.account, d.values.get("REGION"), caller.Arn)
	return nil
}
