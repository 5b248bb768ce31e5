package ledger

import (
	"errors"
	"strings"

	"aegis/shared/sale"
)

var (
	// ErrNoAccount: the owner has no account here. Nothing was done.
	ErrNoAccount = errors.New("the owner has no account")
	// ErrConflict: other calls on the same account kept getting in first.
	// Nothing was done.
	ErrConflict = errors.New("too many concurrent changes of one account")
	// ErrUnavailable: the store failed or the time ran out. The sale may have
	// been made; the same call again, with the same token, finds out.
	ErrUnavailable = errors.New("the outcome is not known yet")
)

// Mismatch refuses a token that has been used for another purchase. Nothing
// was done now, and nothing ever will be for this token and these parameters.
type Mismatch struct {
	Parameters []string // the names of those that differ; Action if the operation does
}

// Error names the parameters.
func (m *Mismatch) Error() string {
	return "the token has been used with other parameters: " + strings.Join(m.Parameters, ", ")
}

// Unavailable is an ErrUnavailable with its cause.
func Unavailable(cause error) error { return &undecided{cause} }

type undecided struct{ cause error }

func (u *undecided) Error() string   { return ErrUnavailable.Error() + ": " + u.cause.Error() }
func (u *undecided) Unwrap() []error { return []error{ErrUnavailable, u.cause} }

// Failed adds to an error which purchase it ended. The text is made when somebody
// reads it: a refusal is an answer, and most are never read as an error.
func (p Purchase) Failed(err error) error {
	return &failed{p.Command.Operation(), p.Owner, err}
}

type failed struct {
	operation sale.Operation
	owner     string
	cause     error
}

func (f *failed) Error() string {
	return string(f.operation) + " for owner " + f.owner + ": " + f.cause.Error()
}

func (f *failed) Unwrap() error { return f.cause }
