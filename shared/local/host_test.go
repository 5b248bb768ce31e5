package local_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/localtest"
	"aegis/shared/pop"
	"aegis/shared/pop/conformance"
)

// A published client signs the name by which it addresses the system. A gateway that
// replaces the Host breaks version 3, which signs it, unless PUBLIC_HOSTS has the name.
func TestAReplacedHostBreaksVersion3UnlessPublicHostsHasTheName(t *testing.T) {
	var behind atomic.Pointer[httputil.ReverseProxy]
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { behind.Load().ServeHTTP(w, r) }))
	t.Cleanup(front.Close)
	public := strings.TrimPrefix(front.URL, "http://")

	for name, test := range map[string]struct {
		host, hosts, v3 string
	}{
		"replaced and not named": {"function.internal", "", "SignatureDoesNotMatch"},
		"replaced and named":     {"function.internal", "other.example.com," + public, ""},
		"another is named":       {"function.internal", "other.example.com", "SignatureDoesNotMatch"},
		"passed on":              {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			stack := localtest.Start(t, func(c *local.Config) {
				c.GatewayHost, c.Settings = test.host, map[string]string{"PUBLIC_HOSTS": test.hosts}
			})
			target, err := url.Parse(stack.URL)
			require.NoError(t, err)
			behind.Store(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(target)
				r.Out.Host = r.In.Host // the gateway is what replaces it
			}})
			v1, v3 := conformance.Codes(t, conformance.Target{
				BaseURL: front.URL, Credentials: pop.Credentials{AccessKeyID: local.OwnerKey, AccessKeySecret: local.OwnerSecret},
			})
			require.Empty(t, v1, "version 1.0 signs no host")
			require.Equal(t, test.v3, v3)
		})
	}
}
