package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/local/tablestore"
)

// folder is the data folder where no flag names one.
const folder = ".local/tablestore"

// server is the program's way to run without a command: it serves.
type server struct {
	Listen            string   `default:"127.0.0.1:8087" help:"Address to serve on."`
	Data              string   `placeholder:"DIR" help:"Data folder, made if need be (default: .local/tablestore)."`
	Memory            bool     `help:"Keep everything in memory instead of the data folder."`
	Instance          []string `sep:"none" placeholder:"NAME=ID:SECRET" help:"An instance to serve, with its access key; may be repeated (default: local=local:local)."`
	Faults            bool     `help:"Take rules to misbehave by at /faults."`
	Seed              uint64   `default:"1" help:"Seed of the chances of faults."`
	LocalTransactions bool     `help:"Allow local transactions on every new table, for SDKs that cannot ask for them."`
}

// Validate refuses settings that contradict one another.
func (s *server) Validate() error {
	if s.Memory && s.Data != "" {
		return errors.New("--memory and --data exclude each other")
	}
	_, err := s.instances()
	return err
}

func (s *server) instances() (map[string]tablestore.Credentials, error) {
	if len(s.Instance) == 0 {
		return nil, nil
	}

	all := make(map[string]tablestore.Credentials)
	for _, text := range s.Instance {
		name, pair, named := strings.Cut(text, "=")
		id, secret, paired := strings.Cut(pair, ":")
		if !named || !paired || name == "" || id == "" || secret == "" {
			return nil, errors.New("--instance: want name=accessKeyID:accessKeySecret")
		}
		all[name] = tablestore.Credentials{AccessKeyID: id, AccessKeySecret: secret}
	}

	return all, nil
}

// Run serves until ctx ends.
func (s *server) Run(ctx context.Context, std cli.IO) error {
	config := tablestore.Config{Dir: s.Data, LocalTransactions: s.LocalTransactions}
	config.Instances, _ = s.instances() // Validate has read them
	if config.Dir == "" && !s.Memory {
		config.Dir = folder
	}
	if s.Faults {
		config.Faults = tablestore.NewFaults(s.Seed)
	}
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.Listen, err)
	}
	store, err := tablestore.Open(config)
	if err != nil {
		return errors.Join(err, listener.Close())
	}

	fmt.Fprintf(std.Out, "ready http://%s\n", listener.Addr())
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
