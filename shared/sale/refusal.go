package sale

import (
	"errors"
	"fmt"
)

// Code names why an operation was refused. The set is closed; callers see the
// code as it is written here.
type Code string

const (
	NotVerified           Code = "RealNameAuthenticationError"
	NotEnoughBalance      Code = "InvalidAccountStatus.NotEnoughBalance"
	InstanceAlreadyExists Code = "InstanceAlreadyExists"
	InstanceNotFound      Code = "InvalidInstanceId.NotFound"
	InstanceReleased      Code = "InvalidInstanceStatus.Released"
	InstanceExpired       Code = "InvalidInstanceStatus.Expired"
	InstanceNotExpired    Code = "InvalidInstanceStatus.NotExpired"
	UpgradeNotHigher      Code = "InvalidUpgrade.NotHigher"
	VmNumberMismatch      Code = "InvalidVmNumber.Mismatch"
	VmNumberOverLicence   Code = "InvalidVmNumber.ExceedsLicence"
	OutOfRange            Code = "InvalidParameter"
	Superseded            Code = "Superseded" // of timer and marketplace: what is asked is so already, or no longer to be
)

// Refusal says why a command was not accepted. It is an error by which the
// caller knows that nothing has changed, and that the same command may be
// accepted later, when the account is another.
type Refusal struct {
	Code       Code
	Parameter  string // the parameter at fault, "" when it is the account's state
	AtThisTime bool   // the clock had a say: at another time the same account might have been charged

	format string // of the reason
	args   []any
}

// Reason is a sentence for people, "" if the code says it all.
func (r *Refusal) Reason() string {
	if r.format == "" {
		return ""
	}
	return fmt.Sprintf(r.format, r.args...)
}

// Error tells the code and the reason.
func (r *Refusal) Error() string {
	if r.format == "" {
		return string(r.Code)
	}
	return string(r.Code) + ": " + r.Reason()
}

func refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, format: format, args: args}
}

// atThisTime marks the refusal of a command that looks at the clock.
func atThisTime(err error) error {
	if r, ok := errors.AsType[*Refusal](err); ok {
		r.AtThisTime = true
	}
	return err
}

func outOfRange(parameter, format string, args ...any) *Refusal {
	return &Refusal{Code: OutOfRange, Parameter: parameter, format: format, args: args}
}
