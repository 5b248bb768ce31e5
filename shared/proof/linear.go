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
func (w *World) linearizable(b *book) error {
	var history []porcupine.Operation
	for _, e := range w.events {
		if e.owner != b.owner || e.outcome == unknown && !b.explains(e) {
			continue // an unknown call that nothing came of may have happened at any time
		}
		o := porcupine.Operation{ClientId: e.caller, Input: w.question(b, e), Call: e.start, Return: e.end}
		if e.outcome == unknown {
			o.Return = math.MaxInt64 // it may take effect at any time after it began, or never
			o.ClientId = -len(history) - 1
		}
		history = append(history, o)
	}
	model := porcupine.Model{
		Init: func() any { return 0 },
		Step: func(state, input, _ any) (bool, any) {
			next := input.([]int)[state.(int)]
			return next >= 0, next
		},
	}
	switch porcupine.CheckOperationsTimeout(model, history, patience) {
	case porcupine.Ok:
		return nil
	case porcupine.Unknown:
		return errors.New("its history could not be judged in time")
	}
	return fmt.Errorf("no order of events explains what its %d calls were told", len(history))
}

// explains tells whether a page may be the work of a call.
func (b *book) explains(e event) bool {
	if e.amount != 0 {
		_, ok := b.paid(e.amount)
		return ok
	}
	i, ok := b.sold(e.token)
	return ok && b.pages[i].command == e.asked
}

// question asks of every state what an event makes of it, once, since the search
// asks again and again: the next state, or -1 if the event cannot happen there.
func (w *World) question(b *book, e event) []int {
	next := make([]int, len(b.pages))
	for written := range next {
		ok, after := w.step(b, written, e)
		if next[written] = after; !ok {
			next[written] = -1
		}
	}
	return next
}

// step tells whether an event can happen when so many pages are written, and how
// many are written after it.
func (w *World) step(b *book, written int, e event) (bool, int) {
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
func (w *World) contested(e event) bool {
	return w.front != nil && slices.ContainsFunc(w.events, func(other event) bool {
		return other.owner == e.owner && other.token == e.token && other.asked != e.asked && other.start < e.end
	})
}

// refuses tells whether the rules refuse the command as the caller was told.
func (w *World) refuses(a sale.Account, e event) bool {
	_, err := e.command.Decide(w.catalogue, a, sale.Occasion{Now: e.at, OrderID: "o", InstanceID: "i"})
	refusal, ok := errors.AsType[*sale.Refusal](err)
	return ok && refusal.Code == e.code
}
