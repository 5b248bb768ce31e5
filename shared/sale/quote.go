package sale

import (
	"errors"
	"math"
	"time"
)

// Quote is what a sale would cost at a moment.
type Quote struct {
	Priced   bool // false: the command has no price, such as a renewal of no instance
	Original Fen  // at twelve months a year
	Trade    Fen  // what the order would charge
	Balance  Fen
	Expires  time.Time // the end of the term after the sale
	Refusal  *Refusal  // why the sale would be refused; nil: it would be made
}

// QuoteOf returns what a command would cost an account. A refusal that depends on the
// account is part of the quote. The error is a *Refusal of form.
func QuoteOf(c Command, catalogue Catalogue, a Account, now time.Time) (Quote, error) {
	q := Quote{Balance: a.Balance}
	at := DecideContext{Now: now, OrderID: "quote", InstanceID: "quote"}

	_, err := c.Decide(catalogue, a, at)
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		if refusal.OfForm() {
			return Quote{}, refusal
		}
		q.Refusal = refusal
	}

	if d, err := c.Decide(catalogue, a.willing(c), at); err == nil {
		q.Priced = true
		q.Trade = d.Order.Amount
		q.Original = original(c, q.Trade)
		q.Expires = d.Order.Expires
	}
	return q, nil
}

// willing returns the account without what keeps it from paying, so that a sale has a
// price even if it would be refused.
func (a Account) willing(c Command) Account {
	a.Verified = true
	a.Balance = math.MaxInt64
	switch c := c.(type) {
	case Create:
		a.Instance = nil
	case Renew:
		a.Machines = c.VmNumber
	}
	return a
}

// original returns the price without the discount of a year, which costs ten months. An
// upgrade has no discount of its own.
func original(c Command, trade Fen) Fen {
	term := Term{}
	switch c := c.(type) {
	case Create:
		term = c.Term
	case Renew:
		term = c.Term
	}
	if term.Cycle == Year {
		return trade / 10 * 12
	}
	return trade
}
