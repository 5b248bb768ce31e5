package sale

import (
	"errors"
	"time"
)

// MaxPage is the most orders that one page of a query has.
const MaxPage = 100

// ErrNoOrder: the owner has no order of this id.
var ErrNoOrder = errors.New("no such order")

// ErrElsewhere: only the endpoint that sells could answer the query.
var ErrElsewhere = errors.New("the endpoint that sells keeps what was asked for")

// PlacedOrder is an order as a query answers it.
type PlacedOrder struct {
	Order
	Token string // the ClientToken; "" or a derived one if the caller sent none
	Brief bool   // from the token alone: only ID, Operation, InstanceID and At are known
}

// OrderQuery asks for orders of one owner. Zero fields do not filter.
type OrderQuery struct {
	Token      string // tells also what became of the token
	OrderID    string
	InstanceID string
	Channel    Channel
	From, To   time.Time // of At; To is exclusive
	Start      string    // where the page starts, as returned in Next
	Limit      int       // 1 to MaxPage
}

// Matches reports whether an order passes the filters.
func (q OrderQuery) Matches(o PlacedOrder) bool {
	switch {
	case q.Token != "" && q.Token != o.Token,
		q.OrderID != "" && q.OrderID != o.ID,
		q.InstanceID != "" && q.InstanceID != o.InstanceID,
		q.Channel != "" && q.Channel != o.Channel && !o.Brief,
		!q.From.IsZero() && o.At.Before(q.From),
		!q.To.IsZero() && !o.At.Before(q.To):
		return false
	}
	return true
}

// OrderPage is a page of orders, newest first.
type OrderPage struct {
	Orders []PlacedOrder
	Next   string       // "" after the last page
	Token  *TokenStatus // of a query with a Token
}

// TokenState says what became of a token.
type TokenState string

const (
	Sold    TokenState = "Sold"
	Pending TokenState = "Pending" // it has been forwarded, and the outcome is not recorded
	Unsold  TokenState = "Unsold"  // a call that is still running may sell it
)

// TokenStatus is what became of a ClientToken.
type TokenStatus struct {
	State   TokenState
	Since   time.Time // of Pending: when it was first forwarded
	RetryAt time.Time // of Pending: from when on the same call finds the outcome out
}
