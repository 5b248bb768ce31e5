package tablestore

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"aegis/shared/local/tablestore/internal/ots"
)

const (
	// maxBody bounds a request's body in bytes: twice the largest batch.
	maxBody = 8 << 20

	// smallBody is up to how many bytes a body is read into memory of its own,
	// without waiting for any other.
	smallBody = 64 << 10

	// largeBodies is how many larger bodies are in memory at a time.
	largeBodies = 4

	bodyTimeout = 10 * time.Second
)

// bodies reads requests' bodies within bounded memory. Large ones share a few
// buffers, which are used again, since the collector would let several
// generations of them pile up.
type bodies struct {
	timeout time.Duration
	buffers chan []byte // nil: not made yet
}

func newBodies(timeout time.Duration) *bodies {
	if timeout == 0 {
		timeout = bodyTimeout
	}
	b := &bodies{timeout: timeout, buffers: make(chan []byte, largeBodies)}
	for range largeBodies {
		b.buffers <- nil
	}
	return b
}

// read reads the body, which is valid until release is called. A body that takes
// longer than the deadline is refused, and so is one whose turn does not come by
// then.
func (b *bodies) read(w http.ResponseWriter, r *http.Request) (body []byte, release func(), err error) {
	release = func() {}
	if r.ContentLength > maxBody {
		return nil, release, errTooLarge()
	}
	connection := http.NewResponseController(w)
	deadline := time.Now().Add(b.timeout)    // of the connection: not the store's clock
	_ = connection.SetReadDeadline(deadline) // not supported by every test's writer
	defer func() {
		// After a failure the deadline stays: net/http reads on for a while, to use
		// the connection again.
		if err == nil {
			_ = connection.SetReadDeadline(time.Time{})
		}
	}()
	ctx, cancel := context.WithDeadline(r.Context(), deadline)
	defer cancel()

	start := make([]byte, startSize(r.ContentLength))
	n, err := io.ReadFull(r.Body, start)
	switch {
	case err == nil && int64(n) == r.ContentLength:
		return start, release, nil
	case r.ContentLength < 0 && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
		return start[:n], release, nil
	case err != nil:
		return nil, release, errSlow(err)
	}
	return b.readLarge(ctx, r, start)
}

func startSize(contentLength int64) int64 {
	if contentLength < 0 {
		return smallBody
	}
	return min(contentLength, smallBody)
}

// readLarge reads the rest of a body in its turn.
func (b *bodies) readLarge(ctx context.Context, r *http.Request, start []byte) (body []byte, release func(), err error) {
	var buffer []byte
	select {
	case buffer = <-b.buffers:
	case <-ctx.Done():
		return nil, func() {}, ots.Errorf(ots.ServerBusy, "Server is busy.")
	}
	if buffer == nil {
		buffer = make([]byte, maxBody+1)
	}
	release = func() { b.buffers <- buffer }

	copy(buffer, start)
	limit := len(buffer)
	if r.ContentLength >= 0 {
		limit = int(r.ContentLength)
	}
	n, err := io.ReadFull(r.Body, buffer[len(start):limit])
	n += len(start)
	switch {
	case r.ContentLength >= 0 && err != nil:
		err = errSlow(err)
	case r.ContentLength < 0 && err == nil: // one byte more than allowed
		err = errTooLarge()
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		err = nil
	case err != nil:
		err = errSlow(err)
	}
	if err != nil {
		release()
		return nil, func() {}, err
	}
	return buffer[:n], release, nil
}

func errTooLarge() error {
	return ots.Errorf(ots.RequestBodyTooLarge, "The size of POST data is too large.")
}

func errSlow(err error) error {
	return ots.Errorf(ots.RequestTimeout, "Request timeout. %v", err)
}
