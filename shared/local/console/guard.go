package console

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// policy allows the page its own files and nothing else. Pico draws its icons from data
// URLs.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// headers sets what browsers enforce.
func headers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy":      policy,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control":                "no-store", // another start may be another version
		} {
			w.Header().Set(name, value)
		}
		h.ServeHTTP(w, r)
	})
}

// guarded refuses requests without the token of this start.
func (s *console) guarded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(sent), []byte(s.Token)) == 0 {
			answer(w, http.StatusUnauthorized, problem{Kind: "token"})
			return
		}
		h.ServeHTTP(w, r)
	})
}

// problem is an answer that is no success. The page has a text for each kind; the detail
// is what it is about, such as a name.
type problem struct {
	Kind   string `json:"kind"`
	Detail string `json:"detail"`
	status int
}

// Error returns the kind and the detail.
func (p problem) Error() string { return p.Kind + ": " + p.Detail }

// notFound, invalid and conflict are problems of the request.
func notFound(kind, detail string) error { return problem{kind, detail, http.StatusNotFound} }
func invalid(kind, detail string) error  { return problem{kind, detail, http.StatusBadRequest} }
func conflict(kind, detail string) error { return problem{kind, detail, http.StatusConflict} }

// handler returns what is answered as JSON.
type handler func(r *http.Request) (any, error)

// answering serves a handler. An error that is no problem is one of the stack, which is
// shown with its cause.
func answering(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		value, err := h(r)
		if err == nil {
			answer(w, http.StatusOK, value)
			return
		}
		p, ok := errors.AsType[problem](err)
		if !ok {
			p = problem{"failed", err.Error(), http.StatusBadGateway}
		}
		answer(w, p.status, p)
	})
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the page is gone: nobody needs it
}

// maxInput bounds what a page sends.
const maxInput = 1 << 20

func decode(r *http.Request, into any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxInput))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return invalid("input", err.Error())
	}
	return nil
}
