package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
)

const (
	traceSysGood = 0x1        // PTRACE_O_TRACESYSGOOD
	waitAll      = 0x40000000 // __WALL: threads too
	waitOwn      = 0x20000000 // __WNOTHREAD: only what this thread traces
)

// systemCallsPerCall counts the system calls of a process during some calls. A process
// of its own traces it: this one waits for the same process as its parent, and would
// take stops that are the tracer's.
func (s *subject) systemCallsPerCall(ctx context.Context, calls int) (float64, error) {
	pid, err := s.pid()
	if err != nil {
		return 0, err
	}
	t, err := startTracer(ctx, pid)
	if err != nil {
		return 0, err
	}
	defer t.close()

	if _, err := s.call(ctx); err != nil { // the rest of what was under way
		return 0, err
	}
	before, err := t.stops()
	if err != nil {
		return 0, err
	}
	for range calls {
		if _, err := s.call(ctx); err != nil {
			return 0, err
		}
	}
	after, err := t.stops()
	return float64(after-before) / 2 / float64(calls), err // one stop before and one after each
}

// tracer is this program as a tracer. It answers each line with the stops so far.
type tracer struct {
	process *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Scanner
}

const tracerArgument = "trace-system-calls-of"

func startTracer(ctx context.Context, pid int) (*tracer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}

	t := &tracer{process: exec.CommandContext(ctx, self, tracerArgument, strconv.Itoa(pid))}
	if t.ask, err = t.process.StdinPipe(); err != nil {
		return nil, err
	}

	answers, err := t.process.StdoutPipe()
	if err != nil {
		return nil, err
	}

	t.answers = bufio.NewScanner(answers)
	if err := t.process.Start(); err != nil {
		return nil, err
	}
	if _, err := t.stops(); err != nil {
		t.close()
		return nil, err
	}

	return t, nil
}

func (t *tracer) stops() (int64, error) {
	if _, err := fmt.Fprintln(t.ask); err != nil {
		return 0, err
	}
	if !t.answers.Scan() {
		return 0, errors.New("the tracer ended")
	}

	n, err := strconv.ParseInt(t.answers.Text(), 10, 64)
	if err != nil {
		return 0, errors.New(t.answers.Text())
	}

	return n, nil
}

// close ends the tracer; the process that it traced goes on.
func (t *tracer) close() {
	_ = t.ask.Close()
	_ = t.process.Wait()
}

// traceIfChild is the tracer's main.
func traceIfChild() {
	if len(os.Args) != 3 || os.Args[1] != tracerArgument {
		return
	}
	pid, err := strconv.Atoi(os.Args[2])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}

	var stops atomic.Int64
	attached := make(chan error, 1)
	go trace(pid, &stops, attached)
	if err := <-attached; err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for asked := bufio.NewScanner(os.Stdin); asked.Scan(); {
		fmt.Println(stops.Load())
	}
	os.Exit(0)
}

// trace attaches to all threads of a process and counts their stops at system calls
// until the process ends.
func trace(pid int, stops *atomic.Int64, attached chan<- error) {
	runtime.LockOSThread() // tracing belongs to one thread
	err := attach(pid)
	attached <- err
	if err != nil {
		return
	}

	for {
		var status syscall.WaitStatus
		tid, err := syscall.Wait4(-1, &status, waitAll|waitOwn, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return // no thread is left
		case !status.Stopped():
			continue
		}
		_ = syscall.PtraceSyscall(tid, int(deliver(status, stops))) // fails for a thread that has just ended
	}
}

// deliver counts a stop and returns the signal to hand on to the thread.
func deliver(status syscall.WaitStatus, stops *atomic.Int64) syscall.Signal {
	switch signal := status.StopSignal(); signal {
	case syscall.SIGTRAP | 0x80:
		stops.Add(1)
		return 0
	case syscall.SIGTRAP, syscall.SIGSTOP: // of ptrace itself
		return 0
	default:
		return signal
	}
}

func attach(pid int) error {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return err
	}

	for _, thread := range threads {
		tid, err := strconv.Atoi(thread.Name())
		if err != nil {
			return err
		}
		if err := attachThread(tid); err != nil {
			return fmt.Errorf("trace thread %d: %w", tid, err)
		}
	}

	return nil
}

func attachThread(tid int) error {
	if err := syscall.PtraceAttach(tid); err != nil {
		return err
	}

	var status syscall.WaitStatus
	if _, err := syscall.Wait4(tid, &status, waitAll, nil); err != nil {
		return err
	}
	if err := syscall.PtraceSetOptions(tid, traceSysGood|syscall.PTRACE_O_TRACECLONE); err != nil {
		return err
	}

	return syscall.PtraceSyscall(tid, 0)
}
