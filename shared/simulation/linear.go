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

// searchTimeout bounds the search for an order of events. A history that takes longer
// counts as not linearizable.
const searchTimeout = 10 * time.Second

// operation is one call as a porcupine operation, between from and to. next memoizes its
// effect on each state; a state is the number of commits so far.
type operation struct {
	world    *World
	book     *history
	event    *event
	from, to int64
	next     []int // by the state before
}

const (
	unasked = 0  // else one more than the state after it
	never   = -1 // the call cannot happen in this state
)

func (q *operation) after(written int) int {
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
func (w *World) operationsOf(b *history) []operation {
	asked := make([]operation, 0, len(w.events)+len(b.commits))
	answers := make([]int, (len(w.events)+len(b.commits))*len(b.commits))
	for i := range w.events {
		e := &w.events[i]
		if e.owner != b.owner || e.outcome == unknown && !b.explains(e) {
			continue
		}
		q := operation{w, b, e, e.start, e.end, answers[i*len(b.commits):][:len(b.commits)]}
		if e.outcome == unknown {
			q.to = math.MaxInt64 // it may take effect at any time after it began, or never
		}
		asked = append(asked, q)
	}

	for i, p := range b.commits {
		if p.derived {
			e := &event{outcome: derived, written: i}
			asked = append(asked, operation{w, b, e, p.at, p.at, answers[(len(w.events)+i)*len(b.commits):][:len(b.commits)]})
		}
	}

	return asked
}

// inWrittenOrder reports whether the order in which the commits were written explains
// all answers. It nearly always does. Of every sixteenth run porcupine is asked too.
func (w *World) inWrittenOrder(b *history) bool {
	dated, complete := w.dated(b, w.operationsOf(b))
	return complete && b.explained(dated) && (w.seed%16 != 0 || porcupine.CheckOperations(counting(), operations(dated)))
}

// dated is a history in which one call that wrote a commit did so when the commit was
// written, and no call of unknown end did anything else. An order that explains it
// explains the history, since it takes nothing for granted but what may have been.
// It is complete if every commit has its call.
func (w *World) dated(b *history, history []operation) (dated []operation, complete bool) {
	written := make([]bool, len(b.commits))
	missing := len(b.commits) - 1
	dated = history[:0]
	for _, q := range history {
		if i, ok := b.wrote(q.event); ok && !written[i] && (q.event.outcome == derived || q.from < b.commits[i].at && b.commits[i].at < q.to) {
			written[i] = true
			missing--
			q.from, q.to = b.commits[i].at, b.commits[i].at
		} else if q.event.outcome == unknown {
			continue
		}
		dated = append(dated, q)
	}

	return dated, missing == 0
}

// explained reports whether the order in which the commits were written explains a
// dated and complete history: a call that wrote nothing then needs one state between
// its call and its answer that it leaves as it is.
func (b *history) explained(dated []operation) bool {
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

// written is how many commits were written up to a moment.
func (b *history) written(moment int64) (n int) {
	for n+1 < len(b.commits) && b.commits[n+1].at <= moment {
		n++
	}
	return n
}

// linearizable searches any order of an owner's calls, each between its call and its
// answer, that explains all answers; every commit must be written by exactly the calls
// that can. It must be called where time passes: outside of a bubble.
func (w *World) linearizable(b *history) error {
	history := operations(w.operationsOf(b))
	switch porcupine.CheckOperationsTimeout(counting(), history, searchTimeout) {
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
			next := input.(*operation).after(state.(int))
			return next != never, next
		},
	}
}

func operations(history []operation) []porcupine.Operation {
	operations := make([]porcupine.Operation, len(history))
	for i := range history {
		q := &history[i]
		operations[i] = porcupine.Operation{ClientId: i, Input: q, Call: q.from, Return: q.to}
	}
	return operations
}

// wrote finds the commit that may be the work of a call.
func (b *history) wrote(e *event) (i int, ok bool) {
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
	return i, ok && !b.commits[i].derived && (e.outcome == sold || e.outcome == unknown) && b.commits[i].of(e.sellers).command == e.asked
}

// allows reports whether the limits of a call let it write a commit: never of a dry run.
func (b *history) allows(e *event, i int) bool {
	if e.limits.DryRun {
		return false
	}
	charged := b.commits[i-1].account.Balance - b.commits[i].account.Balance
	return e.limits.MaxAmount == nil || charged <= *e.limits.MaxAmount
}

// explains reports whether a commit may be the work of a call.
func (b *history) explains(e *event) bool {
	_, ok := b.wrote(e)
	return ok
}

// step reports whether an event can happen when so many commits are written, and how
// many are written after it.
func (w *World) step(b *history, written int, e *event) (bool, int) {
	i, done := b.sold(e.sellers)
	switch e.outcome {
	case derived:
		return written == e.written-1, e.written
	case paidIn:
		i, done = b.paid(e.amount)
		return done && written == i-1, i
	case sold:
		if sold := b.commits[i].of(e.sellers); !done || sold.order != e.receipt.OrderID || sold.command != e.asked {
			return false, written
		}
		return written >= i || written == i-1 && b.allows(e, i), max(written, i)
	case refused:
		if e.code == sale.DryRunPassed { // it says nothing about the token
			return w.refuses(b.commits[written].account, e), written
		}
		return (!done || written < i) && w.refuses(b.commits[written].account, e), written
	case mismatched:
		return done && written >= i && b.commits[i].of(e.sellers).command != e.asked || w.contested(e), written
	case conflicted:
		return !done || written < i, written
	}

	if e.amount != 0 {
		i, _ = b.paid(e.amount)
	}
	if written == i-1 { // its end is unknown and its commit is the next: this may be when it was written
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
