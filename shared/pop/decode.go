package pop

import (
	"strings"
	"time"
)

// timeLayout is how both versions write the time: RFC 3339 in UTC, without
// fractions of a second.
const timeLayout = "2006-01-02T15:04:05Z"

// maxID bounds, in bytes, what names a key or a request: nonces are UUIDs or
// 32 to 64 hex digits.
const maxID = 128

// Decode reads a request and checks its form only. The error is an *Error of the
// catalogue. The *Call is never nil: after an error it still has the Format and the
// Host that the answer needs, and nothing else in it is valid.
func Decode(r *Request) (*Call, error) {
	c := &Call{Host: r.Host, Path: r.Path, method: r.Method}
	if c.Host == "" {
		c.Host, _ = r.Header.header("host")
	}

	query, err := c.readParams(r)
	authorization, count := r.Header.header("authorization")
	v3 := c.speaksV3(r, authorization)
	formatErr := c.readFormat(r, v3)

	switch {
	case r.Method != "GET" && r.Method != "POST":
		return c, UnsupportedHTTPMethod()
	case err != nil:
		return c, err
	case formatErr != nil:
		return c, formatErr
	case count > 1:
		return c, IncompleteSignature("The header Authorization is given more than once.")
	case v3:
		return c, c.readV3(r, authorization, query)
	}

	return c, c.readV1()
}

// readParams sets Params, as far as they can be read, and returns those of the
// query alone, sorted too.
func (c *Call) readParams(r *Request) (query Params, err error) {
	query, form, err := r.read()
	query.sortByName()
	c.Params = query
	if len(form) > 0 {
		c.Params = append(append(make(Params, 0, len(query)+len(form)), query...), form...)
		c.Params.sortByName()
	}
	if err != nil {
		return query, err
	}

	if len(c.Params) > MaxParams {
		return query, InvalidParameter("Body", "A request may hold at most 64 parameters.")
	}
	if name, found := c.Params.repeated(); found {
		return query, givenTwice(name)
	}
	return query, nil
}

// speaksV3 distinguishes the versions: version 3 by its Authorization, or by one
// of its headers where no Signature of version 1.0 is there.
func (c *Call) speaksV3(r *Request, authorization string) bool {
	if strings.HasPrefix(authorization, "ACS3-") {
		return true
	}
	if _, v1 := c.Params.Get("Signature"); v1 {
		return false
	}

	_, action := r.Header.header("x-acs-action")
	_, nonce := r.Header.header("x-acs-signature-nonce")
	return action+nonce > 0
}

// readFormat sets the Format. Without one, the real gateway answers XML to version 1.0
// and JSON to version 3. Parameters that an event delivers decoded are in no order, and
// reading stops at the first invalid one, so the Format may come after it.
func (c *Call) readFormat(r *Request, v3 bool) error {
	if !v3 {
		c.Format = XML
	}
	format, read := c.Params.Get("Format")
	if !read {
		format, _ = r.Query.Get("Format")
	}

	switch {
	case format == "":
	case strings.EqualFold(format, "JSON"):
		c.Format = JSON
	case strings.EqualFold(format, "XML"):
		c.Format = XML
	default:
		return InvalidFormat()
	}

	return nil
}

// readTime sets the Timestamp. time.Parse alone would accept fractions.
func (c *Call) readTime(text string) error {
	at, err := time.Parse(timeLayout, text)
	if err != nil || len(text) != len(timeLayout) {
		return InvalidTimeStampFormat()
	}
	c.Timestamp = at
	return nil
}
