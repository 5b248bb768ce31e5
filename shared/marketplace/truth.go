package marketplace

import (
	"context"
	"time"
)

// Truth returns the marketplace's own records. Notifications carry neither date nor
// number, so the marketplace is asked before a paid term is shortened. Package
// marketapi implements it.
type Truth interface {
	// Instance returns what the buyer is entitled to.
	Instance(ctx context.Context, instanceID string) (Entitlement, error)
	// Paid reports whether an order is paid.
	Paid(ctx context.Context, orderID string) (bool, error)
}

// Entitlement is the marketplace's record of an instance.
type Entitlement struct {
	Status  Status
	Ends    time.Time // zero: not given
	Trial   bool
	OrderID string // of the creation
}

// Status is the state of an instance (DescribeInstanceForIsv, Status).
type Status string

const (
	Opening Status = "OPENING"
	Opened  Status = "OPENED"
	Expired Status = "EXPIRED"
	Closed  Status = "CLOSED"
)

// open reports whether the buyer is entitled to use the instance at a moment.
func (e Entitlement) open(now time.Time) bool {
	return (e.Status == Opened || e.Status == Opening) && (e.Ends.IsZero() || now.Before(e.Ends.Add(-tolerance)))
}

// tolerance is the allowed difference between the marketplace's clock and ours.
const tolerance = time.Hour
