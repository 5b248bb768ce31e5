package runtimeapi

import "io"

// event is the body of an event, cut after a number of bytes.
type event struct {
	io.ReadCloser
	left int64
}

// Read hands over what is left, and then reads the rest of the body without keeping
// it: the runtime API must be able to write the whole event.
func (e *event) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, e.skip()
	}

	n, err := e.ReadCloser.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	return n, err
}

func (e *event) skip() error {
	if _, err := io.Copy(io.Discard, e.ReadCloser); err != nil {
		return err
	}
	return io.EOF
}
