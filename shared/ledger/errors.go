package ledger

import (
	"errors"
	"fmt"
	"strings"
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

func unavailable(err error) error {
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
