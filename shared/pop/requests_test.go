package pop_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

// The requests under testdata/requests came over the wire from the published
// clients, as they are (but for the kernel's release in User-Agent, which two of them
// tell and none signs). All say the same, in their own encodings.
const (
	recordedSecret = "recorded-secret"
	recordedToken  = "a b+c*d~e'(f)!&=%@;,/安"
)

func TestEveryClientsRequestVerifies(t *testing.T) {
	for name, r := range clientsRequests(t) {
		t.Run(name, func(t *testing.T) {
			call, err := pop.Decode(r)
			require.NoError(t, err)
			require.NoError(t, call.Verify(recordedSecret))
			require.Equal(t, "CreateInstance", call.Action)
			require.Equal(t, "2016-11-11", call.Version)
			require.Equal(t, "LTAI-recorded", call.AccessKeyID)
			require.Equal(t, pop.JSON, call.Format)
			for name, want := range map[string]string{"ClientToken": recordedToken, "VmNumber": "3", "AutoRenewDuration": "0"} {
				value, _ := call.Params.Get(name)
				require.Equal(t, want, value, name)
			}
			require.Equal(t, "SignatureDoesNotMatch", code(t, call.Verify(recordedSecret+"x")))
		})
	}
}

func TestEveryClientsRequestIsRefusedWhenChanged(t *testing.T) {
	for name, r := range clientsRequests(t) {
		t.Run(name, func(t *testing.T) {
			r.RawQuery = strings.Replace(r.RawQuery, "VmNumber=3", "VmNumber=4", 1)
			r.Body = bytes.Replace(r.Body, []byte("VmNumber=3"), []byte("VmNumber=4"), 1)
			call, err := pop.Decode(r)
			require.NoError(t, err)
			require.Equal(t, "SignatureDoesNotMatch", code(t, call.Verify(recordedSecret)))
		})
	}
}

// clientsRequests reads the requests by their file's name.
func clientsRequests(t testing.TB) map[string]*pop.Request {
	t.Helper()
	files, err := filepath.Glob("testdata/requests/*.http")
	require.NoError(t, err)
	require.Len(t, files, 29)
	requests := make(map[string]*pop.Request, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		requests[strings.TrimSuffix(filepath.Base(file), ".http")] = readRequest(t, text)
	}
	return requests
}

// readRequest does what a front door does.
func readRequest(t testing.TB, text []byte) *pop.Request {
	t.Helper()
	in, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
	require.NoError(t, err)
	body, err := io.ReadAll(in.Body)
	require.NoError(t, err)
	r := &pop.Request{Method: in.Method, Host: in.Host, Path: in.URL.EscapedPath(), RawQuery: in.URL.RawQuery, Body: body}
	for name, values := range in.Header {
		for _, value := range values {
			r.Header = append(r.Header, pop.Param{Name: name, Value: value})
		}
	}
	return r
}
