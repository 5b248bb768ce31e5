package cloud_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud"
	"aegis/shared/pop"
)

// The example of the help page "Request signatures" of Log Service; its key is printed in
// full in the tests of Alibaba Cloud's client for Node.js, aliyun/aliyun-log-nodejs-sdk.
func TestALogRequestIsSignedAsTheHelpPageDoes(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/logstores?size=1000&offset=0&logstoreName=", nil)
	r.Header.Set("Date", "Mon, 09 Nov 2015 06:11:16 GMT")
	r.Header.Set("x-log-apiversion", "0.6.0")
	r.Header.Set("x-log-signaturemethod", "hmac-sha1")
	require.Equal(t, "jEYOTCJs2e88o+y5F4/S5IsnBJQ=", cloud.SignLog(r, "4fdO2fTDDnZPU/L7CHNdemB2Nsk="))

	r = httptest.NewRequest(http.MethodPost, "/logstores/test-logstore", nil)
	for name, value := range map[string]string{
		"Date": "Mon, 09 Nov 2015 06:03:03 GMT", "x-log-apiversion": "0.6.0", "x-log-signaturemethod": "hmac-sha1", "Content-MD5": "1DD45FA4A70A9300CC9FE7305AF2C494",
		"Content-Length": "52", "Content-Type": "application/x-protobuf", "x-log-bodyrawsize": "50", "x-log-compresstype": "lz4",
	} {
		r.Header.Set(name, value)
	}
	require.Equal(t, "XWLGYHGg2F2hcfxWxMLiNkGki6g=", cloud.SignLog(r, "4fdO2fTDDnZPU/L7CHNdemB2Nsk="))
}

// logServer answers a request that is signed, and keeps it.
func logServer(t *testing.T, status int, body string) (*cloud.Logs, **http.Request) {
	t.Helper()
	var got *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("x-log-requestid", "log-request-1")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return &cloud.Logs{
		Credentials: pop.Credentials{AccessKeyID: "LTAI-reader", AccessKeySecret: "the-secret", SecurityToken: "token"},
		Region:      "cn-hangzhou", Project: "aegis-1", Store: "functions", Endpoint: server.URL,
	}, &got
}

func TestLinesAreFoundByAQuery(t *testing.T) {
	logs, got := logServer(t, http.StatusOK, `[{"__time__":"1","requestId":"A-1"}]`)
	logs.Clock = func() time.Time { return time.Unix(1_700_000_000, 0) }
	lines, err := logs.Search(t.Context(), `"A-1" and level: INFO`, time.Unix(10, 0), time.Unix(20, 0))
	require.NoError(t, err)
	require.Equal(t, []map[string]string{{"__time__": "1", "requestId": "A-1"}}, lines)

	r := *got
	require.Equal(t, "/logstores/functions", r.URL.Path)
	require.Equal(t, `"A-1" and level: INFO`, r.URL.Query().Get("query"))
	require.Equal(t, []string{"10", "20", "log"}, []string{r.URL.Query().Get("from"), r.URL.Query().Get("to"), r.URL.Query().Get("type")})
	require.Equal(t, "token", r.Header.Get("x-acs-security-token"))
	require.Equal(t, "Tue, 14 Nov 2023 22:13:20 GMT", r.Header.Get("Date"))
	require.Equal(t, "LOG LTAI-reader:"+cloud.SignLog(r, "the-secret"), r.Header.Get("Authorization"))
}

func TestARefusalOfLogServiceSaysItsCodeAndNoSecret(t *testing.T) {
	logs, _ := logServer(t, http.StatusUnauthorized, `{"errorCode":"Unauthorized","errorMessage":"denied by sts or ram"}`)
	_, err := logs.Search(t.Context(), "x", time.Unix(0, 0), time.Unix(1, 0))
	require.EqualError(t, err, "Sls GetLogs: refused with 401 Unauthorized: denied by sts or ram (request log-request-1)")
	refused, ok := errors.AsType[*cloud.Error](err)
	require.True(t, ok)
	require.Equal(t, http.StatusUnauthorized, refused.Status)

	logs, _ = logServer(t, http.StatusOK, `{}`)
	_, err = logs.Search(t.Context(), "x", time.Unix(0, 0), time.Unix(1, 0))
	require.ErrorContains(t, err, "not a list of lines")
	logs.Endpoint = "nowhere"
	_, err = logs.Search(t.Context(), "x", time.Unix(0, 0), time.Unix(1, 0))
	require.ErrorContains(t, err, `"nowhere" is no URL`)
	logs.Endpoint = "http://127.0.0.1:1"
	_, err = logs.Search(t.Context(), "the-query", time.Unix(0, 0), time.Unix(1, 0))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "the-query")
	require.NotContains(t, err.Error(), "the-secret")
}

// Without an endpoint of its own a project is asked in its region.
func TestAProjectIsAskedWhereItIs(t *testing.T) {
	var host string
	logs := &cloud.Logs{Region: "cn-shanghai", Project: "aegis-1", Store: "functions", HTTP: &http.Client{Transport: roundTrip(func(r *http.Request) { host = r.URL.Host })}}
	_, err := logs.Search(t.Context(), "x", time.Unix(0, 0), time.Unix(1, 0))
	require.Error(t, err)
	require.Equal(t, "aegis-1.cn-shanghai.log.aliyuncs.com", host)
}
