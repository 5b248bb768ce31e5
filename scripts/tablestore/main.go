// Command tablestore runs the local Tablestore for any program that speaks to the real
// one. See go run ./scripts/tablestore -h.
package main

import (
	"runtime/debug"

	"aegis/scripts/internal/cli"
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
	cli.Main(program())
}

func program() cli.Program {
	return cli.Program{Name: "tablestore", Grammar: &server{}, Commands: []cli.Program{
		{Name: "verify", Grammar: &verify{}, About: `
Reads a whole data folder and says whether it is what was committed.

With -salvage it copies what is whole into a new folder and lists what is not. No server may use the folder.`},
		{Name: "snapshot", Grammar: &snapshot{}, About: `
Copies the data into snapshots/NAME of the data folder, of a running server too.

-server or -stack names the running server; without them the data folder must not be in use.`},
		{Name: "restore", Grammar: &restore{}, About: `
Puts a snapshot back. No server may use the data folder.`},
	}, About: `
Runs the local Tablestore for any program that speaks to the real one.

It prints "ready http://<listen>" on standard output once it serves, and runs until it is interrupted. GET / shows its state to
people, GET /metrics to Prometheus; GET /healthz answers 200 while requests are served. With -faults, /faults takes rules by which
it misbehaves, such as {"operation":"PutRow","nth":3,"effect":"drop-after"}.`}
}
