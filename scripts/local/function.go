package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/events"
	"aegis/shared/local"
	"aegis/shared/local/functions"
	"aegis/shared/local/gateway"
	"aegis/shared/pop"
)

func functionProgram() cli.Program {
	return cli.Program{Name: "function", Grammar: &functionCommand{}, About: `
Runs one function behind the interface that "s NAME local invoke" expects of its container.

NAME is a folder of functions/, which is built first; -code DIR runs the binary DIR/main as it is. The function's settings are
those of this process's environment; its role's credentials are ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and
ALIBABA_CLOUD_SECURITY_TOKEN, as s passes them from "s config add", or those of a request.`}
}

type functionCommand struct {
	Name string `arg:"" optional:"" help:"Function to build and run."`
	Code string `placeholder:"DIR" help:"Folder of the function's code: the executable main in it is run."`
	Port int    `default:"9000" range:"0..65535" help:"Port to listen on, on the loopback interface."`
	Data string `default:".local" help:"Folder to build into."`
}

// Validate wants one function.
func (c *functionCommand) Validate() error {
	if (c.Name == "") == (c.Code == "") {
		return errors.New("it needs NAME or --code DIR, and not both")
	}
	return nil
}

// Run serves the function until the context ends.
func (c *functionCommand) Run(ctx context.Context, std cli.IO) error {
	binary, err := c.binary(ctx, std)
	if err != nil {
		return err
	}

	runtime, err := functions.New(functions.Config{Instances: 1, Logs: std.Err, Credentials: credentials(std.Getenv)},
		functions.Function{Name: "function", Binary: binary, Env: os.Environ()})
	if err != nil {
		return err
	}

	return errors.Join(c.serve(ctx, std, runtime), runtime.Close())
}

// credentials are those of the function's role, as "s local" passes them into its container.
// The credentials of a request win.
func credentials(getenv func(string) string) pop.Credentials {
	return pop.Credentials{
		AccessKeyID:     getenv("ALIBABA_CLOUD_ACCESS_KEY_ID"),
		AccessKeySecret: getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
		SecurityToken:   getenv("ALIBABA_CLOUD_SECURITY_TOKEN"),
	}
}

func (c *functionCommand) binary(ctx context.Context, std cli.IO) (string, error) {
	if c.Code != "" {
		return filepath.Abs(filepath.Join(c.Code, "main"))
	}

	name := strings.ToLower(c.Name)
	root, err := local.ModuleRoot()
	if err != nil {
		return "", err
	}
	if err := events.CheckFunction(root, name); err != nil {
		return "", err
	}

	dir := filepath.Join(c.Data, "bin")
	if err := local.Build(ctx, dir, std.Err, name); err != nil {
		return "", err
	}

	return filepath.Abs(filepath.Join(dir, name))
}

// serve answers until the context ends. The function is started first, so that
// one that cannot start is reported at once.
func (c *functionCommand) serve(ctx context.Context, std cli.IO, runtime *functions.Runtime) error {
	if err := runtime.Warm(ctx); err != nil {
		return err
	}

	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port)))
	if err != nil {
		return err
	}

	server := &http.Server{Handler: gateway.NewContainer(runtime.Invoke, "function"), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	fmt.Fprintln(std.Out, "ready http://"+l.Addr().String())
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}

	return nil
}
