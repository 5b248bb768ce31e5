package functions

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"sync"
)

// logs carries what one instance prints to the runtime's log, line by line after
// the instance's name, and keeps the tail of the current invocation.
//
// This side keeps the pipe's writing end too: a mark that it writes is read after
// everything that the instance wrote before, so an invocation's log is complete
// when it is answered.
type logs struct {
	name  string
	out   io.Writer
	told  Observer // nil: nobody watches
	write *os.File
	ended chan struct{}

	mu    sync.Mutex
	tail  []byte
	marks chan struct{}
}

const tailMost = 4 << 10

// mark cannot be distinguished from a line that an instance prints unless it prints NULs.
var mark = []byte("\x00\x00invocation end\x00\x00\n")

func newLogs(name string, out io.Writer, told Observer) (*logs, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	l := &logs{name: name, out: out, told: told, write: write, ended: make(chan struct{}), marks: make(chan struct{}, 1)}
	go l.copy(read)
	return l, nil
}

func (l *logs) copy(read *os.File) {
	defer close(l.ended)
	defer read.Close()
	lines := bufio.NewReader(read)
	for {
		line, err := lines.ReadBytes('\n')
		if bytes.HasSuffix(line, mark) {
			l.keep(line[:len(line)-len(mark)])
			l.marks <- struct{}{}
		} else {
			l.keep(line)
		}
		if err != nil {
			return
		}
	}
}

func (l *logs) keep(line []byte) {
	if len(line) == 0 {
		return
	}

	l.mu.Lock()
	l.tail = append(l.tail, line...)
	if over := len(l.tail) - tailMost; over > 0 {
		l.tail = append(l.tail[:0], l.tail[over:]...)
	}

	l.mu.Unlock()
	text := append([]byte("["+l.name+"] "), line...)
	if !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}

	if l.told != nil {
		l.told.Printed(l.name, line)
	}
	_, _ = l.out.Write(text) // a log that cannot be shown must not stop a sale
}

// drain waits until all that was printed so far has been read, and returns and
// forgets the tail.
func (l *logs) drain() []byte {
	if _, err := l.write.Write(mark); err == nil {
		select {
		case <-l.marks:
		case <-l.ended:
		}
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	tail := l.tail
	l.tail = nil
	return tail
}

// close ends the log after what the instance has printed. Call it once the
// instance is gone.
func (l *logs) close() {
	_ = l.write.Close()
	<-l.ended
}
