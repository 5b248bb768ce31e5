package tablestorebench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// connection sends ready-made HTTP/1.1 requests and reads answers with a
// content length, with as little work as there can be.
type connection struct {
	net    net.Conn
	reader *bufio.Reader
}

func dial(address string) (*connection, error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{net: c, reader: bufio.NewReaderSize(c, 16<<10)}, nil
}

func (c *connection) close() { _ = c.net.Close() } // nothing is under way

// answerTimeout is how long an answer may take before the measurement fails.
const answerTimeout = 10 * time.Second

// do sends a request and requires status 200.
func (c *connection) do(request []byte) error {
	if err := c.net.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return err
	}
	if _, err := c.net.Write(request); err != nil {
		return err
	}

	status, err := c.reader.ReadSlice('\n')
	if err != nil {
		return err
	}

	ok := bytes.HasPrefix(status, []byte("HTTP/1.1 200"))
	first := string(status)
	length, err := c.headers()
	if err != nil {
		return err
	}
	if ok {
		_, err = c.reader.Discard(length)
		return err
	}

	body := make([]byte, length)
	if _, err := io.ReadFull(c.reader, body); err != nil {
		return err
	}

	return fmt.Errorf("answered %q %q", first, body)
}

// headers reads up to the body and returns its length.
func (c *connection) headers() (length int, err error) {
	length = -1
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if name, value, found := bytes.Cut(line, []byte(":")); found && bytes.EqualFold(name, []byte("content-length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		}
	}

	if length < 0 {
		return 0, errors.New("the answer has no content length")
	}
	return length, nil
}
