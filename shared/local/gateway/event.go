package gateway

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"time"

	"aegis/shared/local/functions"
)

// Request is an HTTP request with its body read.
type Request struct {
	*http.Request
	Body      []byte
	RequestID string
	At        time.Time
}

// Event makes the platform's event of a request.
type Event func(Request) ([]byte, error)

// APIGatewayEvent is the event of an API Gateway route ("Use Function Compute as
// the backend service of API Gateway", help pages).
func APIGatewayEvent(r Request) ([]byte, error) {
	body, encoded := functions.BodyText(r.Body)
	return json.Marshal(map[string]any{
		"path":            r.URL.Path,
		"httpMethod":      r.Method,
		"headers":         headers(r, strings.Clone),
		"queryParameters": query(r),
		"pathParameters":  map[string]string{},
		"body":            body,
		"isBase64Encoded": encoded,
	})
}

// HTTPTriggerEvent is the event of an HTTP trigger of Function Compute 3.0. Its
// header names are canonical, as Go has them.
func HTTPTriggerEvent(r Request) ([]byte, error) {
	body, encoded := functions.BodyText(r.Body)
	return json.Marshal(map[string]any{
		"version":         "v1",
		"rawPath":         r.URL.Path,
		"headers":         headers(r, http.CanonicalHeaderKey),
		"queryParameters": query(r),
		"body":            body,
		"isBase64Encoded": encoded,
		"requestContext": map[string]any{
			"accountId":  "1000000000000000",
			"domainName": r.Host,
			"requestId":  r.RequestID,
			"time":       r.At.UTC().Format(time.RFC3339),
			"timeEpoch":  r.At.UnixMilli(),
			"http": map[string]string{
				"method": r.Method, "path": r.URL.Path, "protocol": r.Proto,
				"sourceIp": sourceIP(r.RemoteAddr), "userAgent": r.UserAgent(),
			},
		},
	})
}

// sourceIP is the address without its port, as the platform gives it.
func sourceIP(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

// headers joins repeated values by commas. The Host header, which Go keeps apart,
// is one of them: callers sign it.
func headers(r Request, name func(string) string) map[string]string {
	h := map[string]string{name("Host"): r.Host}
	for k, values := range r.Header {
		if passedOn(k) {
			h[name(k)] = strings.Join(values, ",")
		}
	}
	return h
}

// query joins repeated values by commas, as the platform does.
func query(r Request) map[string]string {
	q := map[string]string{}
	for k, values := range r.URL.Query() {
		q[k] = strings.Join(values, ",")
	}
	return q
}
