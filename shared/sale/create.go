package sale

import "strconv"

// Create buys an owner's one instance (创建实例接口).
type Create struct {
	Term            Term // Year or Month
	VersionCode     int
	VmNumber        int
	AutoRenewMonths int  // AutoRenewDuration: 1 to 12, looked at only if AutoRenew
	AutoRenew       bool // IsAutoRenew
}

// Operation returns CreateInstance.
func (Create) Operation() Operation { return CreateInstance }

// Parameters returns the parameters of the operation. AutoRenewDuration is among them
// only if it has a meaning.
func (c Create) Parameters() []Parameter {
	p := []Parameter{
		number("Duration", c.Term.Duration), {"PricingCycle", string(c.Term.Cycle)},
		number("VersionCode", c.VersionCode), number("VmNumber", c.VmNumber),
		{"IsAutoRenew", strconv.FormatBool(c.AutoRenew)},
	}
	if c.AutoRenew {
		p = append(p, number("AutoRenewDuration", c.AutoRenewMonths))
	}

	return p
}

// Decide requires a verified account without a live instance, and charges the whole
// term at once.
func (c Create) Decide(catalogue Catalogue, a Account, at DecideContext) (Decision, error) {
	edition, err := c.check(catalogue)
	if err != nil {
		return Decision{}, err
	}
	if !a.Verified {
		return Decision{}, &Refusal{Code: NotVerified}
	}
	if a.Instance != nil {
		return Decision{}, refuse(InstanceAlreadyExists, "Instance %s exists.", a.Instance.ID)
	}

	price := c.Term.price(edition.MonthlyFen * Fen(c.VmNumber))
	return a.change(API, CreateInstance, c.instance(price, at), price, at)
}

func (c Create) check(catalogue Catalogue) (Edition, error) {
	if err := c.Term.check(Year, Month); err != nil {
		return Edition{}, err
	}
	if err := checkVmNumber(c.VmNumber); err != nil {
		return Edition{}, err
	}
	if c.AutoRenew && (c.AutoRenewMonths < 1 || c.AutoRenewMonths > 12) {
		return Edition{}, outOfRange("AutoRenewDuration", "It must be an integer from 1 to 12 when IsAutoRenew is true.")
	}
	return catalogue.find(c.VersionCode)
}

func (c Create) instance(price Fen, at DecideContext) Instance {
	i := Instance{
		ID: at.InstanceID, Channel: API, VersionCode: c.VersionCode, VmNumber: c.VmNumber, Created: at.Now,
		Period: Period{Anchor: at.Now},
	}
	i = i.begin(i.Period.Extend(c.Term), c.Term, price, at)
	if c.AutoRenew {
		i.AutoRenewMonths = c.AutoRenewMonths
	}

	return i
}

// begin returns a new instance with its first term.
func (i Instance) begin(p Period, t Term, amount Fen, at DecideContext) Instance {
	first := Segment{
		From: at.Now, To: p.End(), VersionCode: i.VersionCode, VmNumber: i.VmNumber,
		Cycle: t.Cycle, Amount: amount, OrderID: at.OrderID,
	}
	if t.Cycle == Year {
		first.Years = t.Duration
		first.Whole = first.To.Unix() - first.From.Unix()
	}

	i.Period = p
	i.Segments = []Segment{first}
	return i
}
