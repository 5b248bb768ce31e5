package pop_test

import (
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

func TestRefusedV3(t *testing.T) {
	without := func(name string) func(*pop.Request) {
		return func(r *pop.Request) { r.Header = drop(r.Header, name) }
	}
	set := func(name, value string) func(*pop.Request) {
		return func(r *pop.Request) { r.Header = with(r.Header, name, value) }
	}
	resign := func(signedHeaders string) func(*pop.Request) {
		return func(r *pop.Request) { signV3(r, signedHeaders) }
	}
	unsigned := func(name string) func(*pop.Request) {
		return resign(strings.Trim(strings.ReplaceAll(allSigned, name, ""), ";"))
	}
	const begin = "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host,Signature=00"
	for _, test := range []struct {
		outcome, code, message string
		change                 func(*pop.Request)
	}{
		{"no Authorization", "MissingAuthorization", "", without("authorization")},
		{"two Authorizations", "IncompleteSignature", "more than once", func(r *pop.Request) {
			r.Header = append(r.Header, pop.Param{Name: "Authorization", Value: begin})
		}},
		{"another algorithm", "InvalidSignatureMethod", `It is "ACS3-HMAC-SM3" and must be ACS3-HMAC-SHA256.`, set("Authorization", "ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=0")},
		{"no Credential", "IncompleteSignature", "no Credential", set("Authorization", "ACS3-HMAC-SHA256 SignedHeaders=host,Signature=0")},
		{"an empty Credential", "IncompleteSignature", "no Credential", set("Authorization", "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=0")},
		{"an empty field, and again", "IncompleteSignature", "no Credential", set("Authorization", "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=0,Credential=a")},
		{"no SignedHeaders", "IncompleteSignature", "no SignedHeaders", set("Authorization", "ACS3-HMAC-SHA256 Credential=a,Signature=0")},
		{"no Signature", "IncompleteSignature", "no Signature", set("Authorization", "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host")},
		{"nothing behind the algorithm", "IncompleteSignature", "no Credential", set("Authorization", "ACS3-HMAC-SHA256")},
		{"a field twice", "IncompleteSignature", "Credential more than once", set("Authorization", begin+",Credential=b")},
		{"an unknown field", "IncompleteSignature", "more than Credential", set("Authorization", begin+",Expires=1")},
		{"a signed header that is not there", "IncompleteSignature", `"x-tag" is not in the request`, resign(allSigned + ";x-tag")},
		{"a name signed twice", "IncompleteSignature", "names a header more than once", resign("host;" + allSigned)},
		{"hundreds of signed names", "IncompleteSignature", "at most 64", resign(allSigned + strings.Repeat(";x", 64))},
		{"an action not signed", "IncompleteSignature", `"x-acs-action" is not among`, unsigned("x-acs-action;")},
		{"a version not signed", "IncompleteSignature", `"x-acs-version" is not among`, unsigned("x-acs-version")},
		{"a nonce not signed", "IncompleteSignature", `"x-acs-signature-nonce" is not among`, unsigned("x-acs-signature-nonce;")},
		{"a date not signed", "IncompleteSignature", `"x-acs-date" is not among`, unsigned("x-acs-date;")},
		{"a token not signed", "IncompleteSignature", `"x-acs-security-token" is not among`, func(r *pop.Request) {
			r.Header = append(r.Header, pop.Param{Name: "X-Acs-Security-Token", Value: "t"})
		}},
		{"a body whose kind is not signed", "IncompleteSignature", `"content-type" is not among`, func(r *pop.Request) {
			r.Header, r.Body = append(r.Header, form()...), []byte("VmNumber=3")
		}},
		{"a body of no kind", "IncompleteSignature", `"content-type" is not among`, func(r *pop.Request) { r.Body = []byte("VmNumber=3") }},
		{"a body of two kinds", "InvalidParameter", `"content-type"`, func(r *pop.Request) {
			r.Header, r.Body = append(append(r.Header, form()...), pop.Param{Name: "Content-Type", Value: "text/plain"}), []byte("VmNumber=3")
			signV3(r, "content-type;"+allSigned)
		}},
		{"no nonce", "MissingSignatureNonce", "x-acs-signature-nonce", func(r *pop.Request) {
			without("x-acs-signature-nonce")(r)
			unsigned("x-acs-signature-nonce;")(r)
		}},
		{"no date", "MissingTimestamp", "x-acs-date", func(r *pop.Request) {
			without("x-acs-date")(r)
			unsigned("x-acs-date;")(r)
		}},
		{"no hash of the body", "MissingContentSha256", "x-acs-content-sha256", func(r *pop.Request) {
			without("x-acs-content-sha256")(r)
			unsigned("x-acs-content-sha256;")(r)
		}},
		{"a header given twice", "InvalidParameter", `"x-acs-action"`, func(r *pop.Request) {
			r.Header = append(r.Header, pop.Param{Name: "X-ACS-Action", Value: "CreateInstance"})
		}},
		{"a hash given twice", "InvalidParameter", `"x-acs-content-sha256"`, func(r *pop.Request) {
			r.Header = append(r.Header, pop.Param{Name: "x-acs-content-sha256", Value: pop.BodyHash(nil)})
		}},
		{"two actions", "InvalidParameter", `"Action"`, func(r *pop.Request) {
			r.Query = append(r.Query, pop.Param{Name: "Action", Value: "GetSummary"})
		}},
		{"two versions", "InvalidParameter", `"Version"`, func(r *pop.Request) {
			r.Query = append(r.Query, pop.Param{Name: "Version", Value: ""})
		}},
		{"a date that is none", "InvalidTimeStamp.Format", "", set("x-acs-date", "Sun, 01 Mar 2026 12:00:00 GMT")},
		{"a long nonce", "InvalidParameter", `"x-acs-signature-nonce"`, set("x-acs-signature-nonce", strings.Repeat("n", 129))},
		{"a parameter in query and form", "InvalidParameter", `"Duration" is not valid. It is given more than once.`, func(r *pop.Request) {
			r.Header, r.Body = append(r.Header, form()...), []byte("Duration=1")
		}},
	} {
		t.Run(test.outcome+" is refused", func(t *testing.T) {
			r := v3()
			test.change(r)
			call, err := pop.Decode(r)
			require.Equal(t, test.code, code(t, err))
			require.ErrorContains(t, err, test.message)
			require.Equal(t, pop.JSON, call.Format)
		})
	}
	t.Run("a hash of another body is refused", func(t *testing.T) {
		r := v3()
		r.Header = with(r.Header, "x-acs-content-sha256", pop.BodyHash([]byte("other")))
		call, err := pop.Decode(signV3(r, allSigned))
		require.NoError(t, err)
		require.ErrorContains(t, call.Verify("testsecret"), `"x-acs-content-sha256" is not valid. It is not the SHA-256 of the body`)
	})
}
