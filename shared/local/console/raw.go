package console

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"aegis/shared/local/recorder"
	"aegis/shared/pop"
)

func param(name, value string) pop.Param { return pop.Param{Name: name, Value: value} }

// rawRequest writes a request as it went over the wire, but for the order of its headers,
// which is by name.
func rawRequest(r *recorder.Request) string {
	return fmt.Sprintf("%s %s %s\nHost: %s\n%s\n%s", r.Method, r.URI, r.Proto, r.Host, headerText(r.Header), readable(r.Body))
}

// headerText writes headers one a line, by name.
func headerText(h http.Header) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	return b.String()
}

// readable returns a body for people.
func readable(body []byte) string {
	if !utf8.Valid(body) {
		return fmt.Sprintf("%d bytes that are no text", len(body))
	}
	return indented(body)
}

// popRequest is a recorded request as the endpoint reads it: header names are in lower
// case.
func popRequest(r *recorder.Request) *pop.Request {
	path, query, _ := strings.Cut(r.URI, "?")
	request := &pop.Request{Method: r.Method, Host: r.Host, Path: path, RawQuery: query, Body: r.Body}
	for name, values := range r.Header {
		for _, value := range values {
			request.Header = append(request.Header, param(strings.ToLower(name), value))
		}
	}
	return request
}
