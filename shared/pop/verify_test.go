package pop_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

func TestVerify(t *testing.T) {
	t.Run("a wrong signature is answered with our StringToSign", func(t *testing.T) {
		r := v1()
		call, err := pop.Decode(r)
		require.NoError(t, err)
		err = call.Verify("wrong")
		trace := pop.TraceV1(pop.HMACSHA1, "", "GET", r.Query)
		require.EqualError(t, err, "SignatureDoesNotMatch: Specified signature is not matched with our calculation. server string to sign is:"+trace.StringToSign)
	})
	t.Run("an unknown key is refused whatever it signed with", func(t *testing.T) {
		for _, r := range []*pop.Request{v1(), v3()} {
			call, err := pop.Decode(r)
			require.NoError(t, err)
			require.Equal(t, "InvalidAccessKeyId.NotFound", code(t, call.VerifyUnknown()))
		}
	})
	t.Run("no signature fits but the whole one", func(t *testing.T) {
		r := v1()
		signature, _ := r.Query.Get("Signature")
		for _, wrong := range []string{signature[:27], signature + "=", strings.ToLower(signature), "A" + signature[1:], "="} {
			r.Query = with(r.Query, "Signature", wrong)
			call, err := pop.Decode(r)
			require.NoError(t, err)
			require.Equal(t, "SignatureDoesNotMatch", code(t, call.Verify("testsecret")), wrong)
		}
	})
}

func TestHMACEqualsTheStandardLibrary(t *testing.T) {
	sum := func(h func() hash.Hash, key, text string) []byte {
		mac := hmac.New(h, []byte(key))
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	for n := range 200 {
		secret := strings.Repeat("k", n)
		trace := pop.TraceV1(pop.HMACSHA1, secret, "GET", createInstance())
		require.Equal(t, base64.StdEncoding.EncodeToString(sum(sha1.New, secret+"&", trace.StringToSign)), trace.Signature)
		trace = pop.TraceV1(pop.HMACSHA256, secret, "GET", createInstance())
		require.Equal(t, base64.StdEncoding.EncodeToString(sum(sha256.New, secret+"&", trace.StringToSign)), trace.Signature)
		trace = pop.TraceV3(secret, createInstanceV3(), "host")
		require.Equal(t, hex.EncodeToString(sum(sha256.New, secret, trace.StringToSign)), trace.Signature)
	}
}
