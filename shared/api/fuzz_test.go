package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/api"
	"aegis/shared/local/gateway"
)

// Whatever arrives, the answer is an envelope of the protocol, and never a sale:
// nothing here is signed.
func FuzzHandle(f *testing.F) {
	for _, seed := range []string{
		`{"path":"/","httpMethod":"GET","queryParameters":{"Action":"GetSummary","AccessKeyId":"LTAI-test","Signature":"x"}}`,
		`{"version":"v1","rawPath":"/","isBase64Encoded":"true","body":"QUI=","requestContext":{"http":{"method":"POST"}}}`,
		`{"headers":{"authorization":"ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=b"},"httpMethod":"POST"}`,
	} {
		f.Add([]byte(seed))
	}
	d := open(f, api.All()...)
	d.event = gateway.APIGatewayEvent
	f.Fuzz(func(t *testing.T, event []byte) {
		here := *d
		here.t = t
		a := here.handle(event)
		require.GreaterOrEqual(t, a.status, 400)
		require.Less(t, a.status, 500)
		require.Contains(t, a.body, "Code")
	})
}
