// Command doctor verifies that a deployment is as the code assumes. See
// go run ./scripts/doctor -h.
package main

import (
	"context"
	"errors"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/doctor"
	"aegis/scripts/internal/target"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	return cli.Program{Name: "doctor", Grammar: &command{}, About: `
Verifies that a deployment is as the code assumes: what was deployed, and how the cloud behaves.

Each line says what is assumed and what was seen; a difference also says how to mend it. The checks change nothing of yours:
see scripts/deploy/README.md, which lists them. Exit status 1: a check failed.

A deployment is named by REGION and DEPLOYMENT, with ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET of a user
who has the policy <DEPLOYMENT>-operator, and the other values of scripts/deploy. CALLER_ACCESS_KEY_ID and
CALLER_ACCESS_KEY_SECRET sign calls, ENDPOINT is where they go. Without REGION, or with -stack, it is the running local
stack, which has no control plane: those checks are skipped.`}
}

// command is the command line.
type command struct {
	target.Flags
	cli.Format
	Only         []string `placeholder:"NAME,…" help:"Make these checks alone."`
	List         bool     `help:"List the checks, and make none."`
	Store        string   `placeholder:"URL" help:"Where this machine reaches the store (default: its public endpoint)."`
	ControlPlane string   `placeholder:"URL" help:"Send control-plane requests there instead of to Alibaba Cloud."`
	DataPlane    string   `placeholder:"URL" help:"Send requests to SMQ and Log Service there instead of to Alibaba Cloud."`
}

// Run makes the checks.
func (c *command) Run(ctx context.Context, std cli.IO) error {
	printer := cli.Printer{Out: std.Out, JSON: c.JSON}
	if c.List {
		doctor.List(printer)
		return nil
	}
	checks, err := doctor.Choose(c.Only...)
	if err != nil {
		return cli.Usagef("%v", err)
	}
	examined, err := c.target(ctx, std)
	if err != nil {
		return err
	}
	healthy, err := doctor.Run(ctx, examined, checks, func(r doctor.Result) { r.Show(printer) })
	if err != nil {
		return err
	}
	if !healthy {
		return errors.New("the deployment is not as assumed")
	}
	return nil
}
