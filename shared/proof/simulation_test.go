package proof_test

import (
	"flag"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"aegis/shared/proof"
)

// go run ./scripts/simulate sets them.
var (
	seeds = flag.Uint64("seeds", 2000, "how many runs to simulate")
	first = flag.Uint64("first", 1, "the first seed")
)

// run makes the run of one seed in a bubble of its own.
func run(t *testing.T, s proof.Simulator, seed uint64, trace bool) (report proof.Report, err error) {
	synctest.Test(t, func(*testing.T) { report, err = s.Run(seed, trace) })
	return report, err
}

func TestNoScheduleBreaksThePromise(t *testing.T) {
	simulate(t, proof.NewSimulator(false))
}

func TestNoScheduleBreaksThePromiseOfAReseller(t *testing.T) {
	simulate(t, proof.NewSimulator(true))
}

func simulate(t *testing.T, s proof.Simulator) {
	var total proof.Report
	for seed := *first; seed < *first+*seeds; seed++ {
		report, err := run(t, s, seed, false)
		if err != nil {
			again, _ := run(t, s, seed, true)
			t.Fatalf("seed %d: %v\n%s\nthe same again: go run ./scripts/simulate -first %d -seeds 1", seed, err, again.Trace, seed)
		}
		total.Steps, total.Calls, total.Orders = total.Steps+report.Steps, total.Calls+report.Calls, total.Orders+report.Orders
	}
	fmt.Printf("simulated %d runs: %d steps, %d calls, %d orders; nothing broken\n", *seeds, total.Steps, total.Calls, total.Orders)
	require.GreaterOrEqual(t, uint64(total.Orders), *seeds, "too few orders to prove anything")
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	for seed := range uint64(40) {
		s := proof.NewSimulator(seed%2 == 1)
		once, err := run(t, s, seed, true)
		require.NoError(t, err)
		again, err := run(t, s, seed, true)
		require.NoError(t, err)
		require.True(t, once.Trace == again.Trace, "seed %d:\n%s\nand then\n%s", seed, once.Trace, again.Trace)
	}
}
