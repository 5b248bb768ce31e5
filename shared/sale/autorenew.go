package sale

import "time"

// AutoRenew prolongs an instance by its AutoRenewDuration at one expiry. A
// renewal by hand moves the expiry, so that it takes the automatic one's place.
type AutoRenew struct {
	InstanceID string
	Expiry     time.Time // the end of the term that is renewed
	Anytime    bool      // also outside the renewal hours and again on the same day: an operator asked
}

// Operation returns RenewInstance.
func (AutoRenew) Operation() Operation { return RenewInstance }

// Parameters returns the instance and the expiry.
func (r AutoRenew) Parameters() []Parameter {
	return []Parameter{{"InstanceId", r.InstanceID}, {"Expiry", millis(r.Expiry)}}
}

// Decide charges for all machines licensed. It refuses with NotApplicable when
// there is nothing to renew, or not yet.
func (r AutoRenew) Decide(catalogue Catalogue, a Account, at DecideContext) (Decision, error) {
	instance, err := a.live(r.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	if err := r.check(instance, at.Now); err != nil {
		return Decision{}, err
	}
	return a.renew(Timer, catalogue, instance, instance.autoRenewTerm(), at)
}

// autoRenewTerm returns what the owner chose for automatic renewal.
func (i Instance) autoRenewTerm() Term {
	if i.AutoRenewYearly {
		return Term{Duration: i.AutoRenewMonths / 12, Cycle: Year}
	}
	return Term{Duration: i.AutoRenewMonths, Cycle: Month}
}

func (r AutoRenew) check(i Instance, now time.Time) error {
	switch {
	case i.AutoRenewMonths == 0 || i.Channel == Market:
		return refuse(NotApplicable, "Instance %s is renewed by hand.", i.ID)
	case !i.Period.End().Equal(r.Expiry):
		return refuse(NotApplicable, "Instance %s is paid until %s.", i.ID, i.Period.End().Format(time.RFC3339))
	case now.Before(i.Period.End().Add(-RenewalLead)):
		return refuse(NotApplicable, "Instance %s is not to be renewed before %s.", i.ID, i.NextRenewal().Format(time.RFC3339))
	case !r.Anytime && (now.Before(i.NextRenewal()) || !RenewalHours(now)):
		return refuse(NotApplicable, "Instance %s is not to be renewed before %s.", i.ID, nextRenewalHour(later(now, i.NextRenewal())).Format(time.RFC3339))
	}

	return nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
