// Command invoke runs one function's real binary on one call of events/ and
// prints its answer:
//
//	go run ./scripts/invoke createinstance [Name=value …]
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
		return errors.New("usage: go run ./scripts/invoke NAME|FILE [Parameter=value …]")
	}
	root, err := local.ModuleRoot()
	if err != nil {
		return err
	}
	call, err := sample.Load(root, args[0], args[1:])
	if err != nil {
		return err
	}
	event, err := call.Event(time.Now())
	if err != nil {
		return err
	}
	bench, err := local.OneFunction(ctx, local.OneConfig{Function: call.Function, Data: ".local", Getenv: os.Getenv, Logs: os.Stderr})
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

// show prints the answer's body, and its status where people look for it.
func show(result functions.Result) error {
	if result.ErrorType != "" {
		return fmt.Errorf("%s: %s", result.ErrorType, result.Payload)
	}
	var envelope struct {
		StatusCode int    `json:"statusCode"`
		Body       string `json:"body"`
	}
	if err := json.Unmarshal(result.Payload, &envelope); err != nil {
		return fmt.Errorf("the function's answer is no envelope: %s", result.Payload)
	}
	fmt.Fprintf(os.Stderr, "HTTP %d in %s, %d MB\n", envelope.StatusCode, result.Duration.Round(10*time.Microsecond), result.MemoryMB)
	fmt.Println(envelope.Body)
	return nil
}
