// Tablestore runs the local Tablestore for any program that speaks to the real
// one.
//
//	go run ./scripts/tablestore [-listen 127.0.0.1:8087] [-data DIR | -memory] [-instance name=ak:sk]… [-faults] [-local-transactions]
//	go run ./scripts/tablestore verify   [-data DIR] [-salvage NEW]
//	go run ./scripts/tablestore snapshot [-data DIR | -server URL] NAME
//	go run ./scripts/tablestore restore  [-data DIR] NAME
//
// It prints one line, "ready http://<listen>", on stdout once it serves, and
// runs until it is interrupted. GET / shows its state to people, GET /metrics
// to Prometheus. With -faults, /faults takes rules by which it misbehaves:
//
//	curl -H 'Content-Type: application/json' -d '{"operation":"PutRow","nth":3,"effect":"drop-after"}' http://127.0.0.1:8087/faults
//
// Verify reads the whole data folder and says whether it is what was committed;
// with -salvage it copies what is whole into a new folder and lists what is not.
// Snapshot copies the data into snapshots/NAME of the data folder, of a running
// server too; restore puts it back. GET /healthz answers 200 while requests are
// served.
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

// memoryLimit has the collector run more often instead when there is unusually
// much: a burst of large requests.
const memoryLimit = 64 << 20

func main() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "tablestore:", err)
		os.Exit(1)
	}
}
