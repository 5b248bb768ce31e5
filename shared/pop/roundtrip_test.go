package pop_test

import (
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSigningThenVerifyingRoundTrips(t *testing.T) {
	t.Run("version 1.0", rapid.MakeCheck(func(t *rapid.T) {
		r, secret := signedV1(t)
		call, err := pop.Decode(r)
		require.NoError(t, err)
		require.NoError(t, call.Verify(secret))
		require.Equal(t, "SignatureDoesNotMatch", code(t, call.Verify(secret+"x")))
		require.True(t, call.Timestamp.Equal(noon))
	}))
	t.Run("version 3", rapid.MakeCheck(func(t *rapid.T) {
		r, secret := signedV3(t)
		call, err := pop.Decode(r)
		require.NoError(t, err)
		require.NoError(t, call.Verify(secret))
		require.Equal(t, "SignatureDoesNotMatch", code(t, call.Verify(secret+"x")))
	}))
}

// signedV1 draws a request signed with version 1.0, split anywhere between
// query and form.
func signedV1(t *rapid.T) (r *pop.Request, secret string) {
	s := anySigner(t)
	method := rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method")
	signed := s.SignV1(method, business(t))
	at := rapid.IntRange(0, len(signed)).Draw(t, "split")
	return &pop.Request{Method: method, Header: form(), Query: signed[:at], Body: []byte(signed[at:].Encode())}, s.AccessKeySecret
}

// signedV3 draws a request signed with version 3.
func signedV3(t *rapid.T) (r *pop.Request, secret string) {
	s := anySigner(t)
	params := business(t)
	at := rapid.IntRange(0, len(params)).Draw(t, "split")
	r = &pop.Request{Method: "POST", Host: "h:1", Header: form(), Query: params[:at], Body: []byte(params[at:].Encode())}
	r.Header = append(r.Header, pop.Param{Name: "X-Acs-Action", Value: "A"}, pop.Param{Name: "X-Acs-Version", Value: "V"})
	r.Header = s.SignV3(r)
	return r, s.AccessKeySecret
}

func anySigner(t *rapid.T) *pop.Signer {
	s := signer()
	s.AccessKeySecret = rapid.StringMatching(`[ -~]{0,130}`).Draw(t, "secret")
	s.SecurityToken = rapid.StringMatching(`[A-Za-z0-9+/=]{0,60}`).Draw(t, "token")
	s.Algorithm = rapid.SampledFrom([]pop.Algorithm{"", pop.HMACSHA1, pop.HMACSHA256}).Draw(t, "algorithm")
	return s
}

// business draws parameters of an action's own.
func business(t *rapid.T) (own pop.Params) {
	for _, p := range anyParams().Draw(t, "params") {
		switch p.Name {
		case "Action", "Version", "Format", "SignatureType", "AccessKeyId", "SecurityToken", "Timestamp",
			"Signature", "SignatureMethod", "SignatureNonce", "SignatureVersion":
		default:
			own = append(own, p)
		}
	}
	return own
}
