package pop

import (
	"strings"
	"time"
)

// The catalogue: the gateway's common errors, as Alibaba Cloud's help pages
// for POP and ECS publish them. A function that takes why adds that sentence,
// when it is not empty, to the published message.

// InvalidActionNotFound refuses an action that does not exist.
func InvalidActionNotFound() *Error {
	return New("InvalidAction.NotFound", 404, "Specified api is not found, please check your url and method.")
}

// InvalidVersion refuses a version of the API that does not exist.
func InvalidVersion() *Error {
	return New("InvalidVersion", 400, "Specified parameter Version is not valid.")
}

// Missing refuses a request without one of the gateway's own parameters, such
// as Timestamp.
func Missing(name, why string) *Error {
	return New("Missing"+name, 400, name+" is mandatory for this action.").because(why)
}

// MissingParameter refuses a request without one of the action's parameters.
func MissingParameter(name string) *Error {
	return New("MissingParameter", 400, `The input parameter "`+name+`" that is mandatory for processing this request is not supplied.`)
}

// InvalidParameter refuses a parameter's value. why says what it must be.
func InvalidParameter(name, why string) *Error {
	return New("InvalidParameter", 400, `The specified parameter "`+name+`" is not valid.`).because(why)
}

// InvalidFormat refuses a Format that is neither JSON nor XML.
func InvalidFormat() *Error {
	return New("InvalidParameter.Format", 400, "Specified parameter format is not valid.")
}

// UnsupportedHTTPMethod refuses a method that is neither GET nor POST.
func UnsupportedHTTPMethod() *Error {
	return New("UnsupportedHTTPMethod", 403, "This http method is not supported.")
}

// InvalidOwnerID refuses an OwnerId that is not one. It says why, when it is given
// a reason.
func InvalidOwnerID(why string) *Error {
	return New("InvalidOwnerId", 400, "The specified OwnerId is not valid.").because(why)
}

// InvalidInstanceIDNotFound refuses an instance that is not the owner's.
func InvalidInstanceIDNotFound() *Error {
	return New("InvalidInstanceId.NotFound", 404, "The specified InstanceId does not exist.")
}

// InvalidClientToken refuses a ClientToken that is too long or not ASCII.
func InvalidClientToken() *Error {
	return New("InvalidClientToken.ValueNotSupported", 400, "The ClientToken provided is invalid.").because("It must be 1 to 64 printable ASCII characters.")
}

// IdempotentParameterMismatch refuses a ClientToken used before with other
// parameters. It names those that differ, when it is given their names.
func IdempotentParameterMismatch(names ...string) *Error {
	e := New("IdempotentParameterMismatch", 400, "The request is retried with updated parameters.")
	if len(names) == 0 {
		return e
	}
	return e.because("These differ: " + strings.Join(names, ", ") + ".")
}

// IdempotentProcessing says that the same call is still under way.
func IdempotentProcessing(retryAfter time.Duration) *Error {
	return New("IdempotentProcessing", 403, "The previous idempotent request(s) is still processing.").after(retryAfter)
}

// OperationConflict says that other calls kept getting in between.
func OperationConflict(retryAfter time.Duration) *Error {
	return New("OperationConflict", 409, "Request was denied due to conflict with a previous request.").after(retryAfter)
}

// RealNameAuthenticationError refuses an account that is not verified.
func RealNameAuthenticationError() *Error {
	return New("RealNameAuthenticationError", 403, "Your account has not passed the real-name authentication yet.")
}

// NotEnoughBalance refuses a purchase that the balance does not cover.
func NotEnoughBalance() *Error {
	return New("InvalidAccountStatus.NotEnoughBalance", 403, "Your account does not have enough balance.")
}

// DryRunOperation says that a call with DryRun would succeed. It did nothing.
func DryRunOperation() *Error {
	return New("DryRunOperation", 400, "Request validation has been passed with DryRun flag set.")
}

// Throttling asks everyone to slow down.
func Throttling(retryAfter time.Duration) *Error {
	return New("Throttling", 400, "Request was denied due to request throttling.").after(retryAfter)
}

// ThrottlingUser asks this user to slow down.
func ThrottlingUser(retryAfter time.Duration) *Error {
	return New("Throttling.User", 400, "Request was denied due to user flow control.").after(retryAfter)
}

// ThrottlingAPI asks callers of this action to slow down.
func ThrottlingAPI(retryAfter time.Duration) *Error {
	return New("Throttling.Api", 400, "Request was denied due to api flow control.").after(retryAfter)
}

// InternalError reports a fault of this system. It must not be used where the effect of
// the call is unknown: that is ServiceUnavailable.
func InternalError() *Error {
	return New("InternalError", 500, "The request processing has failed due to some unknown error, exception or failure.")
}

// ServiceUnavailable says that the call may or may not have taken effect, or
// could not be tried: send it again with the same ClientToken.
func ServiceUnavailable(retryAfter time.Duration) *Error {
	return New("ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server.").after(retryAfter)
}
