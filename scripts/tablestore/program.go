package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"aegis/shared/local/tablestore"
)

// settings are the command line's.
type settings struct {
	listen string
	store  tablestore.Config
}

const defaultData = ".local/tablestore"

// run runs the command that the first argument names, or serves.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	start := runServer
	if len(args) > 0 && commands()[args[0]] != nil {
		start, args = commands()[args[0]], args[1:]
	}
	err := start(ctx, args, stdout, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	return err
}

// runServer serves until ctx ends.
func runServer(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.listen, err)
	}
	store, err := tablestore.Open(s.store)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	fmt.Fprintf(stdout, "ready http://%s\n", listener.Addr())
	return errors.Join(serve(ctx, listener, store), store.Close())
}

// serve ends the requests under way before it returns.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("end the requests under way: %w", err)
	}
	return nil
}

func parse(args []string, stderr io.Writer) (*settings, error) {
	s := &settings{}
	flags := flag.NewFlagSet("tablestore", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.listen, "listen", "127.0.0.1:8087", "address to serve on")
	flags.StringVar(&s.store.Dir, "data", defaultData, "data folder, made if need be")
	memory := flags.Bool("memory", false, "keep everything in memory instead of the data folder")
	flags.BoolVar(&s.store.LocalTransactions, "local-transactions", false, "allow local transactions on every new table, for SDKs that cannot ask for it")
	faults := flags.Bool("faults", false, "take rules to misbehave by at /faults")
	seed := flags.Uint64("seed", 1, "seed of the faults' chances")
	flags.Func("instance", "`name=accessKeyID:accessKeySecret` of an instance to serve, may be repeated (default local=local:local)", s.addInstance)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *memory {
		s.store.Dir = ""
	}
	if *faults {
		s.store.Faults = tablestore.NewFaults(*seed)
	}
	return s, nil
}

func (s *settings) addInstance(text string) error {
	name, pair, named := strings.Cut(text, "=")
	id, secret, paired := strings.Cut(pair, ":")
	if !named || !paired || name == "" || id == "" || secret == "" {
		return errors.New("want name=accessKeyID:accessKeySecret")
	}
	if s.store.Instances == nil {
		s.store.Instances = make(map[string]tablestore.Credentials)
	}
	s.store.Instances[name] = tablestore.Credentials{AccessKeyID: id, AccessKeySecret: secret}
	return nil
}
