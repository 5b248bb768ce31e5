package runtimeapi

import (
	"bufio"
	"io"
	"math"
	"net"
	"net/http"
)

const (
	// bufferSize is enough for the headers of both requests and for most answers.
	// Larger bodies are not copied through it.
	bufferSize = 4 << 10

	// maxHeader limits the headers of a response. Those of an event take less than
	// 4 KB, most of it the role's security token.
	maxHeader = 256 << 10
)

// conn is one connection to the runtime API. It carries one request at a time.
type conn struct {
	transport *Transport
	net       net.Conn
	limit     *io.LimitedReader // between net and reader
	reader    *bufio.Reader
	writer    *bufio.Writer
}

func (t *Transport) dial() (*conn, error) {
	c, err := net.Dial("tcp", t.config.Address)
	if err != nil {
		return nil, err
	}

	limit := &io.LimitedReader{R: c}
	return &conn{
		transport: t, net: c, limit: limit,
		reader: bufio.NewReaderSize(limit, bufferSize),
		writer: bufio.NewWriterSize(c, bufferSize),
	}, nil
}

// exchange sends a request and reads the head of its response. After an error the
// connection is closed. Without one, closing the response's body gives it back.
func (c *conn) exchange(r *http.Request) (*http.Response, error) {
	response, err := c.try(r)
	if err != nil {
		_ = c.net.Close() // the error is the one to report
		return nil, err
	}

	response.Body = &body{ReadCloser: response.Body, conn: c, reusable: !response.Close}
	return response, nil
}

func (c *conn) try(r *http.Request) (*http.Response, error) {
	c.limit.N = maxHeader
	err := r.Write(c.writer)
	if r.Body != nil {
		_ = r.Body.Close() // a RoundTripper must; the SDK's is a buffer
	}
	if err != nil {
		return nil, err
	}
	if err := c.writer.Flush(); err != nil {
		return nil, err
	}

	response, err := c.head(r)
	if err == nil {
		c.limit.N = math.MaxInt64
	}
	return response, err
}

// head reads the head of the response and skips informational ones.
func (c *conn) head(r *http.Request) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(c.reader, r)
		if err != nil || response.StatusCode >= http.StatusOK {
			return response, err
		}
	}
}

// answered reports whether any byte of a response to the last request arrived.
func (c *conn) answered() bool { return c.limit.N != maxHeader }

// body is the body of a response.
type body struct {
	io.ReadCloser
	conn     *conn
	reusable bool
}

// Close reads what is left of the body and makes the connection available again.
func (b *body) Close() error {
	if b.conn == nil {
		return nil
	}

	c := b.conn
	b.conn = nil
	if err := b.ReadCloser.Close(); err != nil || !b.reusable || c.reader.Buffered() > 0 {
		_ = c.net.Close()
		return err
	}
	c.transport.put(c)
	return nil
}
