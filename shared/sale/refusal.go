package sale

import "fmt"

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
	RenewalTooShort       Code = "InvalidDuration.TooShort"
	SoldByMarketplace     Code = "InvalidInstance.SoldByMarketplace"
	AmountExceeded        Code = "InvalidAmount.Exceeded"
	DryRunPassed          Code = "DryRunOperation" // the sale would be made
	CeilingExceeded       Code = "QuotaExceeded.DailySpending"
	OutOfRange            Code = "InvalidParameter"

	// Of timer, marketplace and operators; no caller of the API sees them.
	NotApplicable Code = "NotApplicable" // the requested state holds already, or is no longer due
	SoldByAPI     Code = "SoldByAPI"     // the marketplace may not touch the instance
	PaidTimeLeft  Code = "PaidTimeLeft"  // the term that should end is paid for
	NoRenewalLeft Code = "NoRenewalLeft" // the refund does not undo the last renewal
)

// Refusal says why a command was not accepted. It is an error by which the
// caller knows that nothing has changed, and that the same command may be
// accepted later, when the account is another.
type Refusal struct {
	Code      Code
	Parameter string // the parameter at fault, "" when it is the account's state
	reason    string // a sentence for people, "" if the code says it all
}

// OfForm reports a refusal of the command's form: it depends on its parameters and
// the catalogue alone, and says nothing of earlier calls.
func (r *Refusal) OfForm() bool { return r.Code == OutOfRange }

// Reason returns a sentence for people, "" if the code says it all.
func (r *Refusal) Reason() string { return r.reason }

// Error returns the code and the reason.
func (r *Refusal) Error() string {
	if r.reason == "" {
		return string(r.Code)
	}
	return string(r.Code) + ": " + r.reason
}

func refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, reason: fmt.Sprintf(format, args...)}
}

func outOfRange(parameter, format string, args ...any) *Refusal {
	return &Refusal{Code: OutOfRange, Parameter: parameter, reason: fmt.Sprintf(format, args...)}
}
