package sale

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Account is everything that a decision about an owner depends on.
type Account struct {
	Owner     string
	Verified  bool // has passed real-name authentication
	Deposited Fen  // the credits of all orders: paid in, corrections included
	Balance   Fen  // prepaid and not spent: Deposited less the amounts of all orders
	Machines  int  // the machines that the owner actually runs
	Instance  *Instance
	Released  []string // ids of former instances
	Spent     Spent    // by keys with a ceiling
}

// Instance is a licence. An account has at most one that is not released.
type Instance struct {
	ID          string
	Channel     Channel // that sold it, API or Market; no other changes or ends it
	Change      int     // orders that changed it so far: derived tokens carry it
	Trial       bool    // a free trial of the marketplace: yields to a paid order, is never renewed automatically
	VersionCode int
	VmNumber    int // machines licensed
	Created     time.Time
	Period      Period
	Segments    []Segment // the paid time up to Period.End(), in order and without gaps

	AutoRenewMonths int  // 0: not renewed automatically
	AutoRenewYearly bool // renewed by the year, at the price of years; AutoRenewMonths is a multiple of 12
	NotRenewal      bool // the owner has said that it will not be renewed

	Expired        time.Time // since when it is marked expired; zero: it is not
	RenewalTried   time.Time // when automatic renewal last failed in this term; zero: it did not
	RenewalFailure Code      // and why
	Refunded       time.Time // when a renewal of the marketplace was last undone; zero: never
}

// Order explains one change of an account: what was sold or corrected, by whom,
// and for how much. Balance is the sum of Credit − Amount over all orders.
type Order struct {
	ID          string
	Operation   Operation
	Channel     Channel
	InstanceID  string // "" if the order is about the account
	Amount      Fen    // charged to the prepaid balance
	Credit      Fen    // paid in; below 0 for a correction downwards
	VersionCode int    // of the instance after this order
	VmNumber    int    // of the instance after this order
	At          time.Time
	Expires     time.Time // of the instance after this order; zero without an instance
	Reason      string    // the reference of a deposit, why an operator acted, what a reader should know
}

// Decision is an accepted command: the account afterwards and the orders that lead to
// it. Store all of it or nothing.
type Decision struct {
	Account Account
	Order   Order
	Earlier []Step // orders made before it in the same commit, such as a release that makes room
}

// Step is an order of a Decision that has a token of its own.
type Step struct {
	Order   Order
	Token   string
	Command Command
}

// live returns the owner's instance. A released instance is distinguished from one
// that never belonged to the owner.
func (a Account) live(id string) (Instance, error) {
	switch {
	case a.Instance != nil && a.Instance.ID == id:
		return *a.Instance, nil
	case slices.Contains(a.Released, id):
		return Instance{}, refuse(InstanceReleased, "Instance %s has been released.", id)
	}
	return Instance{}, &Refusal{Code: InstanceNotFound}
}

// soldBy returns the owner's instance if the channel given sold it. Only that
// channel upgrades, renews, expires or releases it.
func (a Account) soldBy(channel Channel, id string) (Instance, error) {
	i, err := a.live(id)
	if err != nil || i.Channel == channel {
		return i, err
	}
	if i.Channel == Market {
		return Instance{}, refuse(SoldByMarketplace, "Instance %s was bought on the marketplace: upgrade, renew or return it there.", id)
	}
	return Instance{}, refuse(SoldByAPI, "Instance %s was not bought on the marketplace.", id)
}

// change stores the instance in the account and charges for it.
func (a Account) change(channel Channel, op Operation, i Instance, amount Fen, at DecideContext) (Decision, error) {
	if amount > a.Balance {
		return Decision{}, refuse(NotEnoughBalance, "It costs %s CNY and the balance is %s CNY.", amount, a.Balance)
	}
	i.Change++
	i.Segments = bounded(i.Segments, at.Now)

	a.Balance -= amount
	a.Instance = &i
	return Decision{Account: a, Order: Order{
		ID: at.OrderID, Operation: op, Channel: channel, InstanceID: i.ID, Amount: amount,
		VersionCode: i.VersionCode, VmNumber: i.VmNumber, At: at.Now, Expires: i.Period.End(),
	}}, nil
}

// credit changes the balance without a sale. It refuses a result that does not fit or
// is below 0.
func (a Account) credit(op Operation, amount Fen, reason string, at DecideContext) (Decision, error) {
	switch {
	case amount > 0 && (a.Balance > math.MaxInt64-amount || a.Deposited > math.MaxInt64-amount):
		return Decision{}, outOfRange("Amount", "The balance would exceed what can be counted.")
	case amount < 0 && a.Balance+amount < 0:
		return Decision{}, refuse(NotEnoughBalance, "The balance is %s CNY and %s CNY are to be taken from it.", a.Balance, -amount)
	}

	a.Balance += amount
	a.Deposited += amount
	return Decision{Account: a, Order: Order{
		ID: at.OrderID, Operation: op, Channel: Operator, Credit: amount, At: at.Now, Reason: reason,
	}}, nil
}

// release removes the instance from the account.
func (a Account) release(channel Channel, at DecideContext) (Decision, error) {
	id := a.Instance.ID
	d, err := a.change(channel, ReleaseInstance, *a.Instance, 0, at)
	d.Account.Instance = nil
	d.Account.Released = append(slices.Clone(a.Released), id)
	return d, err
}

// Summary is what GetSummary answers about an account.
type Summary struct {
	Machines   int
	InstanceID string // "": no live instance, and the fields below are zero
	Expires    time.Time

	VersionCode int
	VmNumber    int
	Status      Status
	AutoRenew   bool
	ChargeType  string
}

// Status is the state of an instance. "": an endpoint did not say.
type Status string

const (
	StatusRunning Status = "Running"
	StatusExpired Status = "Expired"
)

// PrePaid is how instances are paid for.
const PrePaid = "PrePaid"

// Summary returns the machines and the live instance, if there is one, at a moment.
func (a Account) Summary(now time.Time) Summary {
	s := Summary{Machines: a.Machines}
	i := a.Instance
	if i == nil {
		return s
	}

	s.InstanceID, s.Expires = i.ID, i.Period.End()
	s.VersionCode, s.VmNumber = i.VersionCode, i.VmNumber
	s.AutoRenew = i.AutoRenewMonths > 0 && i.Channel != Market
	s.ChargeType = PrePaid
	s.Status = StatusRunning
	if i.ExpiredAt(now) {
		s.Status = StatusExpired
	}
	return s
}

// IsOwner reports whether a text is an account's number: 1 to 19 digits.
func IsOwner(text string) bool {
	return text != "" && len(text) <= 19 && strings.Trim(text, "0123456789") == ""
}
