package simulation

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"aegis/shared/store"
)

// fault is what happens to a request at the gate.
type fault int

const (
	pass         fault = iota
	throttled          // refused as busy: not applied
	crashBefore        // the caller dies, the request was never sent
	crashAfter         // the caller dies, the request was applied
	lostBefore         // broken connection, nothing was applied
	lostAfter          // broken connection, it was applied
	arrivesLate        // broken connection, it may be applied at any later time
	falseFailure       // applied, and reported as a failed condition: what a resending SDK makes of lostAfter
)

// String names a fault in traces and tables.
func (f fault) String() string {
	return [...]string{"passes", "throttled", "crash before", "crash after", "lost before", "lost after", "arrives late", "false failure"}[f]
}

// risk says how many of the faults, in their order, can happen to a request.
type risk int

const (
	none       risk = 0
	ofReads         = risk(crashBefore)
	ofForwards      = risk(arrivesLate)
	ofCommits       = risk(falseFailure)
)

// draw picks one of them.
func (r risk) draw(rng *rand.Rand) fault { return fault(1 + rng.IntN(int(r))) }

// errDead ends everything that a crashed caller still does.
var errDead = errors.New("the caller has crashed")

// The store's own errors, as the simulation's faults tell them.
var (
	errThrottled = fmt.Errorf("simulated: %w", store.ErrNotApplied)
	errLost      = fmt.Errorf("simulated: %w", store.ErrUnknown)
)
