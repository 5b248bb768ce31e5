package simulation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/tokenrow"
)

// Checker is one way of judging a run.
type Checker string

const (
	Liveness  Checker = "liveness"  // the last call of each token, undisturbed, has an answer
	Laws      Checker = "laws"      // package laws: value is conserved
	Books     Checker = "books"     // the marketplace's books agree with ours
	Refusals  Checker = "refusals"  // a refusal is a sale that is never made
	Decisions Checker = "decisions" // each commit is what package sale decides again
	Order     Checker = "order"     // some order of events explains all answers
)

// Checkers lists all, in the order in which they judge. The first four know no rule of
// package sale.
func Checkers() []Checker { return []Checker{Liveness, Laws, Books, Refusals, Decisions, Order} }

// judge asks every checker. A history that is not explained by the order in which it was
// written is undecided: see Undecided.
func (w *World) judge() error {
	for _, c := range Checkers() {
		if w.skip[c] {
			continue
		}
		if c == Order {
			return w.inOrder()
		}
		if err := w.check(c); err != nil {
			return w.broken(c, err)
		}
	}
	return nil
}

func (w *World) check(c Checker) error {
	if c == Liveness {
		return w.answered()
	}
	for _, b := range w.histories {
		if err := w.checkBook(c, b); err != nil {
			return fmt.Errorf("owner %s: %w", b.owner, err)
		}
	}
	return nil
}

func (w *World) answered() error {
	for _, j := range w.failed {
		return fmt.Errorf("token %s of owner %s: its last call, undisturbed, ended without an answer", j.token, j.owner)
	}
	return nil
}

func (w *World) checkBook(c Checker, b *history) error {
	switch c {
	case Laws:
		return w.lawful(b)
	case Books:
		return w.booksAgree(b)
	case Refusals:
		return w.refusalsHold(b)
	default:
		return w.decisions(b)
	}
}

func (w *World) inOrder() error {
	for _, b := range w.histories {
		if !w.inWrittenOrder(b) {
			return &Undecided{w}
		}
	}
	return nil
}

// broken names what a run broke. A trace ends with the orders and tokens of each owner.
func (w *World) broken(by Checker, how error) error {
	if w.trace != nil {
		for _, b := range w.histories {
			w.noteOrders(b)
		}
	}
	return &Broken{w.seed, by, how}
}

func (w *World) noteOrders(b *history) {
	orders, _, err := w.reader.Orders(context.Background(), b.owner, "", 1000)
	fmt.Fprintln(w.trace, "orders of owner", b.owner, err)
	for _, o := range orders {
		fmt.Fprintf(w.trace, "%d %s %s %s %s %d×%d until %s, %s, %q, token %s\n", o.Rev, o.ID, o.Operation, o.Channel, o.InstanceID,
			o.VersionCode, o.VmNumber, o.Expires.Format(time.DateTime), o.Amount, o.Reason, o.Token)
	}
}

// Undecided is a run of which an order of events has still to be searched.
type Undecided struct{ world *World }

// Error says so.
func (u *Undecided) Error() string { return "the history has still to be judged" }

// Search judges the run. It must be called outside of the bubble that the run was
// made in, so that it can run out of time.
func (u *Undecided) Search() error {
	for _, b := range u.world.histories {
		if err := u.world.linearizable(b); err != nil {
			return u.world.broken(Order, fmt.Errorf("owner %s: %w", b.owner, err))
		}
	}
	return nil
}

func (w *World) lawful(b *history) error {
	wrong, err := w.reader.Audit(context.Background(), b.owner, w.prices)
	return errors.Join(append(wrong, err)...)
}

// decisions checks one owner's rows in the store against the book and the rules.
func (w *World) decisions(b *history) error {
	orders, _, err := w.reader.Orders(context.Background(), b.owner, "", 1000)
	if err != nil {
		return err
	}

	account := w.account(b.owner)
	tokens, sum := map[string]bool{}, sale.Fen(0)
	for _, o := range orders {
		if o.Credit != 0 {
			continue // a deposit
		}
		if tokens[o.Token] {
			return fmt.Errorf("token %s has two orders", o.Token)
		}
		tokens[o.Token], sum = true, sum+o.Amount
		if err := w.checkToken(b, o.Token, o.ID); err != nil {
			return err
		}
	}

	if account.Deposited-account.Balance != sum {
		return fmt.Errorf("paid in %s, balance %s, but the orders sum up to %s", account.Deposited, account.Balance, sum)
	}
	for i := 1; i < len(b.commits); i++ {
		if err := w.checkPage(b, i, orders); err != nil {
			return fmt.Errorf("commit %d: %w", i, err)
		}
	}

	return nil
}

// refusalsHold judges what no book shows: a refusal is a sale that is never made.
func (w *World) refusalsHold(b *history) error {
	for i := 1; i < len(b.commits); i++ {
		if err := w.checkRefusals(b, i); err != nil {
			return fmt.Errorf("commit %d: %w", i, err)
		}
	}
	return nil
}

// checkRefusals finds a sale that came after a refusal of its token, whatever the
// refused call's parameters, although no call was left to make it: by a write that
// was still on its way.
func (w *World) checkRefusals(b *history, i int) error {
	p := b.commits[i]
	if p.order == "" || p.derived {
		return nil
	}

	refusal := int64(-1)
	for _, e := range w.events {
		definite := e.outcome == refused && e.code != sale.OutOfRange && e.code != sale.NotApplicable && e.code != sale.DryRunPassed
		if definite && e.owner == b.owner && e.sellers == p.token && e.end < p.at {
			refusal = max(refusal, e.end)
		}
	}

	for _, e := range w.events {
		maker := e.owner == b.owner && e.sellers == p.token && e.asked == p.command && e.start < p.at && e.end > refusal
		if maker && b.allows(&e, i) {
			return nil
		}
	}

	return fmt.Errorf("order %s was made after its token was refused, by a call that had ended, or against a call's limits", p.order)
}

// checkToken asks past the gate what a token answers: it must be the order that
// carries it.
func (w *World) checkToken(b *history, token, orderID string) error {
	key := tokenrow.Key(b.owner, token)
	if answer := w.store.Row(&key).String("order_id"); answer != orderID {
		return fmt.Errorf("order %s carries token %s, which answers order %q", orderID, token, answer)
	}
	return nil
}

// checkPage decides a commit again: from the commit before, at the order's time,
// with the order's ids, the rules must give exactly this commit.
func (w *World) checkPage(b *history, i int, orders []ledger.Order) error {
	if b.commits[i].derived {
		return nil // its command is not known here: the laws judge it
	}

	before, after := b.commits[i-1].account, b.commits[i].account
	if b.commits[i].order == "" {
		before.Balance, before.Deposited = after.Balance, after.Deposited
		return sameAccount(before, after)
	}

	o, command, err := w.sale(b, b.commits[i], orders)
	if err != nil {
		return err
	}

	at := sale.DecideContext{Now: o.At, OrderID: o.ID, InstanceID: o.InstanceID}
	if e := b.commits[i].earlier; e != nil {
		at.EarlierID = e.order
	}

	d, err := command.Decide(w.catalogueOf(b.commits[i].by), before, at)
	if err != nil {
		return fmt.Errorf("order %s should have been refused: %w", o.ID, err)
	}
	if d.Order.Amount != o.Amount || !d.Order.Expires.Equal(o.Expires) {
		return fmt.Errorf("order %s is %s until %s, the rules say %s until %s", o.ID, o.Amount, o.Expires, d.Order.Amount, d.Order.Expires)
	}

	return sameAccount(d.Account, after)
}

func sameAccount(want, got sale.Account) error {
	if !same(want, got) {
		return fmt.Errorf("the account is %+v, the rules say %+v", got, want)
	}
	return nil
}

// same compares two accounts. Each run does so for each commit.
func same(a, b sale.Account) bool {
	if a.Instance == nil || b.Instance == nil {
		return a.Instance == b.Instance && sameBooks(a, b)
	}
	return sameInstance(normal(*a.Instance), normal(*b.Instance)) && sameBooks(a, b)
}

func sameInstance(a, b sale.Instance) bool {
	segments := slices.EqualFunc(a.Segments, b.Segments, func(x, y sale.Segment) bool {
		return x.From.Equal(y.From) && x.To.Equal(y.To) && x.VersionCode == y.VersionCode && x.VmNumber == y.VmNumber &&
			x.Cycle == y.Cycle && x.Amount == y.Amount && x.OrderID == y.OrderID && x.Operator == y.Operator
	})
	return segments && a.ID == b.ID && a.Channel == b.Channel && a.Change == b.Change && a.Trial == b.Trial &&
		a.VersionCode == b.VersionCode && a.VmNumber == b.VmNumber && a.Created == b.Created && a.Period == b.Period &&
		a.AutoRenewMonths == b.AutoRenewMonths && a.AutoRenewYearly == b.AutoRenewYearly && a.NotRenewal == b.NotRenewal &&
		a.Expired == b.Expired && a.RenewalTried == b.RenewalTried && a.RenewalFailure == b.RenewalFailure && a.Refunded == b.Refunded
}

func sameBooks(a, b sale.Account) bool {
	return a.Owner == b.Owner && a.Verified == b.Verified && a.Deposited == b.Deposited && a.Balance == b.Balance &&
		a.Machines == b.Machines && slices.Equal(a.Released, b.Released) && a.Spent.Day == b.Spent.Day && maps.Equal(a.Spent.By, b.Spent.By)
}

// normal makes times comparable that are the same instant.
func normal(i sale.Instance) sale.Instance {
	for _, t := range [...]*time.Time{&i.Created, &i.Period.Anchor, &i.Expired, &i.RenewalTried, &i.Refunded} {
		*t = time.UnixMilli(t.UnixMilli())
	}
	return i
}

// sale finds the order of a commit and the command that was sold with it.
func (w *World) sale(b *history, p commit, orders []ledger.Order) (ledger.Order, sale.Command, error) {
	at := slices.IndexFunc(orders, func(o ledger.Order) bool { return o.ID == p.order })
	if at < 0 {
		return ledger.Order{}, nil, fmt.Errorf("order %s is gone", p.order)
	}

	for _, e := range w.events {
		if e.owner == b.owner && e.sellers == p.token && e.asked == p.command {
			return orders[at], e.command, nil
		}
	}

	return ledger.Order{}, nil, fmt.Errorf("nobody asked for order %s", p.order)
}
