package simulation

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

// question is a call as a search for an order sees it: between from and to it asks
// the book, and what it makes of a state, which is how many pages have been written,
// is worked out once, since searches ask again and again.
type question struct {
	world    *World
	book     *book
	event    *event
	from, to int64
	next     []int // by the state before
}

const (
	unasked = 0  // else one more than the state after it
	never   = -1 // the call cannot happen in this state
)

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

// history is all that an owner's callers saw, but for calls whose end is unknown
// and that nothing came of: they may have happened at any time.
func (w *World) history(b *book) []question {
	asked := make([]question, 0, len(w.events)+len(b.pages))
	answers := make([]int, (len(w.events)+len(b.pages))*len(b.pages))
	for i := range w.events {
		e := &w.events[i]
		if e.owner != b.owner || e.outcome == unknown && !b.explains(e) {
			continue
		}
		q := question{w, b, e, e.start, e.end, answers[i*len(b.pages):][:len(b.pages)]}
		if e.outcome == unknown {
			q.to = math.MaxInt64 // it may take effect at any time after it began, or never
		}
		asked = append(asked, q)
	}

	for i, p := range b.pages {
		if p.derived {
			e := &event{outcome: derived, written: i}
			asked = append(asked, question{w, b, e, p.at, p.at, answers[(len(w.events)+i)*len(b.pages):][:len(b.pages)]})
		}
	}

	return asked
}

// inWrittenOrder reports whether the order in which the pages were written explains
// all answers. It nearly always does. Of every sixteenth run porcupine is asked too.
func (w *World) inWrittenOrder(b *book) bool {
	dated, complete := w.dated(b, w.history(b))
	return complete && b.explained(dated) && (w.seed%16 != 0 || porcupine.CheckOperations(counting(), operations(dated)))
}

// dated is a history in which one call that wrote a page did so when the page was
// written, and no call of unknown end did anything else. An order that explains it
// explains the history, since it takes nothing for granted but what may have been.
// It is complete if every page has its call.
func (w *World) dated(b *book, history []question) (dated []question, complete bool) {
	written := make([]bool, len(b.pages))
	missing := len(b.pages) - 1
	dated = history[:0]
	for _, q := range history {
		if i, ok := b.wrote(q.event); ok && !written[i] && (q.event.outcome == derived || q.from < b.pages[i].at && b.pages[i].at < q.to) {
			written[i] = true
			missing--
			q.from, q.to = b.pages[i].at, b.pages[i].at
		} else if q.event.outcome == unknown {
			continue
		}
		dated = append(dated, q)
	}

	return dated, missing == 0
}

// explained reports whether the order in which the pages were written explains a
// dated and complete history: a call that wrote nothing then needs one state between
// its call and its answer that it leaves as it is.
func (b *book) explained(dated []question) bool {
	for i := range dated {
		q := &dated[i]
		first, last := b.written(q.from), b.written(q.to)
		if q.from == q.to {
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

// linearizable searches any order of an owner's calls, each between its call and its
// answer, that explains all answers; every page must be written by exactly the calls
// that can. It must be called where time passes: outside of a bubble.
func (w *World) linearizable(b *book) error {
	history := operations(w.history(b))
	switch porcupine.CheckOperationsTimeout(counting(), history, patience) {
	case porcupine.Ok:
		return nil
	case porcupine.Unknown:
		return errors.New("its history could not be judged in time")
	}
	return fmt.Errorf("no order of events explains what its %d calls were told", len(history))
}

// counting is porcupine's model.
func counting() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return 0 },
		Step: func(state, input, _ any) (bool, any) {
			next := input.(*question).after(state.(int))
			return next != never, next
		},
	}
}

func operations(history []question) []porcupine.Operation {
	operations := make([]porcupine.Operation, len(history))
	for i := range history {
		q := &history[i]
		operations[i] = porcupine.Operation{ClientId: i, Input: q, Call: q.from, Return: q.to}
	}
	return operations
}

// wrote finds the page that may be the work of a call.
func (b *book) wrote(e *event) (i int, ok bool) {
	if e.outcome == derived {
		return e.written, true
	}
	if e.amount != 0 {
		return b.paid(e.amount)
	}
	i, ok = b.sold(e.sellers)
	if ok && !b.allows(e, i) {
		return i, false
	}
	return i, ok && !b.pages[i].derived && (e.outcome == sold || e.outcome == unknown) && b.pages[i].of(e.sellers).command == e.asked
}

// allows reports whether the limits of a call let it write a page: never of a dry run.
func (b *book) allows(e *event, i int) bool {
	if e.limits.DryRun {
		return false
	}
	charged := b.pages[i-1].account.Balance - b.pages[i].account.Balance
	return e.limits.MaxAmount == nil || charged <= *e.limits.MaxAmount
}

// explains reports whether a page may be the work of a call.
func (b *book) explains(e *event) bool {
	_, ok := b.wrote(e)
	return ok
}

// step reports whether an event can happen when so many pages are written, and how
// many are written after it.
func (w *World) step(b *book, written int, e *event) (bool, int) {
	i, done := b.sold(e.sellers)
	switch e.outcome {
	case derived:
		return written == e.written-1, e.written
	case paidIn:
		i, done = b.paid(e.amount)
		return done && written == i-1, i
	case sold:
		if sold := b.pages[i].of(e.sellers); !done || sold.order != e.receipt.OrderID || sold.command != e.asked {
			return false, written
		}
		return written >= i || written == i-1 && b.allows(e, i), max(written, i)
	case refused:
		if e.code == sale.DryRunPassed { // it says nothing about the token
			return w.refuses(b.pages[written].account, e), written
		}
		return (!done || written < i) && w.refuses(b.pages[written].account, e), written
	case mismatched:
		return done && written >= i && b.pages[i].of(e.sellers).command != e.asked || w.contested(e), written
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

// contested reports whether a reseller may have refused a token that another call,
// with other parameters, had begun to forward: it stands for that purchase then,
// sold or not.
func (w *World) contested(e *event) bool {
	return w.front != nil && slices.ContainsFunc(w.events, func(other event) bool {
		return other.owner == e.owner && other.token == e.token && other.asked != e.asked && other.start < e.end
	})
}

// refuses reports whether the rules refuse the command as the caller was answered.
func (w *World) refuses(a sale.Account, e *event) bool {
	p := sale.Purchase{Command: e.command, Limits: e.limits}
	_, err := p.Decide(w.catalogueOf(e.caller), a, sale.DecideContext{Now: e.at, OrderID: "o", InstanceID: "i"})
	if err == nil && e.limits.DryRun {
		err = sale.Passed()
	}
	refusal, ok := errors.AsType[*sale.Refusal](err)
	return ok && refusal.Code == e.code
}
