package sale

import (
	"slices"
	"time"
)

// The marketplace's orders (protocol: its SPI) are paid there. They tell when a
// term ends instead of how long it is, and may arrive twice, late and in another
// order: of two that set an instance's term, the one that was sent later holds.

// MarketCreate makes the instance that an order bought. The marketplace sells to
// verified buyers only, so nothing is verified again.
type MarketCreate struct {
	InstanceID  string // the marketplace's orderBizId
	VersionCode int
	VmNumber    int
	Ends        time.Time // zero: Term from now
	Term        Term
	Sent        time.Time // when the marketplace said so; zero: not known
}

// Operation is CreateInstance.
func (MarketCreate) Operation() Operation { return CreateInstance }

// Parameters are what was bought.
func (c MarketCreate) Parameters() []Parameter {
	p := []Parameter{{"InstanceId", c.InstanceID}, number("VersionCode", c.VersionCode), number("VmNumber", c.VmNumber)}
	if !c.Ends.IsZero() {
		return append(p, Parameter{"ExpiredOn", millis(c.Ends)})
	}
	return append(p, number("Duration", c.Term.Duration), Parameter{"PricingCycle", string(c.Term.Cycle)})
}

// Decide needs an account without a live instance.
func (c MarketCreate) Decide(catalogue Catalogue, a Account, at Occasion) (Decision, error) {
	if err := checkVmNumber(c.VmNumber); err != nil {
		return Decision{}, err
	}
	if _, err := catalogue.find(c.VersionCode); err != nil {
		return Decision{}, err
	}
	if a.Instance != nil {
		return Decision{}, refuse(InstanceAlreadyExists, "Instance %s exists.", a.Instance.ID)
	}
	if slices.Contains(a.Released, c.InstanceID) {
		return Decision{}, refuse(InstanceReleased, "Instance %s has been released.", c.InstanceID)
	}
	period, err := c.period(at.Now)
	if err != nil {
		return Decision{}, err
	}
	return a.charge(Market, CreateInstance, Instance{
		ID: c.InstanceID, VersionCode: c.VersionCode, VmNumber: c.VmNumber, Created: at.Now, Period: period, Told: c.Sent,
	}, 0, at)
}

func (c MarketCreate) period(now time.Time) (Period, error) {
	if !c.Ends.IsZero() {
		return Period{Anchor: c.Ends}, nil
	}
	if err := c.Term.check(Year, Month, Day, Hour); err != nil {
		return Period{}, err
	}
	return Period{Anchor: now}.Extend(c.Term), nil
}

// MarketTerm sets the end of a term: a renewal, or one that is taken back.
type MarketTerm struct {
	InstanceID string
	Ends       time.Time
	Refund     bool
	Sent       time.Time
}

// RefundRenewInstance takes a renewal back.
const RefundRenewInstance Operation = "RefundRenewInstance"

// Operation is RenewInstance or RefundRenewInstance.
func (m MarketTerm) Operation() Operation {
	if m.Refund {
		return RefundRenewInstance
	}
	return RenewInstance
}

// Parameters are the instance and the end.
func (m MarketTerm) Parameters() []Parameter {
	return []Parameter{{"InstanceId", m.InstanceID}, {"ExpiredOn", millis(m.Ends)}}
}

// Decide sets the end, unless a later message has. A renewal never shortens a
// term: the order is kept then, and the term stays.
func (m MarketTerm) Decide(_ Catalogue, a Account, at Occasion) (Decision, error) {
	instance, err := a.live(m.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	ends := instance.Period.End()
	if m.Refund && ends.Equal(m.Ends) && !m.Sent.After(instance.Told) {
		return Decision{}, refuse(Superseded, "Instance %s ends at %s already.", instance.ID, ends.Format(time.RFC3339))
	}
	if !instance.overtook(m.Sent) && (m.Refund || ends.Before(m.Ends)) {
		instance = instance.prolong(Period{Anchor: m.Ends})
	}
	instance.Told = later(instance.Told, m.Sent)
	return a.charge(Market, m.Operation(), instance, 0, at)
}

// overtook tells whether the instance's term was set by a message that was sent
// later than this one.
func (i Instance) overtook(sent time.Time) bool {
	return !sent.IsZero() && sent.Before(i.Told)
}

// MarketUpgrade raises an instance to what the buyer bought. The term stays.
type MarketUpgrade struct{ Upgrade }

// Decide is the API's, and charges nothing.
func (m MarketUpgrade) Decide(catalogue Catalogue, a Account, at Occasion) (Decision, error) {
	raised, _, err := m.raise(catalogue, a, at)
	if err != nil {
		return Decision{}, err
	}
	return a.charge(Market, UpgradeInstance, raised, 0, at)
}

// MarketExpire freezes an instance whose term is over by the marketplace's word,
// whatever is known of it here.
type MarketExpire struct {
	InstanceID string
	Sent       time.Time
}

// Operation is ExpireInstance.
func (MarketExpire) Operation() Operation { return ExpireInstance }

// Parameters is the instance.
func (m MarketExpire) Parameters() []Parameter { return []Parameter{{"InstanceId", m.InstanceID}} }

// Decide refuses with Superseded if the instance is frozen already, or was
// renewed after the message was sent.
func (m MarketExpire) Decide(_ Catalogue, a Account, at Occasion) (Decision, error) {
	instance, err := a.live(m.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	if !instance.Expired.IsZero() || instance.overtook(m.Sent) {
		return Decision{}, refuse(Superseded, "Instance %s has expired already, or was renewed since.", instance.ID)
	}
	if instance.Expired = at.Now; instance.Period.End().Before(at.Now) {
		instance.Expired = instance.Period.End()
	}
	return a.charge(Market, ExpireInstance, instance, 0, at)
}
