// Command deploy takes an empty account to a running system, step by step. See
// go run ./scripts/deploy -h and README.md in this folder.
package main

import (
	"github.com/alecthomas/kong"

	"aegis/scripts/internal/cli"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	g := &grammar{}
	return cli.Program{Name: "deploy", Grammar: g, Bind: []kong.Option{kong.BindToProvider(g.open)}, About: `
Takes an empty account to a running system, step by step.

The steps are activate, foundation, setup, functions, edge and doctor. Each says what it will do before it does it, and how
long it took. Each may be repeated. An apply that was interrupted continues where it stopped. Values are environment
variables: "check" lists those that are missing, a placeholder, or those of the local stack, which everyone knows.

activate, foundation and edge need tofu (OpenTofu) or terraform on PATH, functions and edge need s (Serverless Devs). The
credentials are ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN.`}
}

// grammar is the command line.
type grammar struct {
	options
	Plan    plan    `cmd:"" help:"Print what apply would do, and change nothing."`
	Apply   apply   `cmd:"" help:"Do the steps."`
	Check   check   `cmd:"" help:"Check values and tools, without a network."`
	Destroy destroy `cmd:"" help:"Remove the edge, the functions and the foundation, but never the store."`
}

// options are the flags of every command.
type options struct {
	Step          string `placeholder:"STEP" help:"Do this step alone."`
	From          string `placeholder:"STEP" help:"Do this step and those after it."`
	State         string `default:".deploy" placeholder:"DIR" help:"Folder of what this deployment remembers, such as the state of Terraform (default: .deploy). Keep it."`
	Backend       string `default:"local" help:"Where Terraform keeps its state: local, in the state folder, or a backend such as oss."`
	BackendConfig string `placeholder:"FILE" help:"Arguments of the backend, one a line as name = \"value\"."`
	Store         string `placeholder:"URL" help:"Where setup and the doctor reach the store (default: its public endpoint)."`
	DataPlane     string `placeholder:"URL" help:"Send the doctor's requests to SMQ and Log Service there instead of to Alibaba Cloud."`
	ControlPlane  string `placeholder:"URL" help:"Send control-plane requests there instead of to Alibaba Cloud."`
}

type check struct {
	Environment bool `help:"Check the values of s.yaml in the environment alone, as s.yaml does before it deploys."`
}

// Run reports every value and tool that is missing.
func (c *check) Run(d *deployment) error {
	if c.Environment {
		return d.checkEnvironment()
	}
	return d.check()
}
