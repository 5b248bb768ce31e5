package sale

import (
	"strconv"
	"time"
)

// Operation names an operation as callers do, in the parameter Action.
type Operation string

const (
	CreateInstance  Operation = "CreateInstance"
	UpgradeInstance Operation = "UpgradeInstance"
	RenewInstance   Operation = "RenewInstance"
)

// MaxVmNumber is the most machines that one licence covers (创建实例接口, VmNumber).
const MaxVmNumber = 500

// DecideContext is the outside input of a decision: the time, and the ids of what it
// makes.
type DecideContext struct {
	Now        time.Time
	OrderID    string
	EarlierID  string // of an order made before it in the same commit (Decision.Earlier)
	InstanceID string // for CreateInstance; may be "" if the account has an instance
}

// Command is an operation with its parameters, ready to be decided.
type Command interface {
	Operation() Operation
	// Parameters are the business parameters in one normal form, in the order
	// of the documentation: two commands are the same purchase if and only if
	// their operations and these are equal.
	Parameters() []Parameter
	// Decide applies the rules. The error is always a *Refusal.
	Decide(c Catalogue, a Account, at DecideContext) (Decision, error)
}

// Parameter is one business parameter by its wire name.
type Parameter struct{ Name, Value string }

func number(name string, value int) Parameter {
	return Parameter{name, strconv.Itoa(value)}
}

func checkVmNumber(n int) error {
	if n < 1 || n > MaxVmNumber {
		return outOfRange("VmNumber", "It must be an integer from 1 to %d.", MaxVmNumber)
	}
	return nil
}

func (t Term) check(allowed ...Cycle) error {
	for _, c := range allowed {
		if t.Cycle != c {
			continue
		}
		if t.Duration < 1 || t.Duration > c.longest() {
			return outOfRange("Duration", "It must be an integer from 1 to %d when PricingCycle is %s.", c.longest(), c)
		}
		return nil
	}

	return outOfRange("PricingCycle", "It must be %s.", oneOf(allowed))
}

// oneOf writes alternatives: "Year, Month or Day".
func oneOf(all []Cycle) string {
	text := string(all[0])
	for n, c := range all[1:] {
		separator := ", "
		if n == len(all)-2 {
			separator = " or "
		}
		text += separator + string(c)
	}
	return text
}

func (c Catalogue) find(versionCode int) (Edition, error) {
	e, ok := c.Edition(versionCode)
	if !ok {
		return Edition{}, outOfRange("VersionCode", "No edition has the code %d.", versionCode)
	}
	return e, nil
}
