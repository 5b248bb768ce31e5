package marketplace

import (
	"aegis/shared/sale"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// defaultParallel is how many instances' messages are handled at once.
const defaultParallel = 16

// Report counts the outcomes of a batch.
type Report struct {
	Messages int `json:"messages"`
	Done     int `json:"done"`
	Replayed int `json:"replayed"` // of those done: by an earlier delivery
	Held     int `json:"held"`     // kept, to be tried again hourly
	Dead     int `json:"dead"`
}

// batch is the state of a batch while it is handled.
type batch struct {
	*OrderProcessor
	mu      sync.Mutex
	report  Report
	again   int
	lastErr error // the first passing failure
}

// work is a message and what was parsed from it.
type work struct {
	Message
	call  Call
	order Order
	err   error
}

// Consume handles an event of the queue. Without an error every message is done or
// kept. With an error the whole event has to be delivered again: every message that
// could be done or kept has been, and the error says what stopped the others.
func (p *OrderProcessor) Consume(ctx context.Context, event []byte) (Report, error) {
	b := &batch{OrderProcessor: p}
	messages := Unwrap(event)
	b.report.Messages = len(messages)

	var group errgroup.Group
	group.SetLimit(p.parallel)
	for _, line := range b.byInstance(messages) {
		group.Go(func() error {
			for _, w := range line {
				b.handle(ctx, w)
			}
			return nil
		})
	}
	_ = group.Wait() // each message is counted for itself

	if b.lastErr != nil {
		return b.report, fmt.Errorf("%d of %d messages have to be delivered again: %w", b.again, len(messages), b.lastErr)
	}
	return b.report, nil
}

// byInstance groups a batch by instance. Groups may be handled in parallel; within a
// group the creation comes first and the rest as delivered.
func (p *OrderProcessor) byInstance(messages []Message) [][]work {
	var lines [][]work

	place := map[string]int{}
	for _, m := range messages {
		w := p.read(m)
		i, ok := place[w.order.InstanceID]
		switch {
		case w.err != nil || !ok:
			if w.err == nil {
				place[w.order.InstanceID] = len(lines)
			}
			lines = append(lines, []work{w})
		case w.order.Action == createInstance:
			lines[i] = append([]work{w}, lines[i]...)
		default:
			lines[i] = append(lines[i], w)
		}
	}

	return lines
}

func (p *OrderProcessor) read(m Message) work {
	w := work{Message: m}
	w.call, w.order, w.err = p.Parse(m)
	return w
}

// handle processes one message and counts it. Past the deadline the store refuses every
// request, and the message is delivered again.
func (b *batch) handle(ctx context.Context, w work) {
	receipt, err := b.try(ctx, w, false)
	kept := b.keep(ctx, w, err)
	if kept != nil && !errors.Is(err, kept) {
		err = errors.Join(kept, err)
	}
	outcome := outcomeOf(err, kept)
	b.record(w, receipt, err, outcome)

	b.mu.Lock()
	defer b.mu.Unlock()
	switch outcome {
	case "held":
		b.report.Held++
	case "dead":
		b.report.Dead++
	case "again":
		if b.again++; b.lastErr == nil {
			b.lastErr = err
		}
	default:
		if b.report.Done++; receipt.Replayed {
			b.report.Replayed++
		}
	}
}

// keep stores a message that cannot be done now as a dead letter. It returns the error
// of storing it. An error that asks for another delivery is returned unchanged.
func (p *OrderProcessor) keep(ctx context.Context, w work, err error) error {
	if err == nil {
		return nil
	}
	if waiting, ok := errors.AsType[*HeldError](err); ok {
		return p.letters.Put(ctx, w.letter(Held), 1, waiting.Reason)
	}
	if dead, ok := errors.AsType[*PermanentError](err); ok {
		return p.letters.Put(ctx, w.letter(Dead), 1, dead.Reason)
	}

	return err
}

// outcomeOf returns the outcome of a message for the log. kept is the error of keep.
func outcomeOf(err, kept error) string {
	_, waiting := errors.AsType[*HeldError](err)
	_, dead := errors.AsType[*PermanentError](err)

	switch {
	case err == nil:
		return "done"
	case kept != nil:
		return "again"
	case waiting:
		return "held"
	case dead:
		return "dead"
	}

	return "again"
}

// letter returns the message as a dead letter. Repetitions of one call by the
// marketplace are several messages but one letter; calls with different parameters are
// different letters. A message that is not certainly a call of the marketplace is
// identified by the queue's id only. A verified token is not kept.
func (w work) letter(state LetterState) DeadLetter {
	l := DeadLetter{Message: w.Message, State: state, Action: w.order.Action, InstanceID: w.order.InstanceID, Owner: w.order.Owner}
	if w.call.Params != nil {
		l.Message = w.call.verified(w.Message)
	}
	return l
}

// try processes the order of a message. A panic ends the message, not the batch: it may
// strike after the sale, which a retry then finds.
func (p *OrderProcessor) try(ctx context.Context, w work, confirmed bool) (r sale.Receipt, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = permanent("A defect: %v\n%s", cause, debug.Stack())
		}
	}()
	if w.err != nil {
		return sale.Receipt{}, w.err
	}

	return p.Process(ctx, w.order, confirmed)
}

// record writes the message's log line, without its body and token. A paid order that
// was not done is logged as an error, so that alarms find it.
func (p *OrderProcessor) record(w work, r sale.Receipt, err error, outcome string) {
	level := slog.LevelInfo
	attributes := []slog.Attr{
		slog.String("messageId", w.ID), slog.String("action", w.order.Action), slog.String("instance", w.order.InstanceID),
		slog.String("orderId", r.OrderID), slog.Bool("replayed", r.Replayed),
	}
	if err != nil {
		level = slog.LevelWarn
		if outcome == "again" || w.order.paid() {
			level = slog.LevelError
		}
		attributes = append(attributes, slog.String("error", err.Error()))
	}

	attributes = append(attributes, slog.String("outcome", outcome))
	p.log.LogAttrs(context.Background(), level, "order", attributes...)
}
