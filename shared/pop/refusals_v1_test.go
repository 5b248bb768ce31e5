package pop_test

import (
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

func TestRefusedV1(t *testing.T) {
	without := func(name string) func(*pop.Request) {
		return func(r *pop.Request) { r.Query = drop(r.Query, name) }
	}
	set := func(name, value string) func(*pop.Request) {
		return func(r *pop.Request) { r.Query = with(r.Query, name, value) }
	}
	for _, test := range []struct {
		outcome, code, message string
		change                 func(*pop.Request)
	}{
		{"another method", "UnsupportedHTTPMethod", "", func(r *pop.Request) { r.Method = "PUT" }},
		{"a method in lower case", "UnsupportedHTTPMethod", "", func(r *pop.Request) { r.Method = "get" }},
		{"no AccessKeyId", "MissingAccessKeyId", "", without("AccessKeyId")},
		{"an empty AccessKeyId", "MissingAccessKeyId", "", set("AccessKeyId", "")},
		{"no Signature", "MissingSignature", "", without("Signature")},
		{"no SignatureMethod", "MissingSignatureMethod", "", without("SignatureMethod")},
		{"no SignatureVersion", "MissingSignatureVersion", "", without("SignatureVersion")},
		{"no SignatureNonce", "MissingSignatureNonce", "", without("SignatureNonce")},
		{"no Timestamp", "MissingTimestamp", "", without("Timestamp")},
		{"another SignatureMethod", "InvalidSignatureMethod", `It is "HMAC-MD5" and must be HMAC-SHA1 or HMAC-SHA256.`, set("SignatureMethod", "HMAC-MD5")},
		{"another SignatureVersion", "IncompleteSignature", "1.0", set("SignatureVersion", "2.0")},
		{"a bearer token", "InvalidSignatureMethod", "SignatureType", set("SignatureType", "BEARERTOKEN")},
		{"a time in words", "InvalidTimeStamp.Format", "", set("Timestamp", "yesterday")},
		{"a time with a zone", "InvalidTimeStamp.Format", "", set("Timestamp", "2026-03-01T12:00:00+08:00")},
		{"a time with fractions", "InvalidTimeStamp.Format", "", set("Timestamp", "2026-03-01T12:00:00.5Z")},
		{"a time that is no date", "InvalidTimeStamp.Format", "", set("Timestamp", "2026-02-30T12:00:00Z")},
		{"a long nonce", "InvalidParameter", `"SignatureNonce"`, set("SignatureNonce", strings.Repeat("n", 129))},
		{"a long AccessKeyId", "InvalidParameter", `"AccessKeyId"`, set("AccessKeyId", strings.Repeat("n", 129))},
		{"a large body", "InvalidParameter", `"Body" is not valid. It must not exceed 65536 bytes.`, func(r *pop.Request) { r.Body = make([]byte, 65537) }},
		{"too many parameters in query and form", "InvalidParameter", "at most 64", func(r *pop.Request) {
			r.Header, r.Body = form(), []byte(distinct(60).Encode())
		}},
		{"a decoded query with a NUL byte", "InvalidParameter", `"a" is not valid. It contains a NUL byte.`, set("a", "\x00")},
		{"a parameter twice in the query", "InvalidParameter", `"VmNumber" is not valid. It is given more than once.`, func(r *pop.Request) {
			r.Query = append(r.Query, pop.Param{Name: "VmNumber", Value: "3"})
		}},
		{"a parameter twice in the form", "InvalidParameter", `"a" is not valid. It is given more than once.`, func(r *pop.Request) {
			r.Header, r.Body = form(), []byte("a=1&a=1")
		}},
		{"a parameter in query and form", "InvalidParameter", `"VmNumber" is not valid. It is given more than once.`, func(r *pop.Request) {
			r.Header, r.Body = form(), []byte("VmNumber=3")
		}},
		{"a second Signature", "InvalidParameter", `"Signature" is not valid. It is given more than once.`, func(r *pop.Request) {
			r.Header, r.Body = form(), []byte("Signature=x")
		}},
		{"a parameter in text and decoded", "InvalidParameter", `"VmNumber" is not valid. It is given more than once.`, func(r *pop.Request) {
			r.RawQuery = "VmNumber=3"
		}},
	} {
		t.Run(test.outcome+" is refused", func(t *testing.T) {
			r := v1()
			test.change(r)
			call, err := pop.Decode(r)
			require.Equal(t, test.code, code(t, err))
			require.ErrorContains(t, err, test.message)
			require.NotNil(t, call)
		})
	}
}
