package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"aegis/shared/app"
	"aegis/shared/local/functions"
)

// FunctionConfig says which function to run alone, and on what.
type FunctionConfig struct {
	Function string              // a folder of functions/
	Data     string              // the data folder of a stack that does not run; "": in memory
	BuildDir string              // "": bin under Data
	Getenv   func(string) string // its settings; without TABLESTORE_ENDPOINT the store is that of Data
	Logs     io.Writer
}

// FunctionRunner runs one function outside a stack, with the store that it needs.
type FunctionRunner struct {
	name    string
	runtime *functions.Runtime
	stack   Stack // the store, if it had to be started
}

// StartFunction builds and starts one function. Its store is the one that
// TABLESTORE_ENDPOINT names, else one that is opened on the data folder until Close.
// Without a data folder it is one of its own, in memory.
func StartFunction(ctx context.Context, c FunctionConfig) (_ *FunctionRunner, err error) {
	o := &FunctionRunner{name: c.Function}
	c.Logs = oneAtATime(c.Logs)
	defer func() {
		if err != nil {
			err = errors.Join(err, o.Close())
		}
	}()
	settings, err := o.settings(ctx, c)
	if err != nil {
		return nil, err
	}

	dir := c.BuildDir
	if dir == "" {
		dir = filepath.Join(c.Data, "bin")
	}
	if err := Build(ctx, dir, c.Logs, c.Function); err != nil {
		return nil, err
	}

	f := functions.Function{Name: c.Function, Binary: filepath.Join(dir, c.Function), Timeout: timeout(c.Function), Env: OneThread()}
	for _, name := range app.Names() {
		f.Env = append(f.Env, name+"="+settings(name))
	}

	o.runtime, err = functions.New(functions.Config{Instances: 1, Logs: c.Logs, Credentials: roleCredentials()}, f)
	return o, err
}

// Invoke hands it an event.
func (o *FunctionRunner) Invoke(ctx context.Context, event []byte) (functions.Result, error) {
	return o.runtime.Invoke(ctx, o.name, functions.Invocation{RequestID: requestID(), Event: event, Details: true})
}

// Close stops what was started.
func (o *FunctionRunner) Close() error {
	if o.runtime == nil {
		return o.stack.Close()
	}
	return errors.Join(o.runtime.Close(), o.stack.Close())
}

func (o *FunctionRunner) settings(ctx context.Context, c FunctionConfig) (func(string) string, error) {
	if c.Getenv("TABLESTORE_ENDPOINT") != "" {
		return c.Getenv, nil
	}
	if err := o.stack.startStore(ctx, Config{Data: c.Data, Progress: c.Logs}); err != nil {
		return nil, fmt.Errorf("open the store for one call: %w", err)
	}
	return settingsOf(defaultsOf(o.stack.StoreURL), c.Getenv), nil
}
