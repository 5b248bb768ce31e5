package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"aegis/shared/local/functions"
)

// What Function Compute takes of an HTTP request (help: Web functions, limits).
const (
	maxBody    = 32 << 20
	maxTarget  = 4 << 10 // the path with its query
	maxHeaders = 8 << 10 // names and values together
)

// checkSize returns why the platform would refuse a request, "" if it would not.
func checkSize(r *http.Request) string {
	if size := len(r.URL.RequestURI()); size > maxTarget {
		return fmt.Sprintf("the path with its query has %d bytes, and the platform takes %d: send parameters in the body of a POST", size, maxTarget)
	}

	size := 0
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value)
		}
	}
	if size > maxHeaders {
		return fmt.Sprintf("the headers have %d bytes, and the platform takes %d", size, maxHeaders)
	}
	return ""
}

// refuse answers as the platform does: with an error that is not ours.
func refuse(w http.ResponseWriter, requestID, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{ // the client has gone: nothing can be done
		"RequestId": requestID, "Code": "InvalidArgument", "Message": message,
	})
}

// passedOn reports whether the platform passes a header on to a function.
func passedOn(name string) bool {
	return name != "Connection" && name != "Keep-Alive" && !strings.HasPrefix(name, "X-Fc-")
}

// asSentTo returns the call that a custom runtime gets.
func asSentTo(r *http.Request, body []byte) *functions.HTTPRequest {
	header := make(http.Header, len(r.Header))
	for name, values := range r.Header {
		if passedOn(name) {
			header[name] = values
		}
	}
	return &functions.HTTPRequest{Method: r.Method, Target: r.URL.RequestURI(), Host: r.Host, Header: header, Body: body}
}
