package api

import (
	"errors"
	"time"

	"aegis/shared/access"
	"aegis/shared/pop"
	"aegis/shared/sale"
)

// again is how long a caller should wait after a temporary error.
const again = time.Second

// refusal returns the answer for any error of a call. An unknown error is a defect in
// this code or in the set-up; nothing was done.
func refusal(err error) *pop.Error {
	var answer *pop.Error
	var refused *sale.Refusal
	var mismatch *sale.Mismatch

	switch {
	case errors.Is(err, sale.ErrUnavailable), errors.Is(err, access.ErrUnavailable):
		return pop.ServiceUnavailable(again) // first, because an unknown outcome may wrap a refusal
	case errors.As(err, &answer):
		return answer
	case errors.As(err, &refused):
		return saleRefusal(refused)
	case errors.As(err, &mismatch):
		return pop.IdempotentParameterMismatch(mismatch.Parameters...)
	case errors.Is(err, sale.ErrConflict):
		return pop.OperationConflict(again)
	case errors.Is(err, sale.ErrNoAccount):
		return pop.InvalidOwnerID("There is no such account.")
	case errors.Is(err, access.ErrDisabled):
		return pop.InvalidAccessKeyIDInactive()
	case errors.Is(err, access.ErrSecurityToken):
		return pop.InvalidSecurityTokenMismatch()
	case errors.Is(err, access.ErrExpired):
		return pop.InvalidSecurityTokenExpired()
	case errors.Is(err, access.ErrNoOwner):
		return pop.ForbiddenRAM("A reseller's key must name the account that it acts for, as OwnerId.")
	case errors.Is(err, access.ErrNotGranted):
		return pop.ForbiddenRAM("The operation is not granted to the key.")
	case errors.Is(err, access.ErrLimited):
		return pop.ForbiddenRAM("The key is limited to other operations or source addresses.")
	case errors.Is(err, access.ErrForbidden):
		return pop.ForbiddenRAM("The key may not act for this OwnerId.")
	case errors.Is(err, access.ErrNonceUsed):
		return pop.SignatureNonceUsed()
	}

	return pop.InternalError()
}

// saleRefusal returns the answer for a refusal of package sale: the gateway's message
// where it publishes one, else our own, followed by the reason.
func saleRefusal(r *sale.Refusal) *pop.Error {
	if r.Code == sale.OutOfRange {
		return pop.InvalidParameter(r.Parameter, r.Reason())
	}
	e := saleError(r.Code)
	if reason := r.Reason(); reason != "" {
		e.Message += " " + reason
	}
	return e
}

func saleError(code sale.Code) *pop.Error {
	own := func(status int, message string) *pop.Error { return pop.New(string(code), status, message) }
	switch code {
	case sale.NotVerified:
		return pop.RealNameAuthenticationError()
	case sale.NotEnoughBalance:
		return pop.NotEnoughBalance()
	case sale.InstanceNotFound:
		return pop.InvalidInstanceIDNotFound()
	case sale.InstanceAlreadyExists:
		return own(409, "The owner already has an instance.")
	case sale.InstanceReleased:
		return own(403, "The specified instance has been released.")
	case sale.InstanceExpired:
		return own(403, "The specified instance has expired.")
	case sale.InstanceNotExpired:
		return own(403, "The specified instance has not expired.")
	case sale.UpgradeNotHigher:
		return own(400, "An instance can only be upgraded.")
	case sale.VmNumberMismatch:
		return own(400, "VmNumber must be the actual number of machines.")
	case sale.VmNumberOverLicence:
		return own(400, "VmNumber exceeds the licence of the instance.")
	case sale.RenewalTooShort:
		return own(400, "The renewal is too short.")
	case sale.CeilingExceeded:
		return own(403, "The key has reached its spending ceiling of the day.")
	case sale.SoldByMarketplace:
		return own(403, "The instance was sold by the marketplace.")
	}

	return pop.InternalError()
}
