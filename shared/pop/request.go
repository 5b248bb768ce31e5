package pop

import "strings"

// Request is an HTTP request as it was received, or as an event of an API gateway or an
// HTTP trigger describes it. Transfer and base64 encodings are already undone.
type Request struct {
	Method string // GET or POST
	Host   string // as the client addressed it, with its port if it named one
	Path   string // of the URL; empty means "/". Only version 3 signs it
	Header Params // names in any case, a repeated header once per value

	// The query, from whichever the front door has: the text behind the '?', or
	// parameters that something before it decoded, in any order.
	RawQuery string
	Query    Params

	Body []byte
}

// form reports whether the body holds parameters.
func (r *Request) form() bool {
	contentType, _ := r.Header.header("content-type")
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), "application/x-www-form-urlencoded")
}

// read returns the parameters of query and of form, decoded. With an error,
// they are those that could be read before it.
func (r *Request) read() (query, form Params, err error) {
	query = make(Params, 0, 24)
	if r.Query.size() > MaxBody {
		return query, nil, tooLarge("Query")
	}

	for _, p := range r.Query {
		if query, err = appendChecked(query, p); err != nil {
			return query, nil, err
		}
	}

	if query, err = appendParsed(query, "Query", r.RawQuery); err != nil {
		return query, nil, err
	}
	if len(r.Body) > MaxBody {
		return query, nil, tooLarge("Body")
	}
	if r.Header.size() > MaxBody {
		return query, nil, tooLarge("Header")
	}

	if r.form() {
		form, err = appendParsed(nil, "Body", string(r.Body))
	}
	return query, form, err
}

func tooLarge(what string) *Error {
	return InvalidParameter(what, "It must not exceed 65536 bytes.")
}
