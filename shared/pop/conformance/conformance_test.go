package conformance_test

import (
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"

	"aegis/shared/pop"
	"aegis/shared/pop/conformance"
)

// TestClientsAgainstASmallSeller runs the suite against the least that a seller
// can be, so that it tells about this package alone.
func TestClientsAgainstASmallSeller(t *testing.T) {
	if testing.Short() {
		t.Skip("it installs and starts other languages' clients")
	}
	server := httptest.NewServer(newSeller("LTAI-test", "test-secret"))
	t.Cleanup(server.Close)
	var owners atomic.Int64
	conformance.Run(t, conformance.Target{
		BaseURL:     server.URL,
		Credentials: pop.Credentials{AccessKeyID: "LTAI-test", AccessKeySecret: "test-secret"},
		Owner:       func() string { return strconv.FormatInt(2000000000000000+owners.Add(1), 10) },
	})
}
