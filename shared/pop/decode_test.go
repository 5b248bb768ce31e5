package pop_test

import (
	"strings"
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// signer signs as key "testid" with secret "testsecret" at noon.
func signer() *pop.Signer {
	return &pop.Signer{
		Credentials: pop.Credentials{AccessKeyID: "testid", AccessKeySecret: "testsecret"},
		Clock:       func() time.Time { return noon },
		Nonce:       func() string { return "3156853299f313e23d1673dc12e1703d" },
	}
}

func form() pop.Params {
	return pop.Params{{Name: "content-type", Value: "Application/x-www-form-urlencoded ; charset=utf-8"}}
}

// v1 returns a signed request with everything in the query.
func v1() *pop.Request {
	return &pop.Request{Method: "GET", Host: "aegis.example:8080", Query: signer().SignV1("GET", createInstance())}
}

// v3 returns a signed request.
func v3() *pop.Request {
	r := createInstanceV3()
	r.Header = signer().SignV3(r)
	return r
}

func TestDecodeV1(t *testing.T) {
	want := func(t *testing.T, r *pop.Request) {
		t.Helper()
		call, err := pop.Decode(r)
		require.NoError(t, err)
		require.NoError(t, call.Verify("testsecret"))
		require.NoError(t, call.CheckTime(noon))
		require.Equal(t, "CreateInstance", call.Action)
		require.Equal(t, "2016-11-11", call.Version)
		require.Equal(t, "testid", call.AccessKeyID)
		require.Equal(t, "3156853299f313e23d1673dc12e1703d", call.Nonce)
		require.Equal(t, noon, call.Timestamp)
		require.Equal(t, pop.JSON, call.Format)
		require.Equal(t, "aegis.example:8080", call.Host)
		require.Empty(t, call.SecurityToken)
		vmNumber, _ := call.Params.Get("VmNumber")
		require.Equal(t, "3", vmNumber)
	}
	post := func(query, form pop.Params) *pop.Request {
		return &pop.Request{Method: "POST", Host: "aegis.example:8080", Query: query, Body: []byte(form.Encode()),
			Header: pop.Params{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}}}
	}
	signed := signer().SignV1("POST", createInstance())
	t.Run("a GET with everything in the query", func(t *testing.T) { want(t, v1()) })
	t.Run("a POST with everything in the query", func(t *testing.T) { want(t, post(signed, nil)) })
	t.Run("a POST with everything in the form", func(t *testing.T) { want(t, post(nil, signed)) })
	t.Run("a POST split anywhere", func(t *testing.T) {
		for i := range signed {
			want(t, post(signed[:i], signed[i:]))
		}
	})
	t.Run("a query as text", func(t *testing.T) {
		r := v1()
		r.RawQuery, r.Query = r.Query.Encode(), nil
		want(t, r)
	})
	t.Run("the host from its header", func(t *testing.T) {
		r := v1()
		r.Header, r.Host = pop.Params{{Name: "Host", Value: "aegis.example:8080"}}, ""
		want(t, r)
	})
	t.Run("a signature with an STS token", func(t *testing.T) {
		s := signer()
		s.SecurityToken = "CAIS+/="
		call, err := pop.Decode(&pop.Request{Method: "GET", Query: s.SignV1("GET", createInstance())})
		require.NoError(t, err)
		require.NoError(t, call.Verify("testsecret"))
		require.Equal(t, "CAIS+/=", call.SecurityToken)
	})
	t.Run("a signature with HMAC-SHA256", func(t *testing.T) {
		s := signer()
		s.Algorithm = pop.HMACSHA256
		call, err := pop.Decode(&pop.Request{Method: "GET", Query: s.SignV1("GET", createInstance())})
		require.NoError(t, err)
		require.NoError(t, call.Verify("testsecret"))
	})
	t.Run("a body that is no form does not count", func(t *testing.T) {
		r := v1()
		r.Header = pop.Params{{Name: "content-type", Value: "application/json"}}
		r.Body = []byte("VmNumber=4&Format=XML")
		want(t, r)
	})
	t.Run("Action and Version are left to the caller", func(t *testing.T) {
		call, err := pop.Decode(&pop.Request{Method: "GET", Query: signer().SignV1("GET", nil)})
		require.NoError(t, err)
		require.NoError(t, call.Verify("testsecret"))
		require.Empty(t, call.Action+call.Version)
	})
	t.Run("SignatureMethod in any case", func(t *testing.T) {
		r := v1()
		r.Query = with(r.Query, "SignatureMethod", "Hmac-SHA1")
		trace := pop.TraceV1(pop.HMACSHA1, "testsecret", "GET", r.Query)
		r.Query = with(r.Query, "Signature", trace.Signature)
		want(t, r)
	})
}

// with returns p with this value for name.
func with(p pop.Params, name, value string) pop.Params {
	return append(drop(p, name), pop.Param{Name: name, Value: value})
}

// drop returns p without name, in whatever case.
func drop(p pop.Params, name string) (rest pop.Params) {
	for _, param := range p {
		if !strings.EqualFold(param.Name, name) {
			rest = append(rest, param)
		}
	}
	return rest
}
