package sameorigin_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/sameorigin"
)

func TestAWebPageOfAnotherSiteIsRefused(t *testing.T) {
	h := sameorigin.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
	for _, c := range []struct {
		name, host, origin string
		status             int
	}{
		{"a tool", "127.0.0.1:8080", "", 204},
		{"a tool by the name", "localhost:8080", "", 204},
		{"a container", "host.docker.internal:8080", "", 204},
		{"a page of the stack itself", "127.0.0.1:8080", "http://127.0.0.1:8080", 204},
		{"a page of another site", "127.0.0.1:8080", "https://evil.example", 403},
		{"a page of another port", "127.0.0.1:8080", "http://127.0.0.1:9000", 403},
		{"a page without an origin, as in a sandbox", "127.0.0.1:8080", "null", 403},
		{"a name that resolves to this machine", "evil.example:8080", "", 403},
		{"the same with its own origin", "evil.example:8080", "http://evil.example:8080", 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/clock", nil)
			r.Host = c.host
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			require.Equal(t, c.status, w.Code)
		})
	}
}
