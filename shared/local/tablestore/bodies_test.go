package tablestore_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

// trickle sends the start of a request and leaves it unfinished.
func trickle(t *testing.T, f *fixture, header string, body int) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(f.store.URL, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	_, err = fmt.Fprintf(c, "POST /PutRow HTTP/1.1\r\nHost: local\r\n%s\r\n\r\n%s", header, strings.Repeat("x", body))
	require.NoError(t, err)
	return c
}

func requireStatus(t *testing.T, c net.Conn, status int) {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, status, answer.StatusCode)
}

func TestBodiesHaveADeadline(t *testing.T) {
	f := start(t, tablestoretest.With(func(c *tablestore.Config) { c.BodyTimeout = 50 * time.Millisecond }))
	for name, header := range map[string]string{"of a given length": "Content-Length: 100", "chunked": "Transfer-Encoding: chunked", "large": "Content-Length: 1000000"} {
		t.Run(name, func(t *testing.T) {
			size := 1
			if name == "large" {
				size = 70_000 // beyond what needs no turn
			}
			if name == "chunked" {
				size = 0
			}
			requireStatus(t, trickle(t, f, header, size), http.StatusRequestTimeout)
		})
	}
	t.Run("that ends with the body", func(t *testing.T) {
		f.table("sales")
		time.Sleep(100 * time.Millisecond) // the client's connection stays open
		f.put("sales", key("o", "1"), "pad", strings.Repeat("x", 1<<20))
	})
}

// Four large bodies at a time are in memory. A fifth waits, and small ones never
// do.
func TestLargeBodiesTakeTurns(t *testing.T) {
	f := start(t, tablestoretest.With(func(c *tablestore.Config) { c.BodyTimeout = 300 * time.Millisecond }))
	f.table("sales")
	var waiting []net.Conn
	for range 4 {
		waiting = append(waiting, trickle(t, f, "Content-Length: 8000000", 7_000_000))
	}
	f.put("sales", key("o", "1"), "v", "small")
	fifth := trickle(t, f, "Content-Length: 8000000", 80_000)
	answer, err := http.ReadResponse(bufio.NewReader(fifth), nil)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, []int{http.StatusServiceUnavailable, http.StatusRequestTimeout}, answer.StatusCode)
	for _, c := range waiting {
		requireStatus(t, c, http.StatusRequestTimeout)
	}
	f.put("sales", key("o", "2"), "pad", strings.Repeat("x", 1<<20))
}

func TestLargeBodiesInParallelAreAllAnswered(t *testing.T) {
	f := start(t)
	var senders sync.WaitGroup
	for range 20 {
		senders.Go(func() {
			body := io.LimitReader(zeros{}, 20<<20) // of unknown length: chunked
			answer, err := http.Post(f.store.URL+"/PutRow", "", body)
			if err != nil { // the server closed the connection under the rest
				return
			}
			_ = answer.Body.Close()
			if answer.StatusCode != http.StatusRequestEntityTooLarge {
				t.Error(answer.Status)
			}
		})
	}
	senders.Wait()
	f.table("sales")
	f.put("sales", key("o", "2"), "pad", strings.Repeat("x", 1<<20))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
