package marketplace

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/sale"
)

// step is what an order results in: a command and its token.
type step struct {
	command sale.Command
	token   string
}

// plan returns the step of an order for the current instance, which is nil if the owner
// has none. confirmed means that an operator or the marketplace has confirmed what the
// order asks for. A nil step without an error means that the order is done already. A
// *HeldError means that it has to wait.
//
// The token of an order with an orderId is made of that. Other calls have no number:
// their tokens contain the instance's change number, which each order increments, so
// that a token used before a refund is not reused after it.
func (p *OrderProcessor) plan(ctx context.Context, o Order, i *sale.Instance, confirmed bool) (*step, error) {
	switch o.Action {
	case createInstance:
		return p.planCreate(ctx, o, i, confirmed)
	case renewInstance:
		return p.planRenewal(ctx, o, i, confirmed)
	case upgradeInstance:
		return planUpgrade(o, i), nil
	case expiredInstance:
		return p.planExpiry(ctx, o, i, confirmed)
	case refundRenewInstance:
		return p.planRefund(ctx, o, i, confirmed)
	default:
		return p.planRelease(ctx, o, i, confirmed)
	}
}

// planCreate asks the marketplace before a paid instance whose end has passed gives way
// to another.
func (p *OrderProcessor) planCreate(ctx context.Context, o Order, i *sale.Instance, confirmed bool) (*step, error) {
	create := o.create
	other := i != nil && i.ID != o.InstanceID && i.Channel == sale.Market && !i.Trial
	if p.truth != nil && other && !confirmed && i.ExpiredAt(p.clock()) {
		e, err := p.ask(ctx, i.ID)
		if err != nil {
			return nil, err
		}
		if e.open(p.clock()) {
			return nil, held("Instance %s ends at %s by our books and at %s by the marketplace's.", i.ID, day(i.Period.End()), day(e.Ends))
		}
	}

	return &step{create, o.token(o.OrderID)}, nil
}

// planRenewal asks the marketplace about a renewal that may be an old one: after a refund
// it may be the refunded one, arriving late; and one that ends an expiry within the term may
// be older than that.
func (p *OrderProcessor) planRenewal(ctx context.Context, o Order, i *sale.Instance, confirmed bool) (*step, error) {
	renewal := &step{sale.MarketRenew{InstanceID: o.InstanceID, Ends: o.ends}, o.token(o.OrderID)}
	if p.truth == nil || confirmed || i == nil {
		return renewal, nil
	}
	reopens := i.ReopenedBy(o.ends)
	if !reopens && (i.Refunded.IsZero() || !o.ends.After(i.Period.End())) {
		return renewal, nil
	}

	sold, err := p.sold(ctx, o.Owner, renewal.token)
	if err != nil || sold {
		return renewal, err
	}

	e, err := p.ask(ctx, o.InstanceID)
	if err != nil {
		return nil, err
	}
	if reopens && !e.open(p.clock()) {
		return nil, held("A renewal until %s came after an expiry at %s; by the marketplace the instance is %s.", day(o.ends), day(i.Expired), describe(e))
	}
	if reopens {
		return renewal, nil
	}

	paid, err := p.truth.Paid(ctx, o.OrderID)
	if err != nil {
		return nil, unasked(err)
	}

	if !paid || e.Ends.Before(o.ends) {
		return nil, held("A renewal until %s came after a refund; by the marketplace the term ends at %s (order paid: %t).", day(o.ends), day(e.Ends), paid)
	}
	return renewal, nil
}

func planUpgrade(o Order, i *sale.Instance) *step {
	if o.OrderID != "" || i == nil {
		return &step{o.upgrade, o.token(o.OrderID)}
	}
	return &step{o.upgrade, o.token("to", strconv.Itoa(o.upgrade.VersionCode), strconv.Itoa(o.upgrade.VmNumber), strconv.Itoa(i.Change))}
}

func (p *OrderProcessor) planExpiry(ctx context.Context, o Order, i *sale.Instance, confirmed bool) (*step, error) {
	expiry := sale.MarketExpire{InstanceID: o.InstanceID, Confirmed: confirmed}
	if i == nil {
		return &step{expiry, o.token()}, nil
	}

	if p.truth != nil && !confirmed && i.Expired.IsZero() {
		e, err := p.ask(ctx, o.InstanceID)
		if err != nil {
			return nil, err
		}
		if e.open(p.clock()) {
			return p.stillOpen(o, i, e)
		}
		if !e.Ends.IsZero() && e.Ends.Before(i.Period.End()) && !p.waited(o, i) {
			return nil, held("%s: by the marketplace the term ends at %s, by our books at %s. Its books may follow its word: it is asked again after an hour.", o.Action, day(e.Ends), day(i.Period.End()))
		}
		over := e.Status == Expired || e.Status == Closed || !e.Ends.IsZero() && !p.clock().Before(e.Ends)
		expiry.Confirmed = over // otherwise it is nearly over: mark it from its end on
	}
	expiry.Seen = i.Change
	return &step{expiry, o.token(strconv.Itoa(i.Change))}, nil
}

// waited reports whether an order has been held for an hour, and nothing was granted in that
// hour: so late the marketplace's books may follow its word.
func (p *OrderProcessor) waited(o Order, i *sale.Instance) bool {
	if o.received.IsZero() {
		return false
	}
	since := o.received
	if granted := lastGranted(i); granted.After(since) {
		since = granted
	}
	return p.clock().Sub(since) >= time.Hour
}

// lastGranted returns when the last order granted the instance time, zero if no order is
// known.
func lastGranted(i *sale.Instance) time.Time {
	if len(i.Segments) == 0 {
		return time.Time{}
	}
	return ledger.MadeAt(i.Segments[len(i.Segments)-1].OrderID)
}

// stillOpen handles a message that ends or shortens a term which the marketplace's
// records show as open. The call is an old one if those records agree with ours, and
// still do an hour after the call was received.
func (p *OrderProcessor) stillOpen(o Order, i *sale.Instance, e Entitlement) (*step, error) {
	ours := i.Period.End()
	switch {
	case !e.open(p.clock()):
	case e.Ends.Equal(ours) && !p.waited(o, i):
		return nil, held("%s: by the marketplace and by our books the instance is open until %s. Its books may follow its word: it is asked again after an hour.", o.Action, day(ours))
	case e.Ends.Equal(ours):
		return nil, nil
	case e.Ends.After(ours):
		return p.extension(i, e), nil
	}

	return nil, held("%s: by the marketplace the instance is %s until %s, by our books until %s.", o.Action, e.Status, day(e.Ends), day(ours))
}

// extension returns the step that extends an instance to the end in the marketplace's
// records.
func (p *OrderProcessor) extension(i *sale.Instance, e Entitlement) *step {
	return &step{
		sale.MarketRenew{InstanceID: i.ID, Ends: e.Ends, KeepTrial: e.Trial},
		sale.DerivedToken("market", "extend", i.ID, millis(e.Ends), strconv.Itoa(i.Change)),
	}
}

// lacks reports whether an instance that is open at the marketplace is shorter here, or marked
// expired within the same term.
func lacks(i sale.Instance, e Entitlement) bool {
	end := i.Period.End()
	return e.Ends.After(end) || e.Ends.Equal(end) && i.ReopenedBy(end)
}

// Ended reports whether the term of an instance that the marketplace sold is over. An
// instance that is open there for longer is extended. Without credentials for the
// marketplace our own records decide.
func (p *OrderProcessor) Ended(ctx context.Context, owner string, i sale.Instance) (bool, error) {
	if p.truth == nil {
		return true, nil
	}

	e, err := p.truth.Instance(ctx, i.ID)
	if err != nil {
		return false, fmt.Errorf("ask the marketplace about instance %s: %w", i.ID, err)
	}

	if !e.open(p.clock()) {
		return true, nil
	}
	if lacks(i, e) {
		_, err = p.extend(ctx, owner, &i, e)
		return false, err
	}

	p.log.Error("the marketplace's books differ", "instance", i.ID, "owner", owner, "ours", "until "+day(i.Period.End()), "theirs", describe(e))
	return false, nil
}

// planRefund undoes the last renewal. The token is the call's content, so that the same
// call a second time is not taken for another refund: it differs in its parameter Call,
// and is held.
func (p *OrderProcessor) planRefund(ctx context.Context, o Order, i *sale.Instance, confirmed bool) (*step, error) {
	refund := sale.MarketRefund{InstanceID: o.InstanceID, Ends: o.ends, Call: o.Call, Confirmed: confirmed}
	if i == nil || p.truth == nil && !confirmed {
		return &step{refund, o.token(millis(o.ends))}, nil
	}

	if i.Period.End().Equal(o.ends) {
		switch {
		case confirmed || !i.Refunded.IsZero():
			return nil, nil // it was done before
		case !p.waited(o, i):
			return nil, held("The term ends at %s already: the renewal that is refunded may not have arrived. Tried again after an hour.", day(o.ends))
		}
	}
	if !confirmed {
		e, err := p.ask(ctx, o.InstanceID)
		if err != nil {
			return nil, err
		}
		if !e.Ends.Equal(o.ends) || o.ends.After(i.Period.End()) {
			return p.refundDiffers(o, i, e)
		}
		refund.Confirmed = true
	}

	refund.Seen = i.Change
	return &step{refund, o.token(millis(o.ends), "confirmed", strconv.Itoa(i.Change))}, nil
}

// refundDiffers answers a refund to an end that is not the marketplace's, or that is later
// than ours. Its renewal may not have arrived, and the marketplace's books may follow its
// word, so nothing is done for an hour. A term that is longer there is then extended and
// marked, so that the marketplace is asked about each renewal that arrives later. Its
// token is not that of other extensions: the timer may make the same one meanwhile,
// without the mark.
func (p *OrderProcessor) refundDiffers(o Order, i *sale.Instance, e Entitlement) (*step, error) {
	if !p.waited(o, i) {
		return nil, held("The refund leaves the term until %s, by the marketplace it ends at %s, by our books at %s. It is asked again after an hour.", day(o.ends), day(e.Ends), day(i.Period.End()))
	}
	s, err := p.stillOpen(o, i, e)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return recordRefund(o, i), nil
	}

	if renewal, ok := s.command.(sale.MarketRenew); ok {
		renewal.Refunded = true
		s = &step{renewal, o.token(millis(o.ends), "extended", strconv.Itoa(i.Change))}
	}
	return s, nil
}

// recordRefund records a refund that leaves the term as it is, because later renewals
// followed it. The renewal that it undid may still arrive. It returns nil if a refund has
// been recorded before.
func recordRefund(o Order, i *sale.Instance) *step {
	if !i.Refunded.IsZero() {
		return nil
	}
	recorded := sale.MarketRefund{InstanceID: o.InstanceID, Ends: i.Period.End(), Call: o.Call, Confirmed: true, Seen: i.Change}
	return &step{recorded, o.token(millis(o.ends), "recorded", strconv.Itoa(i.Change))}
}

// planRelease asks the marketplace unless the buyer was refunded, which only the
// release itself says.
func (p *OrderProcessor) planRelease(ctx context.Context, o Order, i *sale.Instance, confirmed bool) (*step, error) {
	release := sale.Release{InstanceID: o.InstanceID, Channel: sale.Market, Refund: o.refund || confirmed}
	if i != nil && p.truth != nil && !release.Refund {
		e, err := p.ask(ctx, o.InstanceID)
		if err != nil {
			return nil, err
		}
		if e.Status != Closed && (e.open(p.clock()) || !i.ExpiredAt(p.clock())) {
			return nil, held("releaseInstance without a refund: by the marketplace the instance is %s until %s.", e.Status, day(e.Ends))
		}
		release.Refund = true
		release.Seen = i.Change
	}

	return &step{release, sale.ReleaseToken(o.InstanceID)}, nil
}

// ask returns the marketplace's record of an instance. If the marketplace cannot be
// asked, the message waits.
func (p *OrderProcessor) ask(ctx context.Context, instanceID string) (Entitlement, error) {
	e, err := p.truth.Instance(ctx, instanceID)
	if err != nil {
		return Entitlement{}, unasked(err)
	}
	return e, nil
}

func unasked(err error) error { return held("The marketplace could not be asked: %v.", err) }

// day formats a time as the marketplace does.
func day(t time.Time) string {
	if t.IsZero() {
		return "no time"
	}
	return t.In(sale.Shanghai()).Format(time.DateTime)
}

// HeldError means that a message has to wait: for time to pass, for another message,
// for the marketplace or for an operator. It is tried again hourly.
type HeldError struct{ Reason string }

// Error returns the reason.
func (h *HeldError) Error() string { return h.Reason }

func held(format string, args ...any) error { return &HeldError{fmt.Sprintf(format, args...)} }
