package wire_test

import (
	"testing"

	"aegis/scripts/sign/wire"
	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

const endpoint = "http://127.0.0.1:8080/"

func TestRead(t *testing.T) {
	header := pop.Params{{Name: "host", Value: "h:1"}, {Name: "x-acs-action", Value: "A"}}
	for _, test := range []struct {
		outcome, text string
		want          pop.Request
	}{
		{"a URL", " https://h:1/p?a=b+c%2B\n", pop.Request{Method: "GET", Host: "h:1", Path: "/p", RawQuery: "a=b+c%2B"}},
		{"a request off the wire", "POST /?a=b HTTP/1.1\r\nHost: h:1\r\nX-Acs-Action:  A \r\n\r\nc=d",
			pop.Request{Method: "POST", Host: "h:1", Path: "/", RawQuery: "a=b", Header: header, Body: []byte("c=d")}},
		{"a request to a proxy", "GET http://h:2/?a=b HTTP/1.1\n\n",
			pop.Request{Method: "GET", Host: "h:2", Path: "/", RawQuery: "a=b", Body: []byte{}}},
		{"what curl -v prints", "*   Trying 127.0.0.1:8080...\n> POST / HTTP/1.1\n> Host: h:1\n> X-Acs-Action: A\n>\n< HTTP/1.1 200 OK\n{}",
			pop.Request{Method: "POST", Host: "h:1", Path: "/", Header: header, Body: []byte{}}},
		{"headers alone", "Host: h:1\nX-Acs-Action: A\n", pop.Request{Method: "GET", Host: "h:1", Path: "/", Header: header, Body: []byte{}}},
	} {
		t.Run(test.outcome+" is read", func(t *testing.T) {
			r, err := wire.Read(test.text, "GET", endpoint)
			require.NoError(t, err)
			require.Equal(t, test.want, *r)
		})
	}
	t.Run("a chunked body is put together", func(t *testing.T) {
		r, err := wire.Read("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n3\r\na=b\r\n2\r\n&c\r\n0\r\n\r\n", "GET", endpoint)
		require.NoError(t, err)
		require.Equal(t, "a=b&c", string(r.Body))
	})
	t.Run("a newline that an editor added is no part of the body", func(t *testing.T) {
		r, err := wire.Read("POST / HTTP/1.1\nContent-Length: 3\n\na=b\n", "GET", endpoint)
		require.NoError(t, err)
		require.Equal(t, "a=b", string(r.Body))
	})
	t.Run("nor is one that no header speaks of", func(t *testing.T) {
		r, err := wire.Read("GET / HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\n\r\n", "GET", endpoint)
		require.NoError(t, err)
		require.Empty(t, r.Body)
	})
	t.Run("a line that is no header is refused by its text", func(t *testing.T) {
		_, err := wire.Read("GET / HTTP/1.1\nnonsense\n", "GET", endpoint)
		require.ErrorContains(t, err, "nonsense")
	})
	t.Run("a chunk that is none is refused", func(t *testing.T) {
		_, err := wire.Read("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nzz\r\n", "GET", endpoint)
		require.Error(t, err)
	})
	t.Run("a URL that is none is refused", func(t *testing.T) {
		for _, text := range []string{"http://[", "GET http://[ HTTP/1.1", "Host: h"} {
			_, err := wire.Read(text, "GET", "http://[")
			require.Error(t, err, text)
		}
	})
}
