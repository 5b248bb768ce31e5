package api

import "aegis/shared/pop"

// Envelope is the answer as API Gateway and the HTTP trigger expect it.
type Envelope struct {
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	StatusCode      int               `json:"statusCode"`
	Headers         map[string]string `json:"headers"`
	Body            string            `json:"body"`
}

func envelope(r pop.Response) Envelope {
	headers := make(map[string]string, len(r.Header)+3)
	headers["Content-Type"] = r.ContentType
	protect(headers)
	for _, h := range r.Header {
		headers[h.Name] = h.Value
	}
	return Envelope{StatusCode: r.Status, Headers: headers, Body: string(r.Body)}
}

// protect keeps answers out of caches, and browsers from guessing their type.
func protect(headers map[string]string) {
	headers["X-Content-Type-Options"] = "nosniff"
	headers["Cache-Control"] = "no-store"
}
