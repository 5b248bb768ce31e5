package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

const noLimit = unix.RLIM_INFINITY

// limitFiles limits the size of the files that the server writes.
func (s *storeProcess) limitFiles(size uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit := unix.Rlimit{Cur: size, Max: noLimit}
	if err := unix.Prlimit(s.process.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		return fmt.Errorf("fill the disk: %w", err)
	}
	return nil
}
