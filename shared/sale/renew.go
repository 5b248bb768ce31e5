package sale

// Renew prolongs an instance from its current expiry, also when that has passed
// (实例续费接口).
type Renew struct {
	InstanceID string
	Term       Term // Year, Month, Day or Hour
	VmNumber   int  // the owner's actual number of machines, as a check
}

// Operation is RenewInstance.
func (Renew) Operation() Operation { return RenewInstance }

// Parameters are all four.
func (r Renew) Parameters() []Parameter {
	return []Parameter{
		{"InstanceId", r.InstanceID}, number("Duration", r.Term.Duration),
		{"PricingCycle", string(r.Term.Cycle)}, number("VmNumber", r.VmNumber),
	}
}

// Decide charges for all machines licensed, which stay licensed. VmNumber must
// be the machines that the owner runs, and the licence must cover them.
func (r Renew) Decide(catalogue Catalogue, a Account, at Occasion) (Decision, error) {
	if err := r.check(); err != nil {
		return Decision{}, err
	}
	instance, err := a.live(r.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	if err := r.checkMachines(a, instance); err != nil {
		return Decision{}, err
	}
	edition, err := catalogue.find(instance.VersionCode)
	if err != nil {
		return Decision{}, err
	}
	instance = instance.prolong(instance.Period.Extend(r.Term))
	price := r.Term.price(edition.MonthlyFen * Fen(instance.VmNumber))
	return a.sell(RenewInstance, instance, price, at)
}

func (r Renew) check() error {
	if err := r.Term.check(Year, Month, Day, Hour); err != nil {
		return err
	}
	return checkVmNumber(r.VmNumber)
}

func (r Renew) checkMachines(a Account, i Instance) error {
	switch {
	case r.VmNumber != a.Machines:
		return refuse(VmNumberMismatch, "VmNumber is %d and the account has %d machines.", r.VmNumber, a.Machines)
	case r.VmNumber > i.VmNumber:
		return refuse(VmNumberOverLicence, "The licence covers %d machines: upgrade it to %d first.", i.VmNumber, r.VmNumber)
	}
	return nil
}
