package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"aegis/shared/local"
	"aegis/shared/local/tablestore"
)

// storeProcess is the Tablestore server as a process of its own, so that it can
// be killed.
type storeProcess struct {
	binary, dir string
	url         string

	mu      sync.Mutex
	process *exec.Cmd
}

func startStore(ctx context.Context, dir string) (*storeProcess, error) {
	root, err := local.ModuleRoot()
	if err != nil {
		return nil, err
	}

	s := &storeProcess{binary: filepath.Join(dir, "tablestore"), dir: filepath.Join(dir, "data")}
	build := exec.CommandContext(ctx, "go", "build", "-o", s.binary, "./scripts/tablestore")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build the store: %w", err)
	}

	return s, s.start("127.0.0.1:0")
}

// start runs the server at an address and waits until it serves.
func (s *storeProcess) start(address string) error {
	c := exec.Command(s.binary, "-listen", address, "-data", s.dir, "-faults")
	c.Stderr = os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal must not stop it before the audit
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("start the store: %w", err)
	}

	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ok {
		return fmt.Errorf("start the store: it said %q", line)
	}

	go func() { _, _ = io.Copy(io.Discard, lines) }()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.url, s.process = url, c
	return nil
}

// fillDisk lets the server's files grow no more for a while, as a full disk does.
func (s *storeProcess) fillDisk(ctx context.Context, length time.Duration) error {
	size := int64(0)
	err := filepath.WalkDir(s.dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			if info, err := e.Info(); err == nil {
				size = max(size, info.Size())
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("fill the disk: %w", err)
	}
	if err := s.limitFiles(uint64(size)); err != nil {
		return err
	}

	pause(ctx, length)
	return s.limitFiles(noLimit)
}

// kill ends the server with SIGKILL and starts another on its data.
func (s *storeProcess) kill() error {
	s.mu.Lock()
	c := s.process
	s.mu.Unlock()
	if err := c.Process.Kill(); err != nil {
		return fmt.Errorf("kill the store: %w", err)
	}
	_ = c.Wait() // it was killed
	return s.start(strings.TrimPrefix(s.url, "http://"))
}

// injectFaults sets faults that strike a few requests in a hundred.
func (s *storeProcess) injectFaults() error {
	for _, effect := range []tablestore.Effect{tablestore.DropAfter, tablestore.DropBefore, tablestore.TimeoutAfter, tablestore.Busy, tablestore.HalfAfter} {
		text, err := json.Marshal(tablestore.Fault{Operation: "BatchWriteRow", Probability: 0.03, Effect: effect})
		if err != nil {
			return err
		}
		answer, err := http.Post(s.url+"/faults", "application/json", bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("inject faults into the store: %w", err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode >= 300 {
			return fmt.Errorf("inject faults into the store: HTTP %d", answer.StatusCode)
		}
	}
	return nil
}

// clearFaults lifts the faults.
func (s *storeProcess) clearFaults() error {
	r, err := http.NewRequest(http.MethodDelete, s.url+"/faults", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("clear the store's faults: %w", err)
	}
	return answer.Body.Close()
}

func (s *storeProcess) stop() error {
	if err := s.process.Process.Signal(os.Interrupt); err != nil {
		return errors.Join(err, s.process.Process.Kill())
	}
	_ = s.process.Wait() // however it ends
	return nil
}
