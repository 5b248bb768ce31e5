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
		Credentials: pop.Credentials{AccessKeyID: "testid", Secret: "testsecret"},
		Clock:       func() time.Time { return noon },
		Nonce:       func() string { return "3156853299f313e23d1673dc12e1703d" },
	}
}

func form() pop.Params {
	return pop.Params{{Name: "content-type", Value: "application/x-www-form-urlencoded; charset=utf-8"}}
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

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		outcome string
		request *pop.Request
		format  string
		want    pop.Format
	}{
		{"version 1.0 answers XML unless asked", v1(), "", pop.XML},
		{"version 1.0 answers JSON in any case", v1(), "json", pop.JSON},
		{"version 1.0 answers XML in any case", v1(), "xml", pop.XML},
		{"version 3 answers JSON unless asked", v3(), "", pop.JSON},
		{"version 3 answers XML when asked", v3(), "XML", pop.XML},
	} {
		t.Run(test.outcome, func(t *testing.T) {
			test.request.Query = with(test.request.Query, "Format", test.format)
			call, err := pop.Decode(test.request)
			require.NoError(t, err)
			require.Equal(t, test.want, call.Format)
		})
	}
	t.Run("an unknown one is refused", func(t *testing.T) {
		r := v1()
		r.Query = with(r.Query, "Format", "YAML")
		call, err := pop.Decode(r)
		require.Equal(t, "InvalidParameter.Format", code(t, err))
		require.Equal(t, pop.XML, call.Format)
	})
	t.Run("it is known where the rest is broken", func(t *testing.T) {
		for _, r := range []*pop.Request{
			{Method: "DELETE", RawQuery: "Format=JSON"},
			{Method: "GET", RawQuery: "Format=JSON&a=%"},
			{Method: "GET", RawQuery: "Format=JSON&a=1&a=1"},
			{Method: "GET", RawQuery: "Format=JSON"},
			{Method: "POST", RawQuery: "Format=JSON", Body: make([]byte, pop.MaxBody+1)},
			{Method: "POST", Header: form(), Body: []byte("Format=JSON&a=%")},
			{Method: "POST", Header: form(), RawQuery: "a=b", Body: []byte("Format=JSON&a=1")},
			{Method: "POST", Header: pop.Params{{Name: "Authorization", Value: "ACS3-HMAC-SHA256 nonsense"}}},
		} {
			r.Host = "aegis.example"
			call, err := pop.Decode(r)
			require.Error(t, err)
			require.Equal(t, pop.JSON, call.Format, r.RawQuery)
			require.Equal(t, "aegis.example", call.Host)
		}
	})
}

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
		{"another SignatureMethod", "InvalidSignatureMethod", "HMAC-SHA1 or HMAC-SHA256", set("SignatureMethod", "HMAC-MD5")},
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

func TestCheckTime(t *testing.T) {
	call, err := pop.Decode(v1())
	require.NoError(t, err)
	t.Run("fifteen minutes either way pass", func(t *testing.T) {
		require.NoError(t, call.CheckTime(noon.Add(15*time.Minute)))
		require.NoError(t, call.CheckTime(noon.Add(-15*time.Minute)))
	})
	t.Run("a moment more is refused", func(t *testing.T) {
		require.Equal(t, "InvalidTimeStamp.Expired", code(t, call.CheckTime(noon.Add(15*time.Minute+1))))
		require.Equal(t, "InvalidTimeStamp.Expired", code(t, call.CheckTime(noon.Add(-15*time.Minute-1))))
	})
	t.Run("centuries do not wrap around", func(t *testing.T) {
		require.Equal(t, "InvalidTimeStamp.Expired", code(t, call.CheckTime(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))))
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
