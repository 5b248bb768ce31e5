package upstream

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"aegis/shared/pop"
	"aegis/shared/sale"
)

// maxAnswer bounds the bytes of an answer. Real answers have a few hundred.
const maxAnswer = 64 << 10

// answer is the response to a forward. It may come from a proxy.
type answer struct {
	status int
	body   []byte
	fields map[string]json.RawMessage // nil if the body is not one JSON object
	to     signedRequest
}

func newAnswer(status int, body []byte, to signedRequest) answer {
	a := answer{status: status, body: body, to: to}
	if json.Unmarshal(body, &a.fields) != nil {
		a.fields = nil
	}
	return a
}

// text returns a string field. It returns "" if the field is not a string, or repeats
// something secret: a message about a signature does. Names must match exactly, so the
// "code" of another gateway is ignored.
func (a answer) text(name string) string {
	var text string
	if json.Unmarshal(a.fields[name], &text) != nil || a.to.reveals(text) {
		return ""
	}
	return text
}

// id returns a field that may be a string or a number: Alibaba Cloud's own SDK reads
// ids from both.
func (a answer) id(name string) string {
	var number json.Number
	if json.Unmarshal(a.fields[name], &number) == nil && number != "" {
		return number.String()
	}
	return a.text(name)
}

// accepts returns nil if the answer is a success: a 200 that has the field.
func (a answer) accepts(field string) error {
	_, failed := a.fields["Code"]
	if a.status == http.StatusOK && !failed && a.id(field) != "" {
		return nil
	}
	return a.refusal(a.text("Code"), a.text("RequestId"))
}

// refusal returns a *Refused if the endpoint itself says that it did nothing: such an
// answer has a Code and a RequestId. Any other error leaves the outcome open.
func (a answer) refusal(code, requestID string) error {
	if !isName(code) || !isName(requestID) || a.status < 400 {
		return fmt.Errorf("%w: HTTP status %d, %d bytes", errNoAnswer, a.status, len(a.body))
	}
	cause := fmt.Errorf("the endpoint answered HTTP status %d, %s, RequestId %s", a.status, code, requestID)

	switch {
	case code == "IdempotentParameterMismatch":
		return fmt.Errorf("%w: %w", ErrTokenSold, cause)
	case a.status >= 500 || leavesOpen(code):
		return cause
	}
	return a.refused(code, cause)
}

// refused classifies a refusal that says that nothing was done.
func (a answer) refused(code string, cause error) *Refused {
	if operators(code) {
		own := fmt.Errorf("the endpoint does not accept our own key or clock: %s", code)
		return &Refused{Answer: own, Cause: cause, BeforeTokenCheck: true}
	}

	e := pop.New(code, a.status, a.text("Message"))
	if throttled(code) {
		e.RetryAfter = time.Second
	}
	return &Refused{Answer: e, Cause: cause, BeforeTokenCheck: throttled(code) || forbidden(code) || ofForm(code), OfForm: ofForm(code)}
}

// errNoAnswer means that the response is not from the endpoint, or is broken.
var errNoAnswer = errors.New("what came back is not an answer of the endpoint")

// isName reports whether a value looks like a Code or a RequestId.
func isName(text string) bool {
	return text != "" && len(text) <= 128 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '.' && r != '-' && r != '_'
	})
}

// leavesOpen reports whether a code leaves the outcome open: another copy of this
// request is or was being processed, or something failed on the way.
func leavesOpen(code string) bool {
	return code == "IdempotentProcessing" || code == "SignatureNonceUsed" ||
		hasPrefix(code, "ServiceUnavailable", "InternalError")
}

func throttled(code string) bool { return hasPrefix(code, "Throttling") }

// ofForm reports whether a code refuses the form of a request, possibly before the
// endpoint looks the token up.
func ofForm(code string) bool {
	return code == "UnsupportedHTTPMethod" || hasPrefix(code, "Missing", "InvalidParameter", "InvalidVersion", "InvalidAction")
}

// forbidden reports whether a code refuses for lack of the operator's permissions,
// which may change.
func forbidden(code string) bool { return hasPrefix(code, "Forbidden") }

// operators reports whether a code is the operator's to fix, not the caller's.
func operators(code string) bool {
	return hasPrefix(code, "InvalidAccessKeyId", "SignatureDoesNotMatch", "IncompleteSignature", "InvalidTimeStamp",
		"InvalidSecurityToken", "MissingSecurityToken", "Forbidden.AccessKey")
}

func hasPrefix(code string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(code, prefix) })
}

// unsent returns the refusal of a forward that was never sent, because no connection
// could be made.
func unsent(err error) *Refused {
	return &Refused{Answer: sale.Unavailable(err), Cause: err, BeforeTokenCheck: true}
}
