package laws

import (
	"fmt"
	"slices"
	"time"
)

// Paid is an order that a buyer paid at the marketplace, by the marketplace's books.
type Paid struct {
	ID, Instance string
	Token        string    // of the order that does it
	Until        time.Time // of a renewal: the end that it bought
	Edition      int       // of an upgrade
}

// Sold returns the paid orders that are lost: neither effective (an order has the
// token), nor superseded by a named order that grants as much, nor held. held has the ids
// of the orders that wait as letters.
func Sold(paid []Paid, orders []Order, held map[string]bool) (wrong []error) {
	for _, p := range paid {
		if held[p.ID] || slices.ContainsFunc(orders, p.grantedBy) {
			continue
		}
		wrong = append(wrong, fmt.Errorf("order %s of the marketplace, paid for instance %s, is neither effective nor superseded nor held", p.ID, p.Instance))
	}
	return wrong
}

func (p Paid) grantedBy(o Order) bool {
	if o.Token == p.Token {
		return true
	}
	if o.Instance != p.Instance {
		return false
	}
	return !p.Until.IsZero() && !o.Expires.Before(p.Until) || p.Edition > 0 && o.Edition >= p.Edition
}
