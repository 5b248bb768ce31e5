// Tablestore runs the local Tablestore for any program that speaks to the real
// one.
//
//	go run ./scripts/tablestore [-listen 127.0.0.1:8087] [-data DIR | -memory] [-instance name=ak:sk]… [-faults]
//
// It prints one line, "ready http://<listen>", on stdout once it serves, and
// runs until it is interrupted. GET / shows its state to people, GET /metrics
// to Prometheus. With -faults, /faults takes rules by which it misbehaves:
//
//	curl -H 'Content-Type: application/json' -d '{"operation":"PutRow","nth":3,"effect":"drop-after"}' http://127.0.0.1:8087/faults
//
// A busy port, an unwritable or already used data folder each get one line on
// stderr and exit status 1.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// gcPercent lets garbage grow to a multiple of the live heap, which is only a
// few megabytes: the collector would run a hundred times a second otherwise.
const gcPercent = 800

func main() {
	debug.SetGCPercent(gcPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "tablestore:", err)
		os.Exit(1)
	}
}
