package api

import (
	"errors"
	"time"

	"aegis/shared/access"
	"aegis/shared/operations"
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
	case errors.Is(err, sale.ErrNoOrder):
		return saleError("InvalidOrderId.NotFound")
	case errors.Is(err, sale.ErrElsewhere):
		return elsewhere()
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

// elsewhere refuses an operation that only the endpoint of a reseller could do.
func elsewhere() *pop.Error {
	e := saleError("UnsupportedOperation")
	e.Message += " The endpoint that the calls are forwarded to keeps accounts, orders and prices; QueryOrders needs a ClientToken."
	return e
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

// saleError returns the table's answer of a code. A code that no caller of the API
// should meet is a defect.
func saleError(code sale.Code) *pop.Error {
	if e, ok := operations.Refusal(code); ok {
		return e
	}
	return pop.InternalError()
}
