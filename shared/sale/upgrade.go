package sale

import (
	"math/big"
	"time"
)

// Upgrade raises an instance's edition, its machines, or both (实例升级接口:
// only upwards). The term stays as it is.
type Upgrade struct {
	InstanceID  string
	VersionCode int
	VmNumber    int
}

// Operation returns UpgradeInstance.
func (Upgrade) Operation() Operation { return UpgradeInstance }

// Parameters returns all three.
func (u Upgrade) Parameters() []Parameter {
	return []Parameter{{"InstanceId", u.InstanceID}, number("VersionCode", u.VersionCode), number("VmNumber", u.VmNumber)}
}

// Decide charges the difference of the prices for the time that is left, at the
// rate at which that time was bought (package comment, "Prices").
func (u Upgrade) Decide(catalogue Catalogue, a Account, at DecideContext) (Decision, error) {
	if _, err := u.check(catalogue); err != nil {
		return Decision{}, err
	}
	instance, err := a.soldBy(API, u.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	raised, price, err := u.raise(catalogue, instance, at)
	if err != nil {
		return Decision{}, err
	}

	fen := bill(price)
	charge(raised.Segments, fen, at.Now)
	return a.change(API, UpgradeInstance, raised, fen, at)
}

// raise returns the upgraded instance and the price of the upgrade.
func (u Upgrade) raise(catalogue Catalogue, instance Instance, at DecideContext) (Instance, *big.Rat, error) {
	target, err := u.check(catalogue)
	if err != nil {
		return Instance{}, nil, err
	}
	if instance.ExpiredAt(at.Now) || instance.Period.End().Unix() <= at.Now.Unix() {
		return Instance{}, nil, instance.refuseExpired()
	}
	today, err := catalogue.find(instance.VersionCode)
	if err != nil {
		return Instance{}, nil, err
	}
	if err := u.checkHigher(instance, today, target); err != nil {
		return Instance{}, nil, err
	}

	segments, price, err := instance.upgraded(catalogue, target, u.VmNumber, at.Now)
	instance.VersionCode = u.VersionCode
	instance.VmNumber = u.VmNumber
	instance.Segments = segments
	return instance, price, err
}

// refuseExpired returns the refusal of an expired instance. Its text names the remedy,
// which depends on the channel that sold the instance.
func (i Instance) refuseExpired() *Refusal {
	way := "renew it first, or release it and create another"
	if i.Channel == Market {
		way = "renew it on the marketplace first"
	}
	return refuse(InstanceExpired, "Instance %s expired at %s: %s.", i.ID, i.expiredSince().Format(time.RFC3339), way)
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
