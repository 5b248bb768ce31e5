package upstream

import (
	"errors"
	"time"

	"aegis/shared/pop"
	"aegis/shared/sale"
)

// Refused is a definite refusal: this forward did nothing, and will do nothing.
type Refused struct {
	Answer error // for the caller: a *pop.Error, unless the fault is the operator's
	Cause  error // for the log

	// BeforeTokenCheck: the refusal came before the endpoint looked the token up, so
	// it says nothing about an earlier forward, which may have been sold.
	BeforeTokenCheck bool

	// OfForm: these parameters are refused whatever the account's state, before the
	// token is looked up.
	OfForm bool
}

// Error returns the caller's answer.
func (r *Refused) Error() string { return "the endpoint refused: " + r.Answer.Error() }

// Unwrap returns the caller's answer and the cause.
func (r *Refused) Unwrap() []error { return []error{r.Answer, r.Cause} }

// ErrTokenSold means that the endpoint has sold the token with other parameters than
// those forwarded now. It did nothing now, and did not name the order.
var ErrTokenSold = errors.New("the endpoint has sold this token with other parameters; a retry with those, or the endpoint's own list of orders, names the order")

// Processing refuses a duplicate of a call that is running. Its outcome is not
// known; After is how long it may take at most.
type Processing struct{ After time.Duration }

// Error implements error.
func (*Processing) Error() string { return "the same call is being processed" }

// Unwrap returns the caller's answer.
func (p *Processing) Unwrap() error { return pop.IdempotentProcessing(p.After) }

// summaryError maps a failed upstream query to the caller's error.
func summaryError(err error) error {
	var refused *Refused
	if errors.As(err, &refused) {
		return refused.Answer
	}
	return sale.Unavailable(err)
}
