package doctor

import (
	"fmt"
	"strings"
	"time"

	"aegis/scripts/internal/cloud"
	"aegis/shared/store"
)

// State is the outcome of a check.
type State string

// The outcomes of a check.
const (
	OK      State = "ok"
	Warning State = "warning" // as assumed, but not for long, or not quite
	Failed  State = "failed"  // not as assumed, or it could not be found out
	Skipped State = "skipped" // does not apply, or not yet
)

// Result is what a check found.
type Result struct {
	Name       string
	Assumption string
	State      State
	Seen       string // or why the check was skipped
	Mend       string // of a warning or a failure: what to do
	Took       time.Duration
}

// finding is the outcome of a check without its name.
type finding struct {
	state      State
	seen, mend string
}

func good(format string, args ...any) finding {
	return finding{state: OK, seen: fmt.Sprintf(format, args...)}
}

func skip(format string, args ...any) finding {
	return finding{state: Skipped, seen: fmt.Sprintf(format, args...)}
}

func bad(mend, format string, args ...any) finding {
	return finding{state: Failed, seen: fmt.Sprintf(format, args...), mend: mend}
}

func warn(mend, format string, args ...any) finding {
	return finding{state: Warning, seen: fmt.Sprintf(format, args...), mend: mend}
}

// failed is the finding of a request that failed. Where the reason is clear, its mend
// replaces the one given.
func failed(err error, mend string) finding {
	switch {
	case cloud.IsForbidden(err):
		mend = "attach the policy <DEPLOYMENT>-operator to the user whose key this is; " + mend
	case store.IsDeniedByNetwork(err):
		mend = "the store's network ACL refuses this machine: deploy with STORE_ACCESS=internet, or run the doctor in a network of the region"
	}
	return bad(mend, "%v", err)
}

// mostShown is how many differences one result shows.
const mostShown = 8

// list shows differences.
func list(wrong []string) string {
	if len(wrong) > mostShown {
		return fmt.Sprintf("%s; and %d more", strings.Join(wrong[:mostShown], "; "), len(wrong)-mostShown)
	}
	return strings.Join(wrong, "; ")
}
