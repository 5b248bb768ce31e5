package sale

import "time"

// Upgrade raises an instance's edition, its machines, or both (实例升级接口:
// only upwards). The term stays as it is.
type Upgrade struct {
	InstanceID  string
	VersionCode int
	VmNumber    int
}

// Operation is UpgradeInstance.
func (Upgrade) Operation() Operation { return UpgradeInstance }

// Parameters are all three.
func (u Upgrade) Parameters() []Parameter {
	return []Parameter{{"InstanceId", u.InstanceID}, number("VersionCode", u.VersionCode), number("VmNumber", u.VmNumber)}
}

// Decide charges the difference of the monthly prices for the time that is left.
func (u Upgrade) Decide(catalogue Catalogue, a Account, at Occasion) (Decision, error) {
	instance, price, err := u.raise(catalogue, a, at)
	if err != nil {
		return Decision{}, err
	}
	d, err := a.sell(UpgradeInstance, instance, price, at)
	return d, atThisTime(err) // the price depends on it
}

// raise is the instance afterwards, and what that costs.
func (u Upgrade) raise(catalogue Catalogue, a Account, at Occasion) (Instance, Fen, error) {
	target, err := u.check(catalogue)
	if err != nil {
		return Instance{}, 0, err
	}
	instance, err := a.live(u.InstanceID)
	if err != nil {
		return Instance{}, 0, err
	}
	left := instance.Period.End().Unix() - at.Now.Unix()
	if left <= 0 || instance.ExpiredAt(at.Now) {
		return Instance{}, 0, atThisTime(refuse(InstanceExpired, "Instance %s expired at %s.", instance.ID, instance.expiredSince().Format(time.RFC3339)))
	}
	today, err := catalogue.find(instance.VersionCode)
	if err != nil {
		return Instance{}, 0, err
	}
	if err := u.checkHigher(instance, today, target); err != nil {
		return Instance{}, 0, err
	}
	price := difference(target.MonthlyFen*Fen(u.VmNumber), today.MonthlyFen*Fen(instance.VmNumber), left)
	instance.VersionCode, instance.VmNumber = u.VersionCode, u.VmNumber
	return instance, price, nil
}

func (u Upgrade) check(catalogue Catalogue) (Edition, error) {
	if err := checkVmNumber(u.VmNumber); err != nil {
		return Edition{}, err
	}
	return catalogue.find(u.VersionCode)
}

func (u Upgrade) checkHigher(i Instance, today, target Edition) error {
	switch {
	case target.Rank < today.Rank:
		return refuse(UpgradeNotHigher, "VersionCode %d is below the instance's %d.", target.VersionCode, today.VersionCode)
	case u.VmNumber < i.VmNumber:
		return refuse(UpgradeNotHigher, "VmNumber %d is below the instance's %d.", u.VmNumber, i.VmNumber)
	case target.Rank == today.Rank && u.VmNumber == i.VmNumber:
		return refuse(UpgradeNotHigher, "Neither VersionCode nor VmNumber is above the instance's.")
	}
	return nil
}

// difference is the price of going from one monthly rate to another for the
// seconds left, over a month of 30 days, rounded half up to a fen and never
// below 0 (help page "升级": with 300 CNY a month, 184 days cost 1,840).
func difference(to, from Fen, seconds int64) Fen {
	const month = 30 * 24 * 60 * 60
	return proportion(max(to-from, 0), seconds, month)
}
