package pop_test

import (
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{"", "a=b&c=d", "a=%zz", "a=+%2B&&=", "%00=%ff", "a=1&a=1", v1().Query.Encode()} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		params, err := pop.ParseQuery(raw)
		require.LessOrEqual(t, len(params), pop.MaxParams)
		if err != nil {
			require.NotEmpty(t, code(t, err))
			return
		}
		again, err := pop.ParseQuery(params.Encode())
		require.NoError(t, err)
		require.Equal(t, params, again)
	})
}

func FuzzParseAuthorization(f *testing.F) {
	for _, seed := range []string{
		"", "ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=b;c,Signature=d",
		"ACS3-HMAC-SHA256 Signature=d, SignedHeaders=b, Credential=a", "ACS3-HMAC-SM3 Credential=a,SignedHeaders=b,Signature=c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		a, err := pop.ParseAuthorization(value)
		if err != nil {
			require.NotEmpty(t, code(t, err))
			return
		}
		again, err := pop.ParseAuthorization("ACS3-HMAC-SHA256 Signature=" + a.Signature + ", SignedHeaders=" + a.SignedHeaders + ",Credential=" + a.Credential)
		require.NoError(t, err)
		require.Equal(t, a, again)
	})
}

// FuzzDecode changes signed requests: whatever comes of it, nothing panics,
// every refusal is an answer, and what verifies says what was signed.
func FuzzDecode(f *testing.F) {
	one, three := v1(), v3()
	f.Add("GET", one.Query.Encode(), "", "", "")
	f.Add("POST", "", "content-type: application/x-www-form-urlencoded", one.Query.Encode(), "")
	f.Add("POST", three.Query.Encode(), dump(three.Header), "", "aegis.cn-hangzhou.aliyuncs.com")
	for _, r := range clientsRequests(f) {
		f.Add(r.Method, r.RawQuery, dump(r.Header), string(r.Body), r.Host)
	}
	f.Fuzz(func(t *testing.T, method, query, header, body, host string) {
		r := &pop.Request{Method: method, Host: host, RawQuery: query, Header: undump(header), Body: []byte(body)}
		call, err := pop.Decode(r)
		require.NotNil(t, call)
		if err != nil {
			require.NotEmpty(t, code(t, err))
			return
		}
		require.LessOrEqual(t, len(call.Params), pop.MaxParams)
		if call.Verify("testsecret") == nil {
			requireAsSigned(t, call)
		}
		if call.Verify(recordedSecret) == nil {
			requireAsRecorded(t, call)
		}
	})
}

// requireAsSigned tells that a call says nothing but what the seeds signed.
func requireAsSigned(t *testing.T, call *pop.Call) {
	t.Helper()
	require.Equal(t, "CreateInstance", call.Action)
	require.Equal(t, "testid", call.AccessKeyID)
	require.Equal(t, noon, call.Timestamp)
	for _, p := range createInstance()[1:9] {
		value, ok := call.Params.Get(p.Name)
		require.True(t, ok)
		require.Equal(t, p.Value, value)
	}
}

// requireAsRecorded is requireAsSigned for the requests of the clients.
func requireAsRecorded(t *testing.T, call *pop.Call) {
	t.Helper()
	require.Equal(t, "CreateInstance", call.Action)
	require.Equal(t, "LTAI-recorded", call.AccessKeyID)
	for name, want := range map[string]string{"ClientToken": recordedToken, "VmNumber": "3", "PricingCycle": "Month"} {
		value, _ := call.Params.Get(name)
		require.Equal(t, want, value, name)
	}
}

func dump(header pop.Params) string {
	var lines []string
	for _, h := range header {
		lines = append(lines, h.Name+": "+h.Value)
	}
	return strings.Join(lines, "\n")
}

func undump(text string) (header pop.Params) {
	for line := range strings.SplitSeq(text, "\n") {
		name, value, _ := strings.Cut(line, ":")
		header = append(header, pop.Param{Name: name, Value: value})
	}
	return header
}
