package renewals

import (
	"context"
	"errors"
	"log/slog"

	"aegis/shared/ledger"
	"aegis/shared/sale"
)

// look takes the next step that is due for one instance: release, renewal or marking it
// expired. The index says what the instance was; the ledger decides on what it is now.
func (r *run) look(ctx context.Context, d ledger.Due) {
	r.count(&r.report.Looked)
	i := d.Instance
	if !i.Expired.IsZero() && !r.now.Before(i.Expired.Add(r.ReleaseAfter)) {
		if !r.ended(ctx, d) {
			return
		}
		release := sale.Release{InstanceID: i.ID, Channel: sale.Timer, After: r.ReleaseAfter}
		r.sell(ctx, d, sale.ReleaseToken(i.ID), release, &r.report.Released)
		return
	}

	if r.renewable(i) && r.renew(ctx, d) {
		return
	}
	if i.Expired.IsZero() && !r.now.Before(d.Expiry) && r.ended(ctx, d) {
		r.sell(ctx, d, sale.ExpiryToken(i.ID, d.Expiry, i.Change), sale.Expire{InstanceID: i.ID, Expiry: d.Expiry}, &r.report.Expired)
	}
}

// ended asks the marketplace whether the term of one of its instances is over. A term
// that is longer there is extended here. If the marketplace cannot be asked, the next
// run asks again.
func (r *run) ended(ctx context.Context, d ledger.Due) bool {
	if r.Orders == nil || d.Instance.Channel != sale.Market {
		return true
	}
	over, err := r.Orders.Ended(ctx, d.Owner, d.Instance)
	if err != nil {
		r.failed(err)
	}
	return over && err == nil
}

func (r *run) renewable(i sale.Instance) bool {
	if i.AutoRenewMonths == 0 || i.Channel == sale.Market {
		return false
	}
	return r.anytime || sale.RenewalHours(r.now) && !r.now.Before(i.NextRenewal())
}

// renew renews the instance and reports whether the look is done: the instance was
// renewed, or the outcome is unknown. A refusal is noted, so that the renewal is due
// again tomorrow.
func (r *run) renew(ctx context.Context, d ledger.Due) bool {
	renewal := sale.AutoRenew{InstanceID: d.Instance.ID, Expiry: d.Expiry, Anytime: r.anytime}
	refusal, known := r.sell(ctx, d, sale.RenewalToken(d.Instance.ID, d.Expiry, d.Instance.Change), renewal, &r.report.Renewed)
	if !known || refusal == nil {
		return true
	}

	if refusal.Code == sale.NotApplicable {
		return false
	}

	r.count(&r.report.Refused)
	if err := r.Ledger.NoteRenewal(ctx, d.Owner, d.Instance.ID, d.Expiry, refusal.Code); err != nil {
		r.failed(err)
	}

	return false
}

// sell makes one sale and counts it. known is false if the outcome is unknown.
func (r *run) sell(ctx context.Context, d ledger.Due, token string, c sale.Command, counter *int) (refusal *sale.Refusal, known bool) {
	receipt, err := r.Ledger.Sell(ctx, sale.Purchase{Owner: d.Owner, Token: token, Caller: "timer", Command: c}, nil)
	r.record(d, c, receipt, err)

	switch {
	case err == nil && !receipt.Replayed:
		r.count(counter)
		return nil, true
	case err == nil:
		return nil, true
	case passing(err), !errors.As(err, &refusal):
		r.failed(err)
		return nil, false
	}

	return refusal, true
}

// record writes the log line of a step.
func (r *run) record(d ledger.Due, c sale.Command, receipt sale.Receipt, err error) {
	level, outcome := slog.LevelInfo, "done"
	attributes := []slog.Attr{
		slog.String("operation", string(c.Operation())), slog.String("owner", d.Owner), slog.String("instance", d.Instance.ID),
		slog.Time("expiry", d.Expiry), slog.String("orderId", receipt.OrderID), slog.Bool("replayed", receipt.Replayed),
	}
	if err != nil {
		var refusal *sale.Refusal
		outcome = "again"
		if level = slog.LevelError; !passing(err) && errors.As(err, &refusal) {
			level, outcome = slog.LevelInfo, string(refusal.Code)
		}
		attributes = append(attributes, slog.String("error", err.Error()))
	}

	attributes = append(attributes, slog.String("outcome", outcome))
	r.log.LogAttrs(context.Background(), level, "timer", attributes...)
}
