// Command invoke runs one function's real binary on one event and prints its
// answer:
//
//	go run ./scripts/invoke createinstance [Name=value …]
//	go run ./scripts/invoke marketorders events/marketorders/1-createinstance.json
//
// The first takes a call of events/, which it signs; the second an event as it
// stands in a file.
//
// The function uses the store that TABLESTORE_ENDPOINT names, else the local
// stack's if one is running, else the data in .local for the length of the call.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"aegis/shared/local"
	"aegis/shared/local/functions"
	"aegis/shared/local/sample"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("usage: go run ./scripts/invoke NAME|FILE [Parameter=value …], or FUNCTION EVENTFILE")
	}
	root, err := local.ModuleRoot()
	if err != nil {
		return err
	}
	function, event, err := read(root, args)
	if err != nil {
		return err
	}
	bench, err := local.StartFunction(ctx, local.FunctionConfig{Function: function, Data: ".local", Getenv: os.Getenv, Logs: os.Stderr})
	if err != nil {
		return err
	}
	defer bench.Close()
	result, err := bench.Invoke(ctx, event)
	if err != nil {
		return err
	}
	return show(result)
}

// read finds the function and its event: two names are a function and a file, else
// it is a call to be signed.
func read(root string, args []string) (function string, event []byte, err error) {
	if len(args) == 2 && !strings.Contains(args[1], "=") {
		event, err = os.ReadFile(args[1])
		return args[0], event, err
	}
	call, err := sample.Load(root, args[0], args[1:])
	if err != nil {
		return "", nil, err
	}
	event, err = call.Event(time.Now())
	return call.Function, event, err
}

// show prints the answer's body, and its status, if it has one, where people look
// for it.
func show(result functions.Result) error {
	if result.ErrorType != "" {
		return fmt.Errorf("%s: %s", result.ErrorType, result.Payload)
	}
	var envelope struct {
		StatusCode int    `json:"statusCode"`
		Body       string `json:"body"`
	}
	took := fmt.Sprintf("in %s, %d MB", result.Duration.Round(10*time.Microsecond), result.MemoryMB)
	if err := json.Unmarshal(result.Payload, &envelope); err != nil || envelope.StatusCode == 0 {
		fmt.Fprintln(os.Stderr, took)
		fmt.Println(string(result.Payload)) // no HTTP asked for it
		return nil
	}
	fmt.Fprintf(os.Stderr, "HTTP %d %s\n", envelope.StatusCode, took)
	fmt.Println(envelope.Body)
	return nil
}
