package pop_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/pop"
)

// behindGateway is a request signed for one host that arrives with another.
func behindGateway(t *testing.T, signed, arrived string) *pop.Call {
	t.Helper()
	r := &pop.Request{Method: "GET", Path: "/GetSummary", Host: signed, Header: pop.Params{
		{Name: "x-acs-action", Value: "GetSummary"}, {Name: "x-acs-version", Value: "2016-11-11"},
	}}
	signer := pop.Signer{Credentials: pop.Credentials{AccessKeyID: "testid", AccessKeySecret: "secret"}}
	r.Header = drop(signer.SignV3(r), "host")
	r.Header = append(r.Header, pop.Param{Name: "X-Forwarded-Host", Value: signed}, pop.Param{Name: "Host", Value: arrived})
	r.Host = arrived
	call, err := pop.Decode(r)
	require.NoError(t, err)
	return call
}

func TestASignatureOverANamedHostIsAcceptedWhereTheHostIsReplaced(t *testing.T) {
	call := behindGateway(t, "api.example.com", "10.0.0.1:9000")
	refused := call.Verify("secret")
	require.Error(t, refused, "a forwarded header is not believed")
	call.AcceptHosts([]string{"other.example.com", "api.example.com"})
	require.NoError(t, call.Verify("secret"))
	require.Equal(t, refused, call.Verify("wrong"), "the error shows the text over the request's own host")

	call = behindGateway(t, "evil.example.com", "10.0.0.1:9000")
	call.AcceptHosts([]string{"api.example.com"})
	require.Error(t, call.Verify("secret"), "a host that nobody named")

	call = behindGateway(t, "direct.example.com", "direct.example.com")
	call.AcceptHosts([]string{"api.example.com"})
	require.NoError(t, call.Verify("secret"), "the request's own host holds too")
}
