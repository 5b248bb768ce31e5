package sale

import "time"

// ExpireInstance marks an instance expired.
const ExpireInstance Operation = "ExpireInstance"

// Expire marks an instance whose term is over as expired.
type Expire struct {
	InstanceID string
	Expiry     time.Time // the end of the term
}

// Operation returns ExpireInstance.
func (Expire) Operation() Operation { return ExpireInstance }

// Parameters returns the instance and the expiry.
func (e Expire) Parameters() []Parameter {
	return []Parameter{{"InstanceId", e.InstanceID}, {"Expiry", millis(e.Expiry)}}
}

// Decide refuses with NotApplicable if the instance is not at that expiry, or is
// marked already.
func (e Expire) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	instance, err := a.live(e.InstanceID)
	if err != nil {
		return Decision{}, err
	}

	switch {
	case !instance.Expired.IsZero() || !instance.Period.End().Equal(e.Expiry):
		return Decision{}, refuse(NotApplicable, "Instance %s is not to be marked expired.", instance.ID)
	case at.Now.Before(e.Expiry):
		return Decision{}, refuse(NotApplicable, "Instance %s is paid until %s.", instance.ID, e.Expiry.Format(time.RFC3339))
	}

	instance.Expired = e.Expiry
	return a.change(Timer, ExpireInstance, instance, 0, at)
}
