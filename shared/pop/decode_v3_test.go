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
		require.Contains(t, pop.TraceV3("testsecret", r, "x-acs-credentials-provider").Canonical, "\nx-acs-credentials-provider:static_ak\n")
		want(t, signV3(r, "accept;"+strings.Replace(allSigned, "x-acs-date", "x-acs-credentials-provider;x-acs-date", 1)+";user-agent"))
	})
	t.Run("a repeated header", func(t *testing.T) {
		r := v3()
		r.Header = append(r.Header, pop.Param{Name: "x-tag", Value: "b"}, pop.Param{Name: "X-Tag", Value: " a "})
		trace := pop.TraceV3("testsecret", r, allSigned+";x-tag")
		require.Contains(t, trace.Canonical, "\nx-tag:a,b\n")
		want(t, signV3(r, allSigned+";x-tag"))
	})
	t.Run("names signed in another order or case are sorted only where headers are listed", func(t *testing.T) {
		trace := pop.TraceV3("testsecret", v3(), "X-Acs-Date;Host")
		require.True(t, strings.HasSuffix(trace.Canonical,
			"\nhost:aegis.cn-hangzhou.aliyuncs.com\nx-acs-date:2026-03-01T12:00:00Z\n\nX-Acs-Date;Host\n"+pop.BodyHash(nil)), trace.Canonical)
	})
	t.Run("a header repeated by the signer's own caller", func(t *testing.T) {
		r := createInstanceV3()
		r.Header = append(r.Header, pop.Param{Name: "x-acs-tag", Value: "b"}, pop.Param{Name: "X-Acs-Tag", Value: "a"})
		r.Header = signer().SignV3(r)
		want(t, r)
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
