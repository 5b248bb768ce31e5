package proof

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"aegis/shared/sale"
)

// patience bounds the search for an order of events. A history that takes longer
// counts as not linearizable.
const patience = 10 * time.Second

// linearizable looks for an order of an owner's calls, each between its call and
// its answer, that explains all answers. The state is how many pages of the book
// have been written; every page must be written by exactly the calls that can.
//
// One order is known beforehand: that in which the pages were written. It nearly
// always is the one, and if it is not, porcupine searches all others. Of every
// sixteenth run porcupine judges the known order too.
func (w *World) linearizable(b *book) error {
	calls := w.history(b)
	dated, complete := w.dated(b, calls)
	if complete && b.explained(dated) && (w.seed%16 != 0 || porcupine.CheckOperations(counting(), dated)) {
		return nil
	}
	switch porcupine.CheckOperationsTimeout(counting(), calls, patience) {
	case porcupine.Ok:
		return nil
	case porcupine.Unknown:
		return errors.New("its history could not be judged in time")
	}
	return fmt.Errorf("no order of events explains what its %d calls were told", len(calls))
}

// counting is the model.
func counting() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return 0 },
		Step: func(state, input, _ any) (bool, any) {
			next := input.(*question).after(state.(int))
			return next != never, next
		},
	}
}

// question is a call as the search sees it: what it makes of a state is worked out
// once, since the search asks again and again.
type question struct {
	world *World
	book  *book
	event *event
	next  []int // by the state before
}

const (
	unasked = 0  // else one more than the state after it
	never   = -1 // the call cannot happen in this state
)

// history is all that an owner's callers saw, but for calls whose end is unknown
// and that nothing came of: they may have happened at any time.
func (w *World) history(b *book) []porcupine.Operation {
	calls := make([]porcupine.Operation, 0, len(w.events))
	questions := make([]question, len(w.events))
	answers := make([]int, len(w.events)*len(b.pages))
	for i := range w.events {
		e := &w.events[i]
		if e.owner != b.owner || e.outcome == unknown && !b.explains(e) {
			continue
		}
		questions[i] = question{w, b, e, answers[i*len(b.pages):][:len(b.pages)]}
		o := porcupine.Operation{ClientId: e.caller, Input: &questions[i], Call: e.start, Return: e.end}
		if e.outcome == unknown {
			o.Return = math.MaxInt64 // it may take effect at any time after it began, or never
			o.ClientId = -len(calls) - 1
		}
		calls = append(calls, o)
	}
	return calls
}

// dated is a history in which one call that wrote a page did so when the page was
// written, and no call of unknown end did anything else. An order that explains it
// explains the history, since it takes nothing for granted but what may have been.
// It is complete if every page has its call.
func (w *World) dated(b *book, calls []porcupine.Operation) (dated []porcupine.Operation, complete bool) {
	written := make([]bool, len(b.pages))
	missing := len(b.pages) - 1
	dated = make([]porcupine.Operation, 0, len(calls))
	for _, o := range calls {
		q := o.Input.(*question)
		if i, ok := b.wrote(q.event); ok && !written[i] && o.Call < b.pages[i].at && b.pages[i].at < o.Return {
			written[i] = true
			missing--
			o.Call, o.Return = b.pages[i].at, b.pages[i].at
		} else if q.event.outcome == unknown {
			continue
		}
		dated = append(dated, o)
	}
	return dated, missing == 0
}

// explained tells whether the order in which the pages were written explains a
// dated and complete history: a call that wrote nothing then needs one state between
// its call and its answer that it leaves as it is.
func (b *book) explained(dated []porcupine.Operation) bool {
	for _, o := range dated {
		q := o.Input.(*question)
		first, last := b.written(o.Call), b.written(o.Return)
		if o.Call == o.Return {
			if q.after(last-1) != last {
				return false
			}
			continue
		}
		for first <= last && q.after(first) != first {
			first++
		}
		if first > last {
			return false
		}
	}
	return true
}

// written is how many pages were written up to a moment.
func (b *book) written(moment int64) (n int) {
	for n+1 < len(b.pages) && b.pages[n+1].at <= moment {
		n++
	}
	return n
}

// wrote finds the page that may be the work of a call.
func (b *book) wrote(e *event) (i int, ok bool) {
	if e.amount != 0 {
		return b.paid(e.amount)
	}
	i, ok = b.sold(e.token)
	return i, ok && (e.outcome == sold || e.outcome == unknown) && b.pages[i].command == e.asked
}

// explains tells whether a page may be the work of a call.
func (b *book) explains(e *event) bool {
	_, ok := b.wrote(e)
	return ok
}

func (q *question) after(written int) int {
	if q.next[written] == unasked {
		ok, after := q.world.step(q.book, written, q.event)
		if q.next[written] = 1 + after; !ok {
			q.next[written] = never
		}
	}
	if q.next[written] == never {
		return never
	}
	return q.next[written] - 1
}

// step tells whether an event can happen when so many pages are written, and how
// many are written after it.
func (w *World) step(b *book, written int, e *event) (bool, int) {
	i, done := b.sold(e.token)
	switch e.outcome {
	case paidIn:
		i, done = b.paid(e.amount)
		return done && written == i-1, i
	case sold:
		if !done || b.pages[i].order != e.receipt.OrderID || b.pages[i].command != e.asked {
			return false, written
		}
		return written >= i-1, max(written, i)
	case refused:
		return (!done || written < i) && w.refuses(b.pages[written].account, e), written
	case mismatched:
		return done && written >= i && b.pages[i].command != e.asked || w.contested(e), written
	case conflicted:
		return !done || written < i, written
	}
	if e.amount != 0 {
		i, _ = b.paid(e.amount)
	}
	if written == i-1 { // its end is unknown and its page is the next: this may be when it was written
		return true, i
	}
	return true, written
}

// contested tells whether a reseller may have refused a token that another call,
// with other parameters, had begun to forward: it stands for that purchase then,
// sold or not.
func (w *World) contested(e *event) bool {
	return w.front != nil && slices.ContainsFunc(w.events, func(other event) bool {
		return other.owner == e.owner && other.token == e.token && other.asked != e.asked && other.start < e.end
	})
}

// refuses tells whether the rules refuse the command as the caller was told.
func (w *World) refuses(a sale.Account, e *event) bool {
	_, err := e.command.Decide(w.catalogue, a, sale.Occasion{Now: e.at, OrderID: "o", InstanceID: "i"})
	refusal, ok := errors.AsType[*sale.Refusal](err)
	return ok && refusal.Code == e.code
}
