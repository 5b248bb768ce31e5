package market

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"golang.org/x/sync/errgroup"

	"aegis/shared/ledger"
)

// atOnce is how many instances' messages of a batch are handled side by side.
const atOnce = 16

// Report is what became of a batch.
type Report struct {
	Messages int `json:"messages"`
	Done     int `json:"done"`
	Replayed int `json:"replayed"` // of those done: by an earlier delivery
	Dead     int `json:"dead"`
}

// batch is a batch while it is handled.
type batch struct {
	*Desk
	mu     sync.Mutex
	report Report
	again  int
	why    error // the first passing failure
}

// work is a message with what was read of it.
type work struct {
	Message
	order Order
	err   error
}

// Consume handles an event of the queue. With an error the whole event has to be
// delivered again: every message that could be done or parked has been, and what
// stood in the way of the others is told. Without one, each is done or parked.
func (d *Desk) Consume(ctx context.Context, event []byte) (Report, error) {
	b := &batch{Desk: d}
	messages := Unwrap(event)
	b.report.Messages = len(messages)
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, line := range b.lines(messages) {
		group.Go(func() error {
			for _, w := range line {
				b.handle(ctx, w)
			}
			return nil
		})
	}
	_ = group.Wait() // no line fails: each message is counted for itself
	if b.why != nil {
		return b.report, fmt.Errorf("%d of %d messages have to be delivered again: %w", b.again, len(messages), b.why)
	}
	return b.report, nil
}

// lines sorts a batch into what can be handled side by side: one line for each
// instance, its creation first and the rest as delivered.
func (d *Desk) lines(messages []Message) [][]work {
	var lines [][]work
	place := map[string]int{}
	for _, m := range messages {
		w := work{Message: m}
		w.order, w.err = d.Read(m)
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

// handle brings one message to its end and counts it. Past the deadline the store
// refuses every request, and the message comes again.
func (b *batch) handle(ctx context.Context, w work) {
	receipt, err := b.settle(ctx, w)
	var dead *Reject
	if errors.As(err, &dead) {
		if parked := b.letters.Park(ctx, w.letter(), 1, dead.Reason); parked != nil {
			err = errors.Join(parked, errors.New(dead.Reason))
			dead = nil
		}
	}
	b.record(w, receipt, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case dead != nil:
		b.report.Dead++
	case err != nil:
		if b.again++; b.why == nil {
			b.why = err
		}
	default:
		if b.report.Done++; receipt.Replayed {
			b.report.Replayed++
		}
	}
}

// letter is the message as a dead letter. The marketplace's repetitions of one
// call are messages of their own and one letter; what is not certainly a call of
// the marketplace is known by the queue's id only.
func (w work) letter() Message {
	m := w.Message
	if w.order.Token != "" && w.err == nil {
		sum := sha256.Sum256([]byte(w.order.Token))
		m.ID = hex.EncodeToString(sum[:16])
	}
	return m
}

// settle sells what a message orders. A defect that panics is the message's end,
// not the batch's: it can strike after the sale, which a retry then finds.
func (b *batch) settle(ctx context.Context, w work) (r ledger.Receipt, err error) {
	defer func() {
		if defect := recover(); defect != nil {
			err = reject("A defect: %v.", defect)
		}
	}()
	if w.err != nil {
		return ledger.Receipt{}, w.err
	}
	return b.Sell(ctx, w.order)
}

// record writes the message's line, without its body and token.
func (d *Desk) record(w work, r ledger.Receipt, err error) {
	level, outcome := slog.LevelInfo, "done"
	attributes := []slog.Attr{
		slog.String("messageId", w.ID), slog.String("action", w.order.Action), slog.String("instance", w.order.InstanceID),
		slog.String("orderId", r.OrderID), slog.Bool("replayed", r.Replayed),
	}
	if err != nil {
		var dead *Reject
		if level, outcome = slog.LevelError, "again"; errors.As(err, &dead) {
			level, outcome = slog.LevelWarn, "dead"
		}
		attributes = append(attributes, slog.String("error", err.Error()))
	}
	attributes = append(attributes, slog.String("outcome", outcome))
	d.log.LogAttrs(context.Background(), level, "order", attributes...)
}
