package sale

import (
	"errors"
	"fmt"
	"strings"
)

// Purchase is one call to sell something.
type Purchase struct {
	Owner   string
	Token   string // the ClientToken; each owner has tokens of its own
	Caller  string // the access key, noted in the order
	Command Command
	Limits
	Budget Budget // of the caller's key; nil: any amount
}

// Receipt is the answer to a purchase, the first time and every time after.
type Receipt struct {
	OrderID    string
	InstanceID string
	Replayed   bool // the token had been sold before this call
	Charged    Fen  // to the balance, by this call
}

var (
	// ErrNoAccount: the owner has no account here. Nothing was done.
	ErrNoAccount = errors.New("the owner has no account")
	// ErrConflict: other calls on the same account kept getting in first.
	// Nothing was done.
	ErrConflict = errors.New("too many concurrent changes of one account")
	// ErrUnavailable: the store or the endpoint failed, or the time ran out. The sale
	// may have been made; the same call again, with the same token, finds out.
	ErrUnavailable = errors.New("the outcome is not known yet")
	// ErrNoToken: the token has not been sold. It may still be, by a call under way.
	ErrNoToken = errors.New("the token has not been sold")
)

// Unavailable returns an ErrUnavailable with its cause.
func Unavailable(cause error) error { return fmt.Errorf("%w: %w", ErrUnavailable, cause) }

// Mismatch refuses a token that has been used for another purchase. Nothing was done
// now, and nothing ever will be for this token and these parameters.
type Mismatch struct {
	Parameters []string // the names of those that differ; Action if the operation does
}

// Error names the parameters.
func (m *Mismatch) Error() string {
	return "the token has been used with other parameters: " + strings.Join(m.Parameters, ", ")
}

// Failed returns an error that names the purchase that it ended.
func (p Purchase) Failed(err error) error {
	return fmt.Errorf("%s for owner %s: %w", p.Command.Operation(), p.Owner, err)
}
