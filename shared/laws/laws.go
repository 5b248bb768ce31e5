// Package laws audits the books of one owner from what was paid, by whom, and what was
// delivered for it. It is an oracle: it imports none of the code that it judges, and
// follows value instead of repeating rules (DESIGN: authority, conservation of paid
// time, every fen has an order). It judges simulated runs, chaos runs and, as "admin
// audit", a real store.
//
// The laws, over all orders of an owner in the order of their commits:
//
//   - every fen has an order: what was paid in is the sum of all credits, the balance is
//     that less all charges, and every credit names its reference or reason;
//   - one token, one order: no token has two, and none but an opening order has none;
//   - one authority: an instance is changed by the channel that sold it, by an operator,
//     and by the timer at the end of its term;
//   - paid time is conserved: every order continues from the term that the one before it
//     left; time is added only by an order that was paid for it, no more than it bought,
//     and taken only by a correction, a release, or a refund. A refund that nobody
//     confirmed undoes the last renewal, once;
//   - nothing freezes while paid: the API and the timer expire and release only what is
//     over;
//   - what an order says of the instance is what the account has after the last one.
package laws

import (
	"fmt"
	"slices"
	"time"
)

// Order is an order as it is stored.
type Order struct {
	ID, Token, Operation, Channel, Instance, Reason string
	Rev                                             int64 // of the account, after the commit
	Amount, Credit                                  int64 // fen
	Edition, Machines                               int   // of the instance after it
	At, Expires                                     time.Time

	// What its token says was bought; zero: it says nothing.
	Longest time.Duration // the most time that the term has in any calendar
	Until   time.Time     // the end that the marketplace gave it
}

// Account is an account as it is stored.
type Account struct {
	Deposited, Balance int64 // fen
	Instance           string
	Channel            string // that sold the instance
	Edition, Machines  int
	Expires            time.Time
}

// Prices are the monthly prices in fen by edition, to judge what was paid for time.
// Without an edition its time is not judged.
type Prices map[int]int64

// Audit returns the violations in an owner's books, none if the books are right.
func Audit(a Account, orders []Order, prices Prices) []error {
	orders = slices.Clone(orders)
	slices.SortStableFunc(orders, func(x, y Order) int {
		if x.Rev != y.Rev {
			return int(x.Rev - y.Rev)
		}
		return sequence(x) - sequence(y)
	})

	j := &judge{prices: prices, terms: map[string]*term{}, tokens: map[string]string{}}
	for _, o := range orders {
		j.order(o)
	}
	j.account(a)
	return j.wrong
}

// sequence returns the rank of an order among those committed together: a deposit
// first, then a release that makes room, then the rest.
func sequence(o Order) int {
	switch {
	case o.Credit != 0:
		return 0
	case o.Operation == "ReleaseInstance":
		return 1
	}
	return 2
}

type judge struct {
	prices         Prices
	terms          map[string]*term
	tokens         map[string]string
	credit, amount int64
	live           string
	wrong          []error
}

func (j *judge) broken(o Order, format string, args ...any) {
	j.wrong = append(j.wrong, fmt.Errorf("order %s (%s): %s", o.ID, o.Operation, fmt.Sprintf(format, args...)))
}

func (j *judge) order(o Order) {
	j.credit += o.Credit
	j.amount += o.Amount
	j.money(o)
	j.token(o)
	if o.Instance != "" {
		j.instance(o)
	}
}

func (j *judge) money(o Order) {
	switch {
	case o.Amount < 0:
		j.broken(o, "it charges %d fen", o.Amount)
	case o.Credit != 0 && o.Reason == "":
		j.broken(o, "it credits %d fen without a reference or reason", o.Credit)
	case o.Channel == "market" && o.Amount != 0:
		j.broken(o, "it was paid at the marketplace and charges %d fen", o.Amount)
	case o.Channel == "operator" && o.Operation != "SetMachineNumber" && o.Reason == "":
		j.broken(o, "an operator gave no reason")
	}
}

func (j *judge) token(o Order) {
	if o.Token == "" {
		if o.Credit == 0 {
			j.broken(o, "it has no token")
		}
		return
	}
	if other, twice := j.tokens[o.Token]; twice {
		j.broken(o, "its token %q is that of order %s", o.Token, other)
	}

	j.tokens[o.Token] = o.ID
}

func (j *judge) instance(o Order) {
	t, known := j.terms[o.Instance]
	if o.Operation == "CreateInstance" {
		j.create(o, known)
		return
	}

	if !known || t.released {
		j.broken(o, "instance %s is not live", o.Instance)
		return
	}

	j.authority(o, t)
	j.change(o, t)
	t.edition = o.Edition
	t.machines = o.Machines
	t.last = o.ID
	t.ends = o.Expires
}

// authority checks who may act on an instance: its own channel, an operator, and the
// timer, which renews for the API and expires and releases for both.
func (j *judge) authority(o Order, t *term) {
	switch {
	case o.Operation == "AdoptInstance" && o.Channel == "operator":
		t.channel = map[string]string{"api": "market", "market": "api"}[t.channel]
	case o.Channel == t.channel, o.Channel == "operator":
	case o.Channel == "timer" && (o.Operation == "ExpireInstance" || o.Operation == "ReleaseInstance"):
	case o.Channel == "timer" && o.Operation == "RenewInstance" && t.channel == "api":
	default:
		j.broken(o, "channel %s acts on instance %s of channel %s", o.Channel, o.Instance, t.channel)
	}
}

// account compares the account with the result of its orders.
func (j *judge) account(a Account) {
	wrong := func(format string, args ...any) {
		j.wrong = append(j.wrong, fmt.Errorf("the account: "+format, args...))
	}
	if a.Deposited != j.credit {
		wrong("%d fen were paid in, and the orders credit %d", a.Deposited, j.credit)
	}
	if a.Balance != j.credit-j.amount {
		wrong("the balance is %d fen, and the orders lead to %d", a.Balance, j.credit-j.amount)
	}
	if a.Instance != j.live {
		wrong("its instance is %q, and the orders lead to %q", a.Instance, j.live)
		return
	}

	if t := j.terms[j.live]; t != nil {
		if !a.Expires.Equal(t.ends) || a.Edition != t.edition || a.Machines != t.machines || a.Channel != t.channel {
			wrong("instance %s is %s edition %d for %d until %s, and order %s left %s edition %d for %d until %s", a.Instance,
				a.Channel, a.Edition, a.Machines, a.Expires, t.last, t.channel, t.edition, t.machines, t.ends)
		}
	}
}
