package sale

import (
	"slices"
	"time"
)

// The marketplace's orders are paid there. They carry the end of a term instead of its
// length, and neither date nor number; they may arrive twice, late and in any order
// (protocol: its SPI). So a renewal takes the later end, whichever arrives first. A
// message that shortens a term acts only if it cannot be an old one: package
// marketplace asks the marketplace, or holds the message.

// MarketCreate creates the instance that an order bought. The marketplace sells to
// verified buyers only, so the buyer is not verified again.
type MarketCreate struct {
	InstanceID  string // the marketplace's orderBizId
	VersionCode int
	VmNumber    int
	Ends        time.Time // zero: Term from now
	Term        Term
	Trial       bool
	Confirmed   bool // the marketplace agrees that a term which has ended is over
}

// Operation returns CreateInstance.
func (MarketCreate) Operation() Operation { return CreateInstance }

// Parameters returns what was bought.
func (c MarketCreate) Parameters() []Parameter {
	p := []Parameter{{"InstanceId", c.InstanceID}, number("VersionCode", c.VersionCode), number("VmNumber", c.VmNumber)}
	if !c.Ends.IsZero() {
		return append(p, Parameter{"ExpiredOn", millis(c.Ends)})
	}
	return append(p, number("Duration", c.Term.Duration), Parameter{"PricingCycle", string(c.Term.Cycle)})
}

// ReplacesInstance marks that the decision may release the account's instance.
func (MarketCreate) ReplacesInstance() {}

// Decide requires an account without a live instance, or with one that gives way: a
// trial to a paid order at once, a paid instance of the marketplace when its end has
// passed. The release of that instance is an order of the same commit.
func (c MarketCreate) Decide(catalogue Catalogue, a Account, at DecideContext) (Decision, error) {
	if err := c.check(catalogue, a); err != nil {
		return Decision{}, err
	}
	period, err := c.period(at.Now)
	if err != nil {
		return Decision{}, err
	}
	a, earlier, err := c.clearWay(a, at)
	if err != nil {
		return Decision{}, err
	}

	i := Instance{ID: c.InstanceID, Channel: Market, Trial: c.Trial, VersionCode: c.VersionCode, VmNumber: c.VmNumber, Created: at.Now}
	d, err := a.change(Market, CreateInstance, i.begin(period, Term{}, 0, at), 0, at)
	d.Earlier = earlier
	return d, err
}

func (c MarketCreate) check(catalogue Catalogue, a Account) error {
	if err := checkVmNumber(c.VmNumber); err != nil {
		return err
	}
	if _, err := catalogue.find(c.VersionCode); err != nil {
		return err
	}
	if slices.Contains(a.Released, c.InstanceID) {
		return refuse(InstanceReleased, "Instance %s has been released.", c.InstanceID)
	}
	return nil
}

// period returns an exact period: what the marketplace sold is not rounded to midnight.
func (c MarketCreate) period(now time.Time) (Period, error) {
	if !c.Ends.IsZero() {
		return until(c.Ends), nil
	}
	if err := c.Term.check(Year, Month, Day, Hour); err != nil {
		return Period{}, err
	}
	return until(now).Extend(c.Term), nil
}

// clearWay releases the account's instance if it gives way to the order.
func (c MarketCreate) clearWay(a Account, at DecideContext) (Account, []Step, error) {
	old := a.Instance
	if old == nil {
		return a, nil, nil
	}
	yields := old.Channel == Market && old.ID != c.InstanceID && (old.Trial && !c.Trial || old.ExpiredAt(at.Now))
	if !yields {
		return a, nil, refuse(InstanceAlreadyExists, "Instance %s exists (sold by %s) until %s.", old.ID, old.Channel, old.Period.End().Format(time.RFC3339))
	}

	release := Release{InstanceID: old.ID, Channel: Market, Refund: true}
	at.OrderID = at.EarlierID
	d, err := a.release(Market, at)
	d.Order.Reason = "replaced by instance " + c.InstanceID
	return d.Account, []Step{{Order: d.Order, Token: ReleaseToken(old.ID), Command: release}}, err
}

// MarketRenew prolongs an instance to the end that a renewal bought.
type MarketRenew struct {
	InstanceID string
	Ends       time.Time
	Seen       int    // the instance's change number when the end was computed from it; 0: any
	KeepTrial  bool   // the marketplace extended a trial, and sold nothing
	Refunded   bool   // the end is what a refund has left
	Reason     string // what a reader of the order should know
}

// Operation returns RenewInstance.
func (MarketRenew) Operation() Operation { return RenewInstance }

// Parameters returns the instance and the end.
func (m MarketRenew) Parameters() []Parameter {
	return []Parameter{{"InstanceId", m.InstanceID}, {"ExpiredOn", millis(m.Ends)}}
}

// Decide takes the later end. A renewal that arrives after a later one still gets its
// order, and its end is marked in the paid time, so that the later one can be undone
// back to it. One that leaves the end as it is ends an expiry within the term: arrears were
// paid (protocol: renewInstance), or the time was bought again. It refuses with PaidTimeLeft
// if the end was computed from an instance that has changed since.
func (m MarketRenew) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	instance, err := a.soldBy(Market, m.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	if instance.changedSince(m.Seen) {
		return Decision{}, refuse(PaidTimeLeft, "Instance %s has changed: it is paid until %s.", m.InstanceID, instance.Period.End().Format(time.RFC3339))
	}
	reason := ""
	if !instance.Refunded.IsZero() {
		reason = "renewed after a refund"
	}
	if m.Ends.After(instance.Period.End()) {
		instance = instance.extend(until(m.Ends), Term{}, 0, at.OrderID)
	} else {
		instance.Segments = insertEnd(instance.paidTime(), m.Ends, at.OrderID)
		reason = "the term ends later already"
		if instance.ReopenedBy(m.Ends) {
			instance.Expired, reason = time.Time{}, "no longer expired"
		}
	}
	instance.Trial = instance.Trial && m.KeepTrial
	if m.Refunded {
		instance.Refunded = at.Now
	}
	if m.Reason != "" {
		reason = m.Reason
	}

	d, err := a.change(Market, RenewInstance, instance, 0, at)
	d.Order.Reason = reason
	return d, err
}

// ReopenedBy reports whether a renewal until end pays for time of the term in which the
// instance is marked expired.
func (i Instance) ReopenedBy(end time.Time) bool {
	return !i.Expired.IsZero() && i.Expired.Before(end) && !end.After(i.Period.End())
}

// insertEnd splits the segment in which a late renewal ends: the renewal granted the
// time up to there.
func insertEnd(segments []Segment, end time.Time, orderID string) []Segment {
	var all []Segment
	for n, s := range segments {
		if n > 0 && s.From.Before(end) && end.Before(s.To) {
			before, after := s.split(end)
			before.OrderID = orderID
			before.Operator = false
			all = append(all, before)
			s = after
		}
		all = append(all, s)
	}

	return all
}

// RefundRenewInstance undoes a renewal.
const RefundRenewInstance Operation = "RefundRenewInstance"

// MarketRefund undoes the last renewal that has not been undone yet.
type MarketRefund struct {
	InstanceID string
	Ends       time.Time // the end of the term without that renewal
	Call       string    // identifies the call of the marketplace: a repeated call is not the same refund
	Confirmed  bool      // the marketplace or an operator says that the term ends so
	Seen       int       // the instance's change number when that was said; 0: any
}

// Operation returns RefundRenewInstance.
func (MarketRefund) Operation() Operation { return RefundRenewInstance }

// Parameters returns the instance, the end and the call.
func (m MarketRefund) Parameters() []Parameter {
	return []Parameter{{"InstanceId", m.InstanceID}, {"ExpiredOn", millis(m.Ends)}, {"Call", m.Call}}
}

// Decide refuses with NoRenewalLeft if the end is not the one before the last
// renewal, or an operator has extended the term since: the call is an old one, or is
// about a renewal that has not arrived. If the
// marketplace confirms that the term ends where it ends already, the refund is recorded,
// so that the renewal is not granted when it arrives. What was confirmed about an instance
// says nothing once that has changed.
func (m MarketRefund) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	instance, err := a.soldBy(Market, m.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	segments := instance.paidTime()
	last := lastGrant(segments)
	undoes := last > 0 && segments[last].From.Equal(m.Ends) && segments[last].renewal()
	if m.Confirmed && instance.changedSince(m.Seen) || !undoes && !(m.Confirmed && m.endsEarlier(instance)) {
		return Decision{}, refuse(NoRenewalLeft, "Instance %s ends at %s, and no renewal of it leads there from %s.",
			instance.ID, instance.Period.End().Format(time.RFC3339), m.Ends.Format(time.RFC3339))
	}

	instance = instance.end(m.Ends)
	instance.Refunded = at.Now
	if instance.Expired.After(m.Ends) {
		instance.Expired = m.Ends
	}
	d, err := a.change(Market, RefundRenewInstance, instance, 0, at)
	if m.Confirmed {
		d.Order.Reason = "confirmed"
	}
	return d, err
}

// changedSince reports whether an order has changed the instance since its change number
// was seen. 0 was never seen.
func (i Instance) changedSince(seen int) bool { return seen != 0 && seen != i.Change }

// endsEarlier reports whether the refund shortens the term, or came before the renewal
// that it undoes.
func (m MarketRefund) endsEarlier(i Instance) bool {
	end := i.Period.End()
	return m.Ends.Before(end) || m.Ends.Equal(end) && i.Refunded.IsZero()
}

// lastGrant returns the index of the first segment that the last granting order
// granted.
func lastGrant(segments []Segment) int {
	last := len(segments) - 1
	for last > 0 && segments[last-1].OrderID == segments[last].OrderID {
		last--
	}
	return last
}

// MarketUpgrade raises an instance to what the buyer bought. The term stays.
type MarketUpgrade struct {
	InstanceID  string
	VersionCode int
	VmNumber    int // 0: stays
}

// Operation returns UpgradeInstance.
func (MarketUpgrade) Operation() Operation { return UpgradeInstance }

// Parameters returns what was bought.
func (m MarketUpgrade) Parameters() []Parameter {
	return []Parameter{{"InstanceId", m.InstanceID}, number("VersionCode", m.VersionCode), number("VmNumber", m.VmNumber)}
}

// Decide charges nothing. It refuses with NotApplicable if the instance is there
// already. A trial that somebody paid to raise is one no longer, and yields to no order.
func (m MarketUpgrade) Decide(catalogue Catalogue, a Account, at DecideContext) (Decision, error) {
	instance, err := a.soldBy(Market, m.InstanceID)
	if err != nil {
		return Decision{}, err
	}

	u := Upgrade(m)
	if u.VmNumber == 0 {
		u.VmNumber = instance.VmNumber
	}
	if u.VersionCode == instance.VersionCode && u.VmNumber == instance.VmNumber {
		return Decision{}, refuse(NotApplicable, "Instance %s has edition %d and %d machines already.", instance.ID, u.VersionCode, u.VmNumber)
	}

	raised, _, err := u.raise(catalogue, instance, at)
	if err != nil {
		return Decision{}, err
	}
	raised.Trial = false
	return a.change(Market, UpgradeInstance, raised, 0, at)
}

// ExpiryTolerance is how far the marketplace's clock may be ahead of ours when it
// reports that a term is over.
const ExpiryTolerance = time.Hour

// MarketExpire marks an instance expired because the marketplace says so.
type MarketExpire struct {
	InstanceID string
	Confirmed  bool // the marketplace or an operator says that the term is over
	Seen       int  // the instance's change number when that was said; 0: any
}

// Operation returns ExpireInstance.
func (MarketExpire) Operation() Operation { return ExpireInstance }

// Parameters returns the instance.
func (m MarketExpire) Parameters() []Parameter { return []Parameter{{"InstanceId", m.InstanceID}} }

// Decide refuses with PaidTimeLeft while the term is paid for, give or take
// ExpiryTolerance: the call may be a repetition from before a renewal. It refuses
// with NotApplicable if the instance is marked already. Paid time is not frozen:
// the mark is dated at the end of the term, unless the end was confirmed.
func (m MarketExpire) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	instance, err := a.soldBy(Market, m.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	end := instance.Period.End()
	switch {
	case !instance.Expired.IsZero():
		return Decision{}, refuse(NotApplicable, "Instance %s is marked expired already.", instance.ID)
	case m.Confirmed && instance.changedSince(m.Seen), !m.Confirmed && at.Now.Before(end.Add(-ExpiryTolerance)):
		return Decision{}, refuse(PaidTimeLeft, "Instance %s is paid until %s.", instance.ID, end.Format(time.RFC3339))
	}

	instance.Expired = end
	if m.Confirmed && at.Now.Before(end) {
		instance.Expired = at.Now
	}
	return a.change(Market, ExpireInstance, instance, 0, at)
}
