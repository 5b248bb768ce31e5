package diagnose_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"aegis/shared/pop"
	"aegis/shared/pop/diagnose"

	"github.com/stretchr/testify/require"
)

const canonicalRequest = "POST\n/p\nA=a%20b&E=&b=%2A~\nhost:h:1\nx-acs-action:X\n\nhost;x-acs-action\n"

func sign3(key, canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(sum[:])))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestV3(t *testing.T) {
	query := pop.Params{{Name: "b", Value: "*~"}, {Name: "E"}, {Name: "A", Value: "a b"}}
	form := pop.Params{{Name: "f", Value: "1"}}
	r := &pop.Request{
		Method: "POST", Host: "h:1", Path: "/p", RawQuery: "ignored", Body: []byte("f=1"),
		Header: pop.Params{{Name: "x-acs-action", Value: "X"}, {Name: "x-acs-content-sha256", Value: "declared"}},
	}
	hash := pop.BodyHash(r.Body)
	edit := func(pairs ...string) string {
		return sign3("secret", strings.NewReplacer(pairs...).Replace(canonicalRequest)+hash)
	}
	sum, _ := hex.DecodeString(edit())
	for _, test := range []struct{ outcome, signature, step, why string }{
		{"an & after the secret", sign3("secret&", canonicalRequest+hash), "key", "secret alone"},
		{"a newline after the secret", sign3("secret\n", canonicalRequest+hash), "key", "newline"},
		{"another method", edit("POST", "GET"), "canonicalising", "signed as a GET"},
		{"an empty path", edit("/p", ""), "canonicalising", "left empty"},
		{"the root's path", edit("/p", "/"), "canonicalising", "path that is sent"},
		{"no empty line before SignedHeaders", edit("X\n\n", "X\n"), "canonicalising", "empty line"},
		{"parameters not sorted", edit("A=a%20b&E=&b=%2A~", "b=%2A~&E=&A=a%20b"), "canonicalising", "order they were sent"},
		{"an empty value left out", edit("&E=", ""), "canonicalising", "empty value"},
		{"no query", edit("A=a%20b&E=&b=%2A~", ""), "canonicalising", "query was not signed"},
		{"the form in the query", edit("b=%2A~", "b=%2A~&f=1"), "canonicalising", "hash of the body"},
		{"values encoded twice", edit("%", "%25"), "canonicalising", "once too often"},
		{"a space as +", edit("%20", "+"), "canonicalising", "must be %20"},
		{"no port", edit("h:1", "h"), "canonicalising", "without its port"},
		{"an empty body", sign3("secret", canonicalRequest+pop.BodyHash(nil)), "canonicalising", "signed as empty"},
		{"another body", sign3("secret", canonicalRequest+"declared"), "canonicalising", "another body"},
		{"base64", base64.StdEncoding.EncodeToString(sum), "signature", "wants hex"},
		{"capitals", strings.ToUpper(edit()), "signature", "lower-case hex"},
	} {
		t.Run(test.outcome+" is found", func(t *testing.T) {
			a := pop.Authorization{Credential: "k", SignedHeaders: "host;x-acs-action", Signature: test.signature}
			found := diagnose.V3(r, a, query, form, "secret")
			require.Len(t, found, 1)
			require.Equal(t, test.step, found[0].Step)
			require.Contains(t, found[0].Why.English, test.why)
		})
	}
	t.Run("a secret with white space around it is found", func(t *testing.T) {
		a := pop.Authorization{SignedHeaders: "host;x-acs-action", Signature: edit()}
		require.Contains(t, diagnose.V3(r, a, query, form, "secret ")[0].Why.English, "white space")
	})
	t.Run("a GET signed as a POST is found", func(t *testing.T) {
		a := pop.Authorization{SignedHeaders: "host;x-acs-action", Signature: edit("/p", "/")}
		get := &pop.Request{Method: "GET", Host: r.Host, Header: r.Header, Body: r.Body}
		require.Contains(t, diagnose.V3(get, a, query, form, "secret")[0].Why.English, "signed as a POST")
	})
	t.Run("another secret is not explained away", func(t *testing.T) {
		a := pop.Authorization{SignedHeaders: "host;x-acs-action", Signature: sign3("other", canonicalRequest+hash)}
		require.Empty(t, diagnose.V3(r, a, query, form, "secret"))
	})
}
