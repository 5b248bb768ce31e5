package tablestore

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"aegis/shared/local/tablestore/internal/ots"
)

const (
	// maxBody bounds a request's body in bytes: twice the largest batch.
	maxBody = 8 << 20

	// smallBody is up to how many bytes a body is read into memory of its own,
	// without waiting for any other.
	smallBody = 64 << 10

	// keptBody is up to how many bytes a buffer is used again.
	keptBody = 1 << 20

	// largeBodies is how many larger bodies are in memory at a time.
	largeBodies = 4

	bodyTimeout = 10 * time.Second
)

// bodies reads requests' bodies within bounded memory: large ones take turns.
type bodies struct {
	timeout time.Duration
	buffers chan []byte // each is grown as needed
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
	return b.readLarge(r, start, deadline)
}

func startSize(contentLength int64) int64 {
	if contentLength < 0 {
		return smallBody
	}
	return min(contentLength, smallBody)
}

// readLarge reads the rest of a body in its turn.
func (b *bodies) readLarge(r *http.Request, start []byte, deadline time.Time) (body []byte, release func(), err error) {
	ctx, cancel := context.WithDeadline(r.Context(), deadline)
	defer cancel()
	var buffer []byte
	select {
	case buffer = <-b.buffers:
	case <-ctx.Done():
		return nil, func() {}, ots.Errorf(ots.ServerBusy, "Server is busy.")
	}

	buffer, err = readAll(r.Body, append(buffer[:0], start...), r.ContentLength)
	release = func() { b.buffers <- keep(buffer) }
	if err != nil {
		release()
		return nil, func() {}, err
	}

	return buffer, release, nil
}

// keep leaves a buffer that has become very large to the collector: what is kept
// counts as live, and the heap may grow to a multiple of that.
func keep(buffer []byte) []byte {
	if cap(buffer) > keptBody {
		return nil
	}
	return buffer
}

// readAll reads the rest of a body of the length given, or of unknown length if
// it is negative.
func readAll(r io.Reader, buffer []byte, length int64) ([]byte, error) {
	limit := maxBody + 1 // one byte more than allowed, to see whether there is more
	if length >= 0 {
		limit = int(length)
	}

	for len(buffer) < limit {
		if room := limit - len(buffer); length >= 0 || room < len(buffer) {
			buffer = slices.Grow(buffer, room)
		} else {
			buffer = slices.Grow(buffer, len(buffer))
		}
		n, err := io.ReadFull(r, buffer[len(buffer):min(cap(buffer), limit)])
		buffer = buffer[:len(buffer)+n]
		switch ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); {
		case ended && length < 0:
			return buffer, nil
		case err != nil:
			return buffer, errSlow(err)
		}
	}

	if length < 0 {
		return buffer, errTooLarge()
	}
	return buffer, nil
}

func errTooLarge() error {
	return ots.Errorf(ots.RequestBodyTooLarge, "The size of POST data is too large.")
}

func errSlow(err error) error {
	return ots.Errorf(ots.RequestTimeout, "Request timeout. %v", err)
}
