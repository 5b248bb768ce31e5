package cloud

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Error is an answer that refuses a call.
type Error struct {
	Product   Product
	Action    string
	Status    int    // of HTTP
	Code      string // such as NoPermission or EntityNotExist.Role
	Message   string
	RequestID string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s %s: refused with %d %s: %s (request %s)", e.Product, e.Action, e.Status, e.Code, e.Message, e.RequestID)
}

// IsNotFound reports whether an error says that there is no such thing.
func IsNotFound(err error) bool {
	refused, ok := errors.AsType[*Error](err)
	return ok && (refused.Status == http.StatusNotFound || strings.Contains(refused.Code, "NotExist") || strings.HasSuffix(refused.Code, "NotFound"))
}

// IsForbidden reports whether an error says that the credentials lack a permission.
func IsForbidden(err error) bool {
	refused, ok := errors.AsType[*Error](err)
	return ok && (refused.Status == http.StatusForbidden || strings.HasPrefix(refused.Code, "NoPermission") || strings.HasPrefix(refused.Code, "Forbidden"))
}

// refusal reads an answer that refuses. The products spell its fields in both cases.
func refusal(call Call, response *http.Response, body []byte) *Error {
	var answer struct{ Code, Message, RequestID string }
	e := &Error{Product: call.Product, Action: call.Action, Status: response.StatusCode}
	if json.Unmarshal(body, &answer) != nil {
		e.Message = "the answer is not JSON"
	}
	e.Code = cmp.Or(answer.Code, "no code")
	e.Message = cmp.Or(answer.Message, e.Message)
	e.RequestID = cmp.Or(answer.RequestID, response.Header.Get("x-acs-request-id"), response.Header.Get("x-fc-request-id"), "unknown")
	return e
}

// withoutURL removes the URL from an error of net/http: its query holds parameters.
func withoutURL(err error) error {
	if sent, ok := errors.AsType[*url.Error](err); ok {
		return sent.Err
	}
	return err
}
