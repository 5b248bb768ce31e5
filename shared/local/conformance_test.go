package local_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/localtest"
	"aegis/shared/pop"
	"aegis/shared/pop/conformance"
)

// Every published client, unchanged, against the real functions, in both runtimes.
func TestEveryPublishedClientBuysFromTheStack(t *testing.T) {
	for name, concurrency := range map[string]int{"runtime go1": 0, "custom runtime": 20} {
		t.Run(name, func(t *testing.T) {
			stack := localtest.Start(t, func(c *local.Config) { c.Concurrency = concurrency })
			owners := local.ResellersOwners()
			conformance.Run(t, conformance.Target{
				BaseURL:     stack.URL,
				Credentials: pop.Credentials{AccessKeyID: local.ResellerKey, AccessKeySecret: local.ResellerSecret},
				Owner: func() string {
					require.NotEmpty(t, owners)
					next := owners[0]
					owners = owners[1:]
					return next
				},
			})
		})
	}
}
