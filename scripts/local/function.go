package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"aegis/shared/local/functions"
	"aegis/shared/local/gateway"
)

func runFunction(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("local function", flag.ExitOnError)
	code := flags.String("code", "", "folder of the function's code: the executable main in it is run")
	port := flags.Int("port", 9000, "port to listen on, on the loopback interface")
	_ = flags.Parse(args[1:]) // ExitOnError
	if *code == "" || flags.NArg() > 0 {
		return fmt.Errorf("usage: go run ./scripts/local function -code DIR -port N")
	}
	binary, err := filepath.Abs(filepath.Join(*code, "main"))
	if err != nil {
		return err
	}
	runtime, err := functions.New(functions.Config{Instances: 1, Logs: os.Stderr},
		functions.Function{Name: "function", Binary: binary, Env: os.Environ()})
	if err != nil {
		return err
	}
	defer runtime.Close()
	return serve(ctx, *port, gateway.NewContainer(runtime.Invoke, "function"), runtime)
}

// serve answers until the context ends. The function is started first, so that
// one that cannot start is reported at once.
func serve(ctx context.Context, port int, h http.Handler, runtime *functions.Runtime) error {
	if err := runtime.Warm(ctx); err != nil {
		return err
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	fmt.Println("ready http://" + l.Addr().String())
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}
