package pop

import "time"

// Error is a refusal in the gateway's form. The functions of the catalogue return the
// published ones, with their exact codes, messages and statuses; New makes a product's
// own. Errors of this package are of this type: find it with errors.As.
type Error struct {
	Code    string // what programs act on, e.g. "InvalidParameter"
	Message string // what people read, in English
	Status  int    // of HTTP

	// RetryAfter is how long to wait before the same call may succeed. Above
	// zero it is sent to the client, and some retry by themselves then; zero
	// says nothing.
	RetryAfter time.Duration

	page *string // nil: Alibaba Cloud's
}

// New returns an error with a code that is not the gateway's own.
func New(code string, status int, message string) *Error {
	return &Error{Code: code, Message: message, Status: status}
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// WithPage returns the error with the address of the page about its code, "" for none. It
// is for codes that Alibaba Cloud does not have.
func (e *Error) WithPage(address string) *Error {
	located := *e
	located.page = &address
	return &located
}

// recommend returns the page that the answer sends its reader to.
func (e *Error) recommend() string {
	if e.page != nil {
		return *e.page
	}
	return "https://api.aliyun.com/troubleshoot?q=" + e.Code
}

// because adds a sentence to the catalogue's message, unless it is empty.
func (e *Error) because(why string) *Error {
	if why != "" {
		e.Message += " " + why
	}
	return e
}

func (e *Error) after(wait time.Duration) *Error {
	e.RetryAfter = wait
	return e
}
