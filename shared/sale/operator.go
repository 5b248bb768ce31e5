package sale

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The operations by which operators and their systems change an account. Each is
// an order with a reference or a reason: nothing is edited silently.
const (
	DepositBalance   Operation = "DepositBalance"
	AdjustBalance    Operation = "AdjustBalance"
	SetMachineNumber Operation = "SetMachineNumber"
	CorrectInstance  Operation = "CorrectInstance"
	AdoptInstance    Operation = "AdoptInstance"
	SetVerified      Operation = "SetVerified"
)

// MaxDeposit bounds one deposit or adjustment: a hundred million CNY.
const MaxDeposit Fen = 10_000_000_000

// Deposit pays money in. Its token is DepositToken: one reference is paid in once.
type Deposit struct {
	Fen       Fen
	Reference string // the bank's or the payment system's
}

// Operation returns DepositBalance.
func (Deposit) Operation() Operation { return DepositBalance }

// Parameters returns both.
func (d Deposit) Parameters() []Parameter {
	return []Parameter{{"Amount", d.Fen.String()}, {"Reference", d.Reference}}
}

// Decide credits the balance.
func (d Deposit) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	if d.Fen < 1 || d.Fen > MaxDeposit {
		return Decision{}, outOfRange("Amount", "It must be from 0.01 to %s CNY.", MaxDeposit)
	}
	if err := checkText("Reference", d.Reference); err != nil {
		return Decision{}, err
	}
	return a.credit(DepositBalance, d.Fen, d.Reference, at)
}

// Adjust corrects the balance, up or down.
type Adjust struct {
	Fen    Fen
	Reason string
}

// Operation returns AdjustBalance.
func (Adjust) Operation() Operation { return AdjustBalance }

// Parameters returns both.
func (d Adjust) Parameters() []Parameter {
	return []Parameter{{"Amount", d.Fen.String()}, {"Reason", d.Reason}}
}

// Decide refuses to take more than the balance.
func (d Adjust) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	if d.Fen == 0 || d.Fen > MaxDeposit || d.Fen < -MaxDeposit {
		return Decision{}, outOfRange("Amount", "It must be from %s to %s CNY and not 0.", -MaxDeposit, MaxDeposit)
	}
	if err := checkText("Reason", d.Reason); err != nil {
		return Decision{}, err
	}
	return a.credit(AdjustBalance, d.Fen, d.Reason, at)
}

// SetMachines records the number of machines that the owner actually runs. A renewal
// compares VmNumber with it.
type SetMachines struct {
	MachineNumber int
	Reason        string // "" from a system
}

// MaxMachineNumber bounds the machines of an owner.
const MaxMachineNumber = 1_000_000

// Operation returns SetMachineNumber.
func (SetMachines) Operation() Operation { return SetMachineNumber }

// Parameters returns the number.
func (s SetMachines) Parameters() []Parameter {
	return []Parameter{number("MachineNumber", s.MachineNumber)}
}

// Decide refuses with NotApplicable if the number is that already.
func (s SetMachines) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	if s.MachineNumber < 0 || s.MachineNumber > MaxMachineNumber {
		return Decision{}, outOfRange("MachineNumber", "It must be an integer from 0 to %d.", MaxMachineNumber)
	}
	if s.MachineNumber == a.Machines {
		return Decision{}, refuse(NotApplicable, "The account has %d machines already.", a.Machines)
	}

	a.Machines = s.MachineNumber
	return Decision{Account: a, Order: Order{
		ID: at.OrderID, Operation: SetMachineNumber, Channel: Operator, VmNumber: s.MachineNumber, At: at.Now, Reason: s.Reason,
	}}, nil
}

// Correct sets fields of an instance that are wrong. Zero fields stay unchanged.
type Correct struct {
	InstanceID  string
	Ends        time.Time
	VersionCode int
	VmNumber    int
	Reason      string
}

// Operation returns CorrectInstance.
func (Correct) Operation() Operation { return CorrectInstance }

// Parameters returns those that are set, and the reason.
func (c Correct) Parameters() []Parameter {
	p := []Parameter{{"InstanceId", c.InstanceID}, {"Reason", c.Reason}}
	if !c.Ends.IsZero() {
		p = append(p, Parameter{"ExpiredOn", millis(c.Ends)})
	}
	return append(p, number("VersionCode", c.VersionCode), number("VmNumber", c.VmNumber))
}

// Decide charges nothing: money goes through Adjust, with a reason of its own. The
// edition and the machines are those of all time from now on.
func (c Correct) Decide(catalogue Catalogue, a Account, at DecideContext) (Decision, error) {
	instance, err := c.check(catalogue, a)
	if err != nil {
		return Decision{}, err
	}
	if !c.Ends.IsZero() {
		instance = instance.correctEnd(c.Ends, at)
	}
	if c.VersionCode != 0 {
		instance.VersionCode = c.VersionCode
	}
	if c.VmNumber != 0 {
		instance.VmNumber = c.VmNumber
	}
	edition, err := catalogue.find(instance.VersionCode)
	if err != nil {
		return Decision{}, err
	}
	instance.Segments, _, err = instance.upgraded(catalogue, edition, instance.VmNumber, at.Now)
	if err != nil {
		return Decision{}, err
	}

	d, err := a.change(Operator, CorrectInstance, instance, 0, at)
	d.Order.Reason = c.Reason
	return d, err
}

func (c Correct) check(catalogue Catalogue, a Account) (Instance, error) {
	if err := checkText("Reason", c.Reason); err != nil {
		return Instance{}, err
	}
	if c.VersionCode != 0 {
		if _, err := catalogue.find(c.VersionCode); err != nil {
			return Instance{}, err
		}
	}
	if c.VmNumber != 0 {
		if err := checkVmNumber(c.VmNumber); err != nil {
			return Instance{}, err
		}
	}

	return a.live(c.InstanceID)
}

func (i Instance) correctEnd(end time.Time, at DecideContext) Instance {
	if end.After(i.Period.End()) {
		i = i.extend(until(end), Term{}, 0, at.OrderID)
		i.Segments[len(i.Segments)-1].Operator = true
		return i
	}
	i = i.end(end)
	if !end.After(at.Now) {
		return i
	}
	return i.prolong(i.Period)
}

// Adopt moves an instance to another channel. Only that channel may change it
// afterwards.
type Adopt struct {
	InstanceID string
	Channel    Channel // API or Market
	Reason     string
}

// Operation returns AdoptInstance.
func (Adopt) Operation() Operation { return AdoptInstance }

// Parameters returns all three.
func (c Adopt) Parameters() []Parameter {
	return []Parameter{{"InstanceId", c.InstanceID}, {"Channel", string(c.Channel)}, {"Reason", c.Reason}}
}

// Decide refuses with NotApplicable if the instance belongs to the channel already.
func (c Adopt) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	if c.Channel != API && c.Channel != Market {
		return Decision{}, outOfRange("Channel", "It must be %s or %s.", API, Market)
	}
	if err := checkText("Reason", c.Reason); err != nil {
		return Decision{}, err
	}
	instance, err := a.live(c.InstanceID)
	if err != nil {
		return Decision{}, err
	}
	if instance.Channel == c.Channel {
		return Decision{}, refuse(NotApplicable, "Instance %s belongs to %s already.", instance.ID, c.Channel)
	}

	instance.Channel = c.Channel
	instance.Trial = false
	instance.Segments = instance.paidTime()
	d, err := a.change(Operator, AdoptInstance, instance, 0, at)
	d.Order.Reason = c.Reason
	return d, err
}

// MaxText bounds a reference or a reason, in bytes.
const MaxText = 256

func checkText(parameter, text string) error {
	if text == "" || len(text) > MaxText || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return outOfRange(parameter, "It must be a text of 1 to %d bytes, in UTF-8 and without control characters.", MaxText)
	}
	return nil
}

// Verify records whether the owner has passed real-name authentication.
type Verify struct {
	Verified bool
	Reason   string
}

// Operation returns SetVerified.
func (Verify) Operation() Operation { return SetVerified }

// Parameters returns both.
func (v Verify) Parameters() []Parameter {
	return []Parameter{{"Verified", strconv.FormatBool(v.Verified)}, {"Reason", v.Reason}}
}

// Decide refuses with NotApplicable if it is so already.
func (v Verify) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	if err := checkText("Reason", v.Reason); err != nil {
		return Decision{}, err
	}
	if v.Verified == a.Verified {
		return Decision{}, refuse(NotApplicable, "The account is so already.")
	}
	a.Verified = v.Verified
	return Decision{Account: a, Order: Order{ID: at.OrderID, Operation: SetVerified, Channel: Operator, At: at.Now, Reason: v.Reason}}, nil
}
