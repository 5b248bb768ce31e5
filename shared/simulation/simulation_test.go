package simulation_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"aegis/shared/simulation"
)

// go run ./scripts/simulate sets them.
var (
	seeds = flag.Uint64("seeds", 2000, "how many runs to simulate")
	first = flag.Uint64("first", 1, "the first seed")
	mode  = flag.String("mode", "", "of -who: callers, reseller or roads; all if it is empty")
	who   = flag.Bool("who", false, "print who catches what is broken, at which seed, and go on")
)

// TestMain runs the simulation on one thread: in a bubble one goroutine runs at a time, and
// handing it over to another thread costs half as much again. Its garbage is small.
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(1000)
	os.Exit(m.Run())
}

// company is how many seeds run in one bubble.
const company = 128

// run makes the runs of some seeds in a bubble of their own.
func run(t *testing.T, s simulation.Simulator, first, n uint64, trace bool) (report simulation.Report, err error) {
	synctest.Test(t, func(*testing.T) { report, err = s.Run(first, n, trace) })
	return report, err
}

func TestNoScheduleBreaksThePromise(t *testing.T) {
	simulate(t, simulation.NewSimulator(false))
}

func TestNoScheduleBreaksThePromiseOfAReseller(t *testing.T) {
	simulate(t, simulation.NewSimulator(true))
}

func TestNoScheduleBreaksThePromiseWhereAllRoadsMeet(t *testing.T) {
	s := simulation.NewSimulator(false)
	s.Roads = true
	met := simulate(t, s)
	fmt.Print(met)
	if *seeds >= enough {
		require.Empty(t, met.Missing(), "what never met proves nothing")
	}
}

// enough seeds that everything must have occurred.
const enough = 2000

func simulate(t *testing.T, s simulation.Simulator) simulation.Met {
	var total simulation.Report
	for total.Runs < *seeds {
		report, err := run(t, s, *first+total.Runs, min(company, *seeds-total.Runs), false)
		total.Add(report)
		if undecided, ok := errors.AsType[*simulation.Undecided](err); ok {
			err = undecided.Search()
		}
		if broken, ok := errors.AsType[*simulation.Broken](err); ok {
			again, _ := run(t, s, broken.Seed, 1, true)
			t.Fatalf("%v\n%s\nthe same again: go run ./scripts/simulate -first %d -seeds 1", err, again.Trace, broken.Seed)
		}
		require.NoError(t, err)
	}
	fmt.Printf("simulated %d runs: %d steps, %d calls, %d orders; nothing broken\n", *seeds, total.Steps, total.Calls, total.Orders)
	require.GreaterOrEqual(t, uint64(total.Orders), *seeds, "too few orders to prove anything")
	return total.Met
}

// TestWhoCatchesIt prints the first seed at which each checker finds something. It is run
// on mutants: see TestEachMutantIsCaughtByWhoMustCatchIt.
func TestWhoCatchesIt(t *testing.T) {
	if !*who {
		t.Skip("-who asks for it")
	}
	for _, name := range []string{"callers", "reseller", "roads"} { // of two that find it at one seed, the first is noted
		s := simulation.NewSimulator(name == "reseller")
		if *mode != "" && name != *mode {
			continue
		}
		s.Roads = name == "roads"
		for next := *first; next < *first+*seeds; {
			report, err := run(t, s, next, min(company, *first+*seeds-next), false)
			next += report.Runs
			if undecided, ok := errors.AsType[*simulation.Undecided](err); ok {
				err = undecided.Search()
			}
			if broken, ok := errors.AsType[*simulation.Broken](err); ok {
				fmt.Printf("caught %s %s %d\n", name, broken.By, broken.Seed)
				s.Skip = append(s.Skip, broken.By)
				next = broken.Seed
			}
		}
	}
}

func TestTheSameSeedGivesTheSameRunAloneAndInCompany(t *testing.T) {
	for _, mode := range []string{"callers", "reseller", "roads"} {
		s := simulation.NewSimulator(mode == "reseller")
		s.Roads = mode == "roads"
		together, err := run(t, s, 1, 40, true)
		require.NoError(t, err)
		rest := together.Trace
		for seed := range uint64(40) {
			alone, err := run(t, s, 1+seed, 1, true)
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(rest, alone.Trace), "seed %d:\n%s\nand in company\n%s", 1+seed, alone.Trace, rest)
			rest = rest[len(alone.Trace):]
		}
		require.Empty(t, rest)
	}
}
