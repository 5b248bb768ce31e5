package proof

import (
	"errors"
	"fmt"

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

func readFaults() []fault { return []fault{throttled, crashBefore} }

func forwardFaults() []fault {
	return []fault{throttled, crashBefore, crashAfter, lostBefore, lostAfter, arrivesLate}
}

func writeFaults() []fault {
	return []fault{throttled, crashBefore, crashAfter, lostBefore, lostAfter, arrivesLate, falseFailure}
}

// errDead ends everything that a crashed caller still does.
var errDead = errors.New("the caller has crashed")

func busy() error { return fmt.Errorf("simulated: %w", store.ErrNotApplied) }
func lost() error { return fmt.Errorf("simulated: %w", store.ErrUnknown) }
