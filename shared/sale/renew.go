package sale

import "time"

// Renew prolongs an instance from its current expiry, also when that has passed
// (实例续费接口).
type Renew struct {
	InstanceID string
	Term       Term // Year, Month, Day or Hour
	VmNumber   int  // the owner's actual number of machines, as a check
}

// Operation returns RenewInstance.
func (Renew) Operation() Operation { return RenewInstance }

// Parameters returns all four.
func (r Renew) Parameters() []Parameter {
	return []Parameter{
		{"InstanceId", r.InstanceID}, number("Duration", r.Term.Duration),
		{"PricingCycle", string(r.Term.Cycle)}, number("VmNumber", r.VmNumber),
	}
}

// Decide charges for all machines licensed, which stay licensed. VmNumber must
// be the machines that the owner runs, and the licence must cover them. A renewal
// that would end in the past is refused.
func (r Renew) Decide(catalogue Catalogue, a Account, at DecideContext) (Decision, error) {
	if err := r.check(); err != nil {
		return Decision{}, err
	}

	instance, err := a.soldBy(API, r.InstanceID)
	if err != nil {
		return Decision{}, err
	}

	if err := r.checkMachines(a, instance, at); err != nil {
		return Decision{}, err
	}
	return a.renew(API, catalogue, instance, r.Term, at)
}

// renew prolongs an instance by a term from its current expiry and charges for it.
func (a Account) renew(channel Channel, catalogue Catalogue, i Instance, t Term, at DecideContext) (Decision, error) {
	edition, err := catalogue.find(i.VersionCode)
	if err != nil {
		return Decision{}, err
	}
	period := i.Period.Extend(t)
	if !period.End().After(at.Now) {
		return Decision{}, refuse(RenewalTooShort, "Instance %s would end at %s, which has passed: renew it for longer.",
			i.ID, period.End().Format(time.RFC3339))
	}
	if i.full(t.Cycle, at.Now) {
		return Decision{}, refuse(RenewalTooShort, "Instance %s is renewed %d terms ahead: renew it for longer terms.", i.ID, MaxSegments)
	}

	price := t.price(edition.MonthlyFen * Fen(i.VmNumber))
	i.Trial = false // a paid instance never gives way
	return a.change(channel, RenewInstance, i.extend(period, t, price, at.OrderID), price, at)
}

func (r Renew) check() error {
	if err := r.Term.check(Year, Month, Day, Hour); err != nil {
		return err
	}
	return checkVmNumber(r.VmNumber)
}

func (r Renew) checkMachines(a Account, i Instance, at DecideContext) error {
	switch {
	case r.VmNumber != a.Machines:
		return refuse(VmNumberMismatch, "VmNumber is %d and the account has %d machines.", r.VmNumber, a.Machines)
	case r.VmNumber > i.VmNumber && i.ExpiredAt(at.Now):
		return refuse(VmNumberOverLicence, "The licence covers %d machines and has expired: run %d machines at most, or release instance %s and create another.", i.VmNumber, i.VmNumber, i.ID)
	case r.VmNumber > i.VmNumber:
		return refuse(VmNumberOverLicence, "The licence covers %d machines: upgrade it to %d first.", i.VmNumber, r.VmNumber)
	}

	return nil
}
