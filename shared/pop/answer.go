package pop

import (
	"strconv"
	"time"
)

// Format is the encoding of an answer.
type Format int

// The formats, as Format=JSON and Format=XML ask for them.
const (
	JSON Format = iota
	XML
)

// contentType returns the exact content type, down to the missing space: clients choose
// their parser by it.
func (f Format) contentType() string {
	if f == XML {
		return "text/xml;charset=utf-8"
	}
	return "application/json;charset=utf-8"
}

// Field is one value of a success answer.
type Field struct {
	Name, Value string

	// Number writes the value without quotes in JSON. It holds for whole
	// numbers in decimal; any other value is written as text all the same.
	Number bool
	// Boolean writes the values true and false without quotes in JSON.
	Boolean bool
	// List makes the field a list; it then has no Value.
	List *List
}

// List is a list of objects: in JSON {"Item":[{…},{…}]}, in XML one element Item each.
type List struct {
	Item string
	Rows [][]Field
}

// Response is an HTTP response, ready to be delivered.
type Response struct {
	Status      int
	ContentType string
	Header      Params // in addition to Content-Type; always has x-acs-request-id
	Body        []byte
}

// Answer writes a success: one flat object of the RequestId and the fields, in
// their order; in XML its root is named <{action}Response>. action must be the
// name of an action that exists.
func Answer(f Format, action, requestID string, fields ...Field) Response {
	all := append([]Field{{Name: "RequestId", Value: requestID}}, fields...)
	return Response{
		Status:      200,
		ContentType: f.contentType(),
		Header:      Params{{"x-acs-request-id", requestID}},
		Body:        f.object(action+"Response", all),
	}
}

// Response writes the refusal. host is the endpoint as the client addressed
// it, [Call.Host].
//
// Recommend is the page the real gateway sends its users to, or that of WithPage. Where RetryAfter
// is set, x-acs-retry-after gives it in whole milliseconds, rounded up.
func (e *Error) Response(f Format, requestID, host string) Response {
	header := Params{{"x-acs-request-id", requestID}}
	if e.RetryAfter > 0 {
		wait := (e.RetryAfter + time.Millisecond - 1) / time.Millisecond
		header = append(header, Param{"x-acs-retry-after", strconv.FormatInt(int64(wait), 10)})
	}

	return Response{
		Status:      e.Status,
		ContentType: f.contentType(),
		Header:      header,
		Body: f.object("Error", []Field{
			{Name: "RequestId", Value: requestID},
			{Name: "HostId", Value: host},
			{Name: "Code", Value: e.Code},
			{Name: "Message", Value: e.Message},
			{Name: "Recommend", Value: e.recommend()},
		}),
	}
}

func (f Format) object(root string, fields []Field) []byte {
	if f == XML {
		return appendXML(nil, root, fields)
	}
	return appendJSON(nil, fields)
}
