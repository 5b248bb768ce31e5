package sale

import "time"

// SetRenewal chooses how an instance is renewed (BSS OpenAPI, SetRenewal).
const SetRenewal Operation = "SetRenewal"

// RenewalStatus is how an instance is renewed: the parameter RenewalStatus.
type RenewalStatus string

const (
	AutoRenewal   RenewalStatus = "AutoRenewal"
	ManualRenewal RenewalStatus = "ManualRenewal"
	NotRenewal    RenewalStatus = "NotRenewal" // the owner will not renew it
)

// Renewal chooses how an instance is renewed from its current expiry on.
type Renewal struct {
	InstanceID string
	Status     RenewalStatus
	Period     int   // of AutoRenewal: 1 to 12
	Unit       Cycle // of AutoRenewal: Month, or Year up to 10
	Channel    Channel
	Reason     string // of an operator
}

// Operation returns SetRenewal.
func (Renewal) Operation() Operation { return SetRenewal }

// Parameters returns the parameters of the operation. The period is among them only if
// it has a meaning.
func (r Renewal) Parameters() []Parameter {
	p := []Parameter{{"InstanceId", r.InstanceID}, {"RenewalStatus", string(r.Status)}}
	if r.Status == AutoRenewal {
		unit := "M"
		if r.Unit == Year {
			unit = "Y"
		}
		p = append(p, number("RenewalPeriod", r.Period), Parameter{"RenewalPeriodUnit", unit})
	}

	return p
}

// Decide refuses with NotApplicable if it is so already. It charges nothing.
func (r Renewal) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	if err := r.check(); err != nil {
		return Decision{}, err
	}
	instance, err := a.soldBy(API, r.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	set := r.apply(instance)
	if set.AutoRenewMonths == instance.AutoRenewMonths && set.AutoRenewYearly == instance.AutoRenewYearly && set.NotRenewal == instance.NotRenewal {
		return Decision{}, refuse(NotApplicable, "Instance %s is set to %s already.", instance.ID, r.Status)
	}

	d, err := a.change(r.Channel, SetRenewal, set, 0, at)
	d.Order.Reason = r.Reason
	return d, err
}

func (r Renewal) check() error {
	switch r.Status {
	case ManualRenewal, NotRenewal:
		return nil
	case AutoRenewal:
	default:
		return outOfRange("RenewalStatus", "It must be %s, %s or %s.", AutoRenewal, ManualRenewal, NotRenewal)
	}

	switch {
	case r.Unit != Month && r.Unit != Year:
		return outOfRange("RenewalPeriodUnit", "It must be M or Y.")
	case r.Period < 1 || r.Period > 12 || r.Unit == Year && r.Period > 10:
		return outOfRange("RenewalPeriod", "It must be an integer from 1 to 12 for months, or to 10 for years.")
	}

	return nil
}

// apply returns the instance with the choice. It clears a refusal noted under an
// earlier choice, so that the next renewal is tried at once.
func (r Renewal) apply(i Instance) Instance {
	i.AutoRenewMonths = 0
	i.AutoRenewYearly = false
	i.NotRenewal = r.Status == NotRenewal
	if r.Status == AutoRenewal {
		i.AutoRenewYearly = r.Unit == Year
		i.AutoRenewMonths = r.Period
		if i.AutoRenewYearly {
			i.AutoRenewMonths *= 12
		}
	}

	i.RenewalTried = time.Time{}
	i.RenewalFailure = ""
	return i
}
