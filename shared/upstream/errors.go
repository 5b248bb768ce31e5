package upstream

import (
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"

	"aegis/shared/ledger"
	"aegis/shared/pop"
)

// Refused is an endpoint's definite no: it has done nothing.
type Refused struct {
	Answer error // what the caller is told: a *pop.Error, unless the fault is the operator's
	Cause  error // what the SDK said

	// Unjudged: it refused before it looked at the token, so that says nothing of
	// an earlier forward, which may have been sold.
	Unjudged bool
}

// Error tells the refusal.
func (r *Refused) Error() string { return "the endpoint refused: " + r.Answer.Error() }

// Unwrap are the caller's answer and the SDK's error.
func (r *Refused) Unwrap() []error { return []error{r.Answer, r.Cause} }

// Processing refuses a duplicate of a call that is under way. Nothing is known
// of how that ends; After is how long it may take at most.
type Processing struct{ After time.Duration }

// Error says so.
func (*Processing) Error() string { return "the same call is being processed" }

// Unwrap is the caller's answer.
func (p *Processing) Unwrap() error { return pop.IdempotentProcessing(p.After) }

// classify makes a *Refused of what the SDK reports as a definite no.
func classify(err error) error {
	var answer *sdk.ServerError
	if !errors.As(err, &answer) || answer.HttpStatus() < 400 || answer.HttpStatus() >= 500 {
		return fmt.Errorf("forward: %w", err)
	}
	code := answer.ErrorCode()
	switch {
	case code == "IdempotentProcessing", code == "SignatureNonceUsed":
		// An earlier copy of this very request is at it, or was.
		return fmt.Errorf("forward: %w", err)
	case strings.HasPrefix(code, "Throttling"):
		e := pop.New(code, answer.HttpStatus(), answer.Message())
		e.RetryAfter = time.Second
		return &Refused{Answer: e, Cause: err, Unjudged: true}
	case operators(code):
		return &Refused{Answer: fmt.Errorf("the endpoint does not accept our own key or clock: %s", code), Cause: err, Unjudged: true}
	}
	return &Refused{Answer: pop.New(code, answer.HttpStatus(), answer.Message()), Cause: err, Unjudged: formal(code)}
}

// formal are refusals of a request's form, which may come before the token is
// looked at.
func formal(code string) bool {
	return strings.HasPrefix(code, "Missing") || strings.HasPrefix(code, "InvalidParameter") || strings.HasPrefix(code, "InvalidVersion") ||
		strings.HasPrefix(code, "InvalidAction") || code == "UnsupportedHTTPMethod" || strings.HasPrefix(code, "Forbidden")
}

// operators are the refusals that are the operator's to mend, not the caller's.
func operators(code string) bool {
	for _, prefix := range []string{"InvalidAccessKeyId", "SignatureDoesNotMatch", "IncompleteSignature", "InvalidTimeStamp", "InvalidSecurityToken", "MissingSecurityToken", "Forbidden.AccessKey"} {
		if strings.HasPrefix(code, prefix) {
			return true
		}
	}
	return false
}

// forward is what a caller is told of a question that came back with an error.
func forward(err error) error {
	var refused *Refused
	if errors.As(err, &refused) {
		return refused.Answer
	}
	return ledger.Unavailable(err)
}
