package cloud_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/cloud/cloudtest"
)

// serve serves a control plane that is expected to find problems.
func serve(t *testing.T, s *cloudtest.Server) *cloud.Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return &cloud.Client{Credentials: s.Credentials, Region: "cn-hangzhou", Endpoint: server.URL}
}

// roundTrip sees a request and sends nothing.
type roundTrip func(*http.Request)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	f(r)
	return nil, errors.New("nothing is sent")
}
