package store

// ReserveStack grows the stack of a new goroutine at once to what a request needs. Such a
// stack starts with 2 KB and is doubled by copying whenever it is full, three times on
// the way into net/http; at the start there is nothing to copy. BenchmarkReserveStack
// has the difference.
//
//go:noinline
func ReserveStack() byte {
	var frame [12 << 10]byte
	return touch(&frame)
}

//go:noinline
func touch(frame *[12 << 10]byte) byte { return frame[len(frame)-1] }
