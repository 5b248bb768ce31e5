package sale

import (
	"slices"
	"time"
)

// Account is all that a decision about an owner depends on.
type Account struct {
	Owner     string
	Verified  bool // has passed real-name authentication
	Deposited Fen  // paid in so far, in all
	Balance   Fen  // prepaid and not spent: Deposited less the amounts of all orders
	Machines  int  // the machines that the owner actually runs
	Instance  *Instance
	Released  []string // ids of former instances
}

// Instance is a licence. An account has one at most that is not released.
type Instance struct {
	ID              string
	VersionCode     int
	VmNumber        int // machines licensed
	Created         time.Time
	Period          Period
	AutoRenewMonths int // 0: not renewed automatically

	Expired        time.Time // since when it is marked expired; zero: it is not
	RenewalTried   time.Time // when automatic renewal last failed in this term; zero: it did not
	RenewalFailure Code      // and why
	Told           time.Time // when the marketplace sent the word that set the term; zero: not known
}

// Order explains one change of an account: what was sold, and for how much.
type Order struct {
	ID          string
	Operation   Operation
	Channel     Channel
	InstanceID  string
	Amount      Fen // charged to the prepaid balance
	VersionCode int // of the instance after this order
	VmNumber    int // of the instance after this order
	At          time.Time
	Expires     time.Time // of the instance after this order
}

// Decision is an accepted command: the account afterwards, and the order that
// leads there. Keep both or neither.
type Decision struct {
	Account Account
	Order   Order
}

// live finds the owner's instance by id. An instance that was released is told
// from one that never was the owner's.
func (a Account) live(id string) (Instance, error) {
	switch {
	case a.Instance != nil && a.Instance.ID == id:
		return *a.Instance, nil
	case slices.Contains(a.Released, id):
		return Instance{}, refuse(InstanceReleased, "Instance %s has been released.", id)
	}
	return Instance{}, &Refusal{Code: InstanceNotFound}
}

// sell charges the account for an order of the API and puts the instance into it.
func (a Account) sell(op Operation, i Instance, amount Fen, at Occasion) (Decision, error) {
	return a.charge(API, op, i, amount, at)
}

// charge is sell for any channel.
func (a Account) charge(channel Channel, op Operation, i Instance, amount Fen, at Occasion) (Decision, error) {
	if amount > a.Balance {
		return Decision{}, refuse(NotEnoughBalance, "It costs %s CNY and the balance is %s CNY.", amount, a.Balance)
	}
	a.Balance -= amount
	a.Instance = &i
	order := Order{
		ID: at.OrderID, Operation: op, Channel: channel, InstanceID: i.ID, Amount: amount,
		VersionCode: i.VersionCode, VmNumber: i.VmNumber, At: at.Now, Expires: i.Period.End(),
	}
	return Decision{Account: a, Order: order}, nil
}

// Summary is what GetSummary tells of an account.
type Summary struct {
	Machines   int
	InstanceID string    // "": no live instance
	Expires    time.Time // zero: no live instance
}

// Summary tells the machines and the live instance, if there is one.
func (a Account) Summary() Summary {
	s := Summary{Machines: a.Machines}
	if a.Instance != nil {
		s.InstanceID, s.Expires = a.Instance.ID, a.Instance.Period.End()
	}
	return s
}
