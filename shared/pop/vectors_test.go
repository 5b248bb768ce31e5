package pop_test

import (
	"encoding/json"
	"os"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

// vector is a published signature. An empty stringToSign was not published.
type vector struct {
	Name, Source, Method, Secret string
	AccessKeyID, Host            string
	Params, Query, Header        map[string]string
	SignedHeaders                string
	StringToSign, Signature      string
}

func TestPublishedVectors(t *testing.T) {
	for _, v := range readVectors(t, "testdata/v1.json") {
		t.Run("version 1.0, "+v.Name, func(t *testing.T) {
			trace := pop.TraceV1(pop.HMACSHA1, v.Secret, v.Method, params(v.Params))
			require.Equal(t, v.Signature, trace.Signature)
			if v.StringToSign != "" {
				require.Equal(t, v.StringToSign, trace.StringToSign)
			}
		})
	}
	for _, v := range readVectors(t, "testdata/v3.json") {
		t.Run("version 3, "+v.Name, func(t *testing.T) {
			request := v.request()
			trace := pop.TraceV3(v.Secret, request, v.SignedHeaders)
			require.Equal(t, v.Signature, trace.Signature)
			require.Equal(t, v.StringToSign, trace.StringToSign)

			request.Header = append(request.Header, pop.Param{Name: "Authorization", Value: "ACS3-HMAC-SHA256 Credential=" +
				v.AccessKeyID + ",SignedHeaders=" + v.SignedHeaders + ",Signature=" + v.Signature})
			call, err := pop.Decode(request)
			require.NoError(t, err)
			require.NoError(t, call.Verify(v.Secret))
		})
	}
}

func (v vector) request() *pop.Request {
	return &pop.Request{Method: v.Method, Host: v.Host, Query: params(v.Query), Header: params(v.Header)}
}

func readVectors(t *testing.T, file string) (vectors []vector) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &vectors))
	require.NotEmpty(t, vectors)
	return vectors
}

// params returns the entries of m in no particular order.
func params(m map[string]string) pop.Params {
	var p pop.Params
	for name, value := range m {
		p = append(p, pop.Param{Name: name, Value: value})
	}
	return p
}
