package marketplace

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"aegis/shared/ledger"
	"aegis/shared/sale"
)

// Retry processes a dead letter once more and removes it if it is done now. confirmed
// means that an operator has confirmed what it asks for, for example that a term is
// over. A *PermanentError or *HeldError says why the letter still waits, and is stored
// as its reason.
func (p *OrderProcessor) Retry(ctx context.Context, id string, confirmed bool) (sale.Receipt, error) {
	letter, err := p.letters.Find(ctx, id)
	if err != nil {
		return sale.Receipt{}, err
	}
	return p.retry(ctx, letter, confirmed)
}

func (p *OrderProcessor) retry(ctx context.Context, letter DeadLetter, confirmed bool) (sale.Receipt, error) {
	if letter.Cut > 0 {
		return sale.Receipt{}, permanent("Only the beginning of the message is kept.")
	}

	w := p.read(letter.Message)
	w.order.received = letter.First
	receipt, err := p.try(ctx, w, confirmed)
	if waiting, ok := errors.AsType[*HeldError](err); ok {
		letter.State = Held
		if waiting.Reason == letter.Reason && !confirmed {
			return receipt, err // the reason is unchanged, so an hourly pass writes nothing
		}
		return receipt, errors.Join(err, p.letters.Note(ctx, letter, waiting.Reason))
	}

	if dead, ok := errors.AsType[*PermanentError](err); ok {
		letter.State = Dead
		return receipt, errors.Join(err, p.letters.Note(ctx, letter, dead.Reason))
	}
	if err != nil {
		return receipt, err
	}
	return receipt, p.discarded(ctx, letter.ID)
}

// discarded removes a letter that another retry may have removed already.
func (p *OrderProcessor) discarded(ctx context.Context, id string) error {
	if err := p.letters.Discard(ctx, id); !errors.Is(err, ErrNoLetter) {
		return err
	}
	return nil
}

// HeldReport counts the results of one pass over the held letters.
type HeldReport struct {
	Tried int `json:"tried"`
	Done  int `json:"done"`
	Held  int `json:"held"`
	Dead  int `json:"dead"`
	Again int `json:"again"` // a passing failure: the next pass tries it again
}

// RetryHeld processes every held letter once more. It ends with the context; the next
// pass tries the rest.
func (p *OrderProcessor) RetryHeld(ctx context.Context) (report HeldReport, err error) {
	for start := ""; ctx.Err() == nil; {
		letters, next, err := p.letters.List(ctx, start, 100)
		if err != nil {
			return report, err
		}
		p.retryPage(ctx, letters, &report)
		if start = next; next == "" {
			break
		}
	}

	return report, nil
}

// retryPage tries the held letters of a page, several at once.
func (p *OrderProcessor) retryPage(ctx context.Context, letters []DeadLetter, report *HeldReport) {
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(p.parallel)

	for _, l := range letters {
		if l.State != Held || ctx.Err() != nil {
			continue
		}
		group.Go(func() error {
			outcome := p.retryHeld(ctx, l)
			mu.Lock()
			defer mu.Unlock()
			report.count(outcome)
			return nil
		})
	}

	_ = group.Wait() // each letter is counted for itself
}

func (p *OrderProcessor) retryHeld(ctx context.Context, l DeadLetter) (outcome string) {
	receipt, err := p.retry(ctx, l, false)
	outcome = outcomeOf(err, nil)
	p.record(p.read(l.Message), receipt, err, outcome)
	return outcome
}

func (report *HeldReport) count(outcome string) {
	report.Tried++
	switch outcome {
	case "done":
		report.Done++
	case "held":
		report.Held++
	case "dead":
		report.Dead++
	default:
		report.Again++
	}
}

// Transfer adds the time of a renewal, whose instance has been released, to another
// instance of the same owner: as much as the renewal would have added. The letter is
// removed. The errors are those of Retry.
func (p *OrderProcessor) Transfer(ctx context.Context, id, instanceID string) (sale.Receipt, error) {
	letter, err := p.letters.Find(ctx, id)
	if err != nil {
		return sale.Receipt{}, err
	}

	w := p.read(letter.Message)
	if w.err != nil {
		return sale.Receipt{}, w.err
	}

	if w.order.Action != renewInstance {
		return sale.Receipt{}, permanent("Only a renewal can be transferred, this is %s.", w.order.Action)
	}

	receipt, err := p.transfer(ctx, w.order, instanceID)
	if err != nil {
		return receipt, err
	}
	return receipt, p.discarded(ctx, letter.ID)
}

// transfer sells the renewal under its own token, so that it is granted once.
func (p *OrderProcessor) transfer(ctx context.Context, o Order, instanceID string) (sale.Receipt, error) {
	if err := p.findOwner(ctx, &o); err != nil {
		return sale.Receipt{}, err
	}

	account, err := p.ledger.Account(ctx, o.Owner)
	if err != nil {
		return sale.Receipt{}, err
	}

	if account.Instance == nil || account.Instance.ID != instanceID {
		return sale.Receipt{}, permanent("Owner %s has no live instance %s.", o.Owner, instanceID)
	}

	paid, err := p.paidUntil(ctx, o)
	if err != nil {
		return sale.Receipt{}, err
	}

	if !o.ends.After(paid) {
		return sale.Receipt{}, permanent("The renewal until %s adds nothing to instance %s, which was paid until %s.", day(o.ends), o.InstanceID, day(paid))
	}

	ends := account.Instance.Period.End().Add(o.ends.Sub(paid))
	if !ends.After(p.clock()) {
		return sale.Receipt{}, permanent("Instance %s would end at %s, which has passed: renew it first, or grant the time as a correction.", instanceID, day(ends))
	}
	renewal := sale.MarketRenew{
		InstanceID: instanceID, Ends: ends, Seen: account.Instance.Change, Reason: transferred(o.InstanceID) + millis(o.ends),
	}
	receipt, err := p.ledger.Sell(ctx, sale.Purchase{Owner: o.Owner, Token: o.token(o.OrderID), Caller: "operator", Command: renewal}, nil)
	return receipt, verdict(o, err)
}

// transferred returns the beginning of the reason of an order that transfers a renewal
// of an instance. The new end in milliseconds follows.
func transferred(instanceID string) string { return "transferred from " + instanceID + " until " }

// paidUntil returns until when a released instance was paid: to its release, or to the
// end of the last of its renewals that was transferred.
func (p *OrderProcessor) paidUntil(ctx context.Context, o Order) (time.Time, error) {
	ended, err := p.endOfReleased(ctx, o)
	if err != nil {
		return time.Time{}, err
	}

	paid := ended.Expires
	for start := ""; ; {
		page, next, err := p.ledger.Orders(ctx, o.Owner, start, 500)
		if err != nil {
			return time.Time{}, err
		}
		for _, order := range page {
			ms, ok := strings.CutPrefix(order.Reason, transferred(o.InstanceID))
			if until, err := strconv.ParseInt(ms, 10, 64); ok && err == nil && time.UnixMilli(until).After(paid) {
				paid = time.UnixMilli(until)
			}
		}
		if start = next; next == "" {
			return paid, nil
		}
	}
}

// endOfReleased returns the order that released the renewal's instance.
func (p *OrderProcessor) endOfReleased(ctx context.Context, o Order) (ledger.Order, error) {
	token, err := p.ledger.FindToken(ctx, o.Owner, sale.ReleaseToken(o.InstanceID))
	if errors.Is(err, sale.ErrNoToken) {
		return ledger.Order{}, permanent("Instance %s has not been released: retry the renewal.", o.InstanceID)
	}
	if err != nil {
		return ledger.Order{}, fmt.Errorf("find the release of instance %s: %w", o.InstanceID, err)
	}
	return p.ledger.Order(ctx, o.Owner, token.OrderID)
}

// Letters returns the dead letters.
func (p *OrderProcessor) Letters() *DeadLetterStore { return p.letters }

// DoneSince returns the order of a letter if a later delivery of the same order was
// done; the letter can then be discarded. It returns "" if none was, or if the letter
// has no orderId to compare.
func (p *OrderProcessor) DoneSince(ctx context.Context, l DeadLetter) (string, error) {
	w := p.read(l.Message)
	if w.err != nil || w.order.OrderID == "" || !w.order.paid() {
		return "", nil
	}

	owner := w.order.Owner
	if owner == "" {
		var err error
		if owner, _, err = ownerOf(ctx, p.store, w.order.InstanceID); err != nil || owner == "" {
			return "", err
		}
	}

	token, err := p.ledger.FindToken(ctx, owner, w.order.token(w.order.OrderID))
	if errors.Is(err, sale.ErrNoToken) {
		return "", nil
	}
	return token.OrderID, err
}
