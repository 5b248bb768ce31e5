package pop

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// Limits that hold before any work is done. They are ours: the gateway
// publishes none, and every published client stays far below them.
const (
	MaxBody   = 64 << 10 // bytes of the body, of the query, and of all headers
	MaxParams = 64       // parameters of query and form together
	MaxName   = 128      // bytes of a parameter's name, decoded
	MaxValue  = 16 << 10 // bytes of a parameter's value, decoded
)

// ParseQuery decodes a query string or a form body
// (application/x-www-form-urlencoded: '+' is a space) in the order of its
// text. A name without '=' has the empty value.
//
// The error is an *Error naming the parameter that is broken: a bad percent
// escape, text that is not UTF-8, a NUL byte, a parameter given twice, or more
// than the limits allow. The parameters then are those before the broken one;
// they are good for finding the Format of the answer, and nothing else.
func ParseQuery(raw string) (Params, error) {
	params, err := appendParsed(nil, "Query", raw)
	if err != nil {
		return params, err
	}

	sorted := append(Params(nil), params...)
	sorted.sortByName()
	if name, found := sorted.repeated(); found {
		return params, givenTwice(name)
	}

	return params, nil
}

// appendParsed decodes raw onto dst, without looking for repeated names.
// source names raw itself in errors.
func appendParsed(dst Params, source, raw string) (Params, error) {
	if len(raw) > MaxBody {
		return dst, tooLarge(source)
	}

	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		param, err := parsePair(pair)
		if err != nil {
			return dst, err
		}
		if dst, err = appendChecked(dst, param); err != nil {
			return dst, err
		}
	}

	return dst, nil
}

func parsePair(pair string) (Param, error) {
	rawName, rawValue, _ := strings.Cut(pair, "=")
	name, err := unescape(rawName)
	if err != nil {
		return Param{}, InvalidParameter(shorten(rawName), "Its percent-encoding is broken.")
	}

	value, err := unescape(rawValue)
	if err != nil {
		return Param{}, InvalidParameter(shorten(name), "Its percent-encoding is broken.")
	}
	return Param{name, value}, nil
}

// unescape does what url.QueryUnescape does, and nothing for text without escapes.
func unescape(s string) (string, error) {
	if !strings.ContainsAny(s, "%+") {
		return s, nil
	}
	return url.QueryUnescape(s)
}

// appendChecked appends a decoded parameter that keeps the limits and is text.
func appendChecked(dst Params, p Param) (Params, error) {
	why := ""
	switch {
	case len(dst) == MaxParams:
		why = "A request may hold at most 64 parameters."
	case p.Name == "":
		why = "A parameter has no name."
	case len(p.Name) > MaxName:
		why = "A name must not exceed 128 bytes."
	case len(p.Value) > MaxValue:
		why = "A value must not exceed 16384 bytes."
	case !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value):
		why = "It is not UTF-8."
	case strings.IndexByte(p.Name, 0) >= 0 || strings.IndexByte(p.Value, 0) >= 0:
		why = "It contains a NUL byte."
	default:
		return append(dst, p), nil
	}

	return dst, InvalidParameter(shorten(p.Name), why)
}

func givenTwice(name string) *Error {
	return InvalidParameter(name, "It is given more than once.")
}

// shorten keeps a broken name readable in a message.
func shorten(name string) string {
	if len(name) > MaxName {
		name = name[:MaxName]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", "\uFFFD"), "\uFFFD")
}
