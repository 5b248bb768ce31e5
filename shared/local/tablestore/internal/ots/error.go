// Package ots holds the closed set of error codes Tablestore answers with, and
// the one mapping from a code to its HTTP status.
//
// Clients decide whether to send a request again by code (and for
// OTSQuotaExhausted by message too), so a code is part of the contract; so are
// the messages, which the vendors' own test suites compare letter by letter.
package ots

import (
	"errors"
	"fmt"
	"net/http"
)

// Code is an error code of the service, as it travels on the wire.
type Code string

// The codes this server answers with.
const (
	AuthFailed               Code = "OTSAuthFailed"
	ConditionCheckFail       Code = "OTSConditionCheckFail"
	DataOutOfRange           Code = "OTSDataOutOfRange"
	InternalServerError      Code = "OTSInternalServerError"
	InvalidPK                Code = "OTSInvalidPK"
	MethodNotAllowed         Code = "OTSMethodNotAllowed"
	ObjectAlreadyExist       Code = "OTSObjectAlreadyExist"
	ObjectNotExist           Code = "OTSObjectNotExist"
	OutOfColumnCountLimit    Code = "OTSOutOfColumnCountLimit"
	OutOfRowSizeLimit        Code = "OTSOutOfRowSizeLimit"
	OutOfTransactionDataSize Code = "OTSOutOfTransactionDataSizeLimit"
	ParameterInvalid         Code = "OTSParameterInvalid"
	QuotaExhausted           Code = "OTSQuotaExhausted"
	RequestBodyTooLarge      Code = "OTSRequestBodyTooLarge"
	RequestTimeout           Code = "OTSRequestTimeout"
	RowOperationConflict     Code = "OTSRowOperationConflict"
	ServerBusy               Code = "OTSServerBusy"
	ServerUnavailable        Code = "OTSServerUnavailable"
	SessionBusy              Code = "OTSSessionBusy"
	SessionNotExist          Code = "OTSSessionNotExist"
	Timeout                  Code = "OTSTimeout"
	UnsupportedOperation     Code = "OTSUnsupportOperation"
)

// Error is a refusal as the client sees it.
type Error struct {
	Code    Code
	Message string
}

// Errorf builds an Error; the format follows fmt.Sprintf.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid is Errorf for OTSParameterInvalid, the commonest refusal.
func Invalid(format string, args ...any) *Error {
	return Errorf(ParameterInvalid, format, args...)
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Status is the HTTP status that carries the code.
func (e *Error) Status() int {
	switch e.Code {
	case AuthFailed, ConditionCheckFail, QuotaExhausted:
		return http.StatusForbidden
	case ObjectNotExist:
		return http.StatusNotFound
	case MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case RequestTimeout:
		return http.StatusRequestTimeout
	case ObjectAlreadyExist, RowOperationConflict, SessionBusy:
		return http.StatusConflict
	case RequestBodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case InternalServerError:
		return http.StatusInternalServerError
	case ServerBusy, ServerUnavailable, Timeout:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// From turns any error into one a client can be shown. What is not an Error
// already is the server's own fault: it becomes OTSInternalServerError, whose
// message includes the cause, for the reader of a local server is its operator.
func From(err error) *Error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	return Errorf(InternalServerError, "Internal server error. %v", err)
}
