package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Check is one assumption about a deployment.
type Check struct {
	Name       string
	Assumption string
	Local      bool // also of a local stack
	look       func(context.Context, *exam) finding
}

// Checks returns all checks in the order in which they run.
func Checks() []Check {
	return []Check{
		{"account", "the key is one of the account that was deployed to", false, checkAccount},
		{"clock", "this machine's clock is right: signatures are refused after 15 minutes", true, checkClock},
		{"instance", "the store is HighPerformance and its network ACL is as STORE_ACCESS says", false, checkInstance},
		{"access", "the store's public endpoint is open or closed as STORE_ACCESS says", false, checkAccess},
		{"schema", "every table and index is as the code has it", true, checkSchema},
		{"atomic", "a batch applies nothing if one of its conditions fails", true, checkAtomic},
		{"index", "an index follows its table soon", true, checkIndex},
		{"ttl", "rows go when their TTL is over", true, checkTTL},
		{"roles", "each role may do what its document says and nothing else", false, checkRoles},
		{"functions", "every function is as s.yaml says", false, checkFunctions},
		{"triggers", "every trigger is as s.yaml says", false, checkTriggers},
		{"work", "the functions' roles can do the functions' work", true, checkWork},
		{"routes", "each route leads to its function, takes both signatures, and refuses a wrong one", true, checkRoutes},
		{"queues", "both queues are as the foundation makes them", false, checkQueues},
		{"stream", "the stream from the order queue to marketorders runs", false, checkStream},
		{"queue", "a message of the order queue reaches marketorders", true, checkQueue},
		{"dead", "the dead-letter queue is empty", false, checkDead},
		{"logs", "a call's line arrives in the log", false, checkLogs},
		{"timer", "the timer is set and has run", false, checkTimer},
		{"domain", "the domain leads here, with a certificate that stays valid", false, checkDomain},
		{"gateway", "every route of the gateway is published", false, checkGateway},
	}
}

// Names returns the names of all checks.
func Names() []string {
	var names []string
	for _, c := range Checks() {
		names = append(names, c.Name)
	}
	return names
}

// Choose returns the checks of these names, in the order in which they run; none: all.
func Choose(names ...string) ([]Check, error) {
	for _, name := range names {
		if !slices.Contains(Names(), name) {
			return nil, fmt.Errorf("there is no check %q: they are %s", name, strings.Join(Names(), ", "))
		}
	}
	if len(names) == 0 {
		return Checks(), nil
	}
	return slices.DeleteFunc(Checks(), func(c Check) bool { return !slices.Contains(names, c.Name) }), nil
}

// Run makes checks and passes each result on when it is known. It reports whether none
// failed. After the context's end it returns the context's error.
func Run(ctx context.Context, t Target, checks []Check, each func(Result)) (healthy bool, err error) {
	e := &exam{Target: t, id: "doctor-" + t.NewID()}
	healthy = true
	for _, c := range checks {
		result := e.make(ctx, c)
		if err := ctx.Err(); err != nil {
			return false, fmt.Errorf("check %s: %w", c.Name, err)
		}
		healthy = healthy && result.State != Failed
		each(result)
	}
	return healthy, nil
}

func (e *exam) make(ctx context.Context, c Check) Result {
	began := e.Clock()
	f := e.look(ctx, c)
	return Result{Name: c.Name, Assumption: c.Assumption, State: f.state, Seen: f.seen, Mend: f.mend, Took: e.Clock().Sub(began)}
}

// look makes a check, once the account is known that others name.
func (e *exam) look(ctx context.Context, c Check) finding {
	if e.Local && !c.Local {
		return skip("a local stack has no control plane")
	}
	if !e.Local && e.account == "" {
		if err := e.identify(ctx); err != nil {
			return failed(err, mendAccount)
		}
	}
	return c.look(ctx, e)
}
