package pop_test

import (
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

// signV3 writes r's Authorization over these headers, which a client chose.
func signV3(r *pop.Request, signedHeaders string) *pop.Request {
	r.Header = drop(r.Header, "authorization")
	trace := pop.TraceV3("testsecret", r, signedHeaders)
	r.Header = append(r.Header, pop.Param{Name: "Authorization",
		Value: "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=" + signedHeaders + ",Signature=" + trace.Signature})
	return r
}

const allSigned = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"

func TestDecodeV3(t *testing.T) {
	want := func(t *testing.T, r *pop.Request) *pop.Call {
		t.Helper()
		call, err := pop.Decode(r)
		require.NoError(t, err)
		require.NoError(t, call.Verify("testsecret"))
		require.Equal(t, "SignatureDoesNotMatch", code(t, call.Verify("testsecreT")))
		require.Equal(t, "CreateInstance", call.Action)
		require.Equal(t, "2016-11-11", call.Version)
		require.Equal(t, "testid", call.AccessKeyID)
		require.Equal(t, "3156853299f313e23d1673dc12e1703d", call.Nonce)
		require.Equal(t, noon, call.Timestamp)
		return call
	}
	t.Run("everything in the query", func(t *testing.T) { want(t, v3()) })
	t.Run("a form", func(t *testing.T) {
		r := createInstanceV3()
		r.Body, r.Query = []byte("VmNumber=3&Name=a+b"), pop.Params{{Name: "Duration", Value: "1"}}
		r.Header = append(r.Header, form()...)
		r.Header = signer().SignV3(r)
		call := want(t, r)
		require.Equal(t, pop.Params{{Name: "Duration", Value: "1"}, {Name: "Name", Value: "a b"}, {Name: "VmNumber", Value: "3"}}, call.Params)
	})
	t.Run("a JSON body is checked and holds no parameters", func(t *testing.T) {
		r := createInstanceV3()
		r.Body = []byte(`{"VmNumber":4}`)
		r.Header = append(r.Header, pop.Param{Name: "content-type", Value: "application/json"})
		r.Header = signer().SignV3(r)
		want(t, r)
	})
	t.Run("an STS token", func(t *testing.T) {
		s, r := signer(), createInstanceV3()
		s.SecurityToken = "CAIS+/="
		r.Header = s.SignV3(r)
		require.Equal(t, "CAIS+/=", want(t, r).SecurityToken)
	})
	t.Run("host not signed, and the fields in Java's order", func(t *testing.T) {
		r := signV3(v3(), strings.TrimPrefix(allSigned, "host;"))
		value, _ := r.Header.Get("Authorization")
		signed, signature, _ := strings.Cut(value, ",Signature=")
		key, names, _ := strings.Cut(signed, ",SignedHeaders=")
		r.Header = with(r.Header, "Authorization", key+", Signature="+signature+", SignedHeaders="+names)
		r.Host = "a proxy's"
		want(t, r)
	})
	t.Run("headers the client chose to sign too", func(t *testing.T) {
		r := v3()
		r.Header = append(r.Header, pop.Param{Name: "X-Acs-Credentials-Provider", Value: "  static_ak\t"})
		want(t, signV3(r, "accept;"+strings.Replace(allSigned, "x-acs-date", "x-acs-credentials-provider;x-acs-date", 1)+";user-agent"))
	})
	t.Run("a repeated header", func(t *testing.T) {
		r := v3()
		r.Header = append(r.Header, pop.Param{Name: "x-tag", Value: "b"}, pop.Param{Name: "X-Tag", Value: " a "})
		trace := pop.TraceV3("testsecret", r, allSigned+";x-tag")
		require.Contains(t, trace.Canonical, "\nx-tag:a,b\n")
		want(t, signV3(r, allSigned+";x-tag"))
	})
	t.Run("the path", func(t *testing.T) {
		r := createInstanceV3()
		r.Path = "/CreateInstance"
		r.Header = signer().SignV3(r)
		want(t, r)
	})
	t.Run("Action and Version in the query", func(t *testing.T) {
		r := createInstanceV3()
		r.Query = append(r.Query, pop.Param{Name: "Action", Value: "CreateInstance"}, pop.Param{Name: "Version", Value: "2016-11-11"})
		r.Header = nil
		r.Header = signer().SignV3(r)
		want(t, r)
	})
	t.Run("Action in header and query alike", func(t *testing.T) {
		r := createInstanceV3()
		r.Query = append(r.Query, pop.Param{Name: "Action", Value: "CreateInstance"})
		r.Header = signer().SignV3(r)
		want(t, r)
	})
	t.Run("a query as text", func(t *testing.T) {
		r := v3()
		r.RawQuery, r.Query = strings.ReplaceAll(r.Query.Encode(), "%20", "+"), nil
		want(t, r)
	})
}

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
		{"another algorithm", "InvalidSignatureMethod", "ACS3-HMAC-SHA256", set("Authorization", "ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=0")},
		{"no Credential", "IncompleteSignature", "no Credential", set("Authorization", "ACS3-HMAC-SHA256 SignedHeaders=host,Signature=0")},
		{"an empty Credential", "IncompleteSignature", "no Credential", set("Authorization", "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=0")},
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
