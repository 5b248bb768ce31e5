package tablestorebench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"aegis/shared/local/tablestore"
)

// childKind and childFolder are the environment variables that make a program
// one of the servers measured.
const (
	childKind   = "TABLESTOREBENCH_SERVE"
	childFolder = "TABLESTOREBENCH_FOLDER"
)

// server is a process being measured.
type server struct {
	name      string
	address   string
	process   *exec.Cmd
	folder    string
	workloads []workload
	runs      int // measurements so far
}

// ServeIfChild turns the program into one of the servers measured, and does not
// return, if Run started it as one.
func ServeIfChild() {
	kind := os.Getenv(childKind)
	if kind == "" {
		return
	}
	fmt.Fprintln(os.Stderr, serveChild(kind, os.Getenv(childFolder)))
	os.Exit(1)
}

func serveChild(kind, folder string) error {
	debug.SetGCPercent(800) // as scripts/tablestore does, and for every child alike
	debug.SetMemoryLimit(64 << 20)
	var handler http.Handler
	var err error
	switch kind {
	case "tablestore":
		handler, err = tablestore.Open(tablestore.Config{Dir: folder})
	case "bare":
		handler, err = openBare(folder)
	default:
		err = fmt.Errorf("no server %q", kind)
	}

	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}

	fmt.Printf("ready http://%s\n", listener.Addr())
	return http.Serve(listener, handler)
}

// startChild starts this program again as a server.
func startChild(ctx context.Context, o Options, kind string) (*server, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}

	folder, err := os.MkdirTemp(o.Folder, "tablestorebench-*")
	if err != nil {
		return nil, fmt.Errorf("make a data folder: %w", err)
	}

	process := exec.CommandContext(ctx, program)
	process.Env = append(os.Environ(), childKind+"="+kind, childFolder+"="+folder)
	s := &server{name: kind, process: process, folder: folder}
	return s, s.start("ready http://")
}

// start starts the process and waits for the line with its address.
func (s *server) start(prefix string) error {
	stdout, err := s.process.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start %s: %w", s.name, err)
	}

	s.process.Stderr = os.Stderr
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.name, err)
	}

	line, err := bufio.NewReader(stdout).ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(line), prefix)
	if err != nil || !found {
		return fmt.Errorf("%s said %q: %w", s.name, line, err)
	}

	s.address = strings.TrimRight(address, "/")
	go func() { _, _ = io.Copy(io.Discard, stdout) }() // so that it never blocks on it
	return nil
}

// stop kills the process and removes its data.
func (s *server) stop() error {
	if s.process.Process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait() // reports that it was killed
	}
	return os.RemoveAll(s.folder)
}

// memory is what the process holds itself, and what it maps of its files.
func (s *server) memory() (anonymous, mapped int64) {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.process.Process.Pid), "status"))
	if err != nil {
		return 0, 0
	}
	return field(status, "RssAnon:"), field(status, "RssFile:")
}

func field(status []byte, name string) int64 {
	_, rest, _ := bytes.Cut(status, []byte(name))
	line, _, _ := bytes.Cut(rest, []byte(" kB"))
	kilobytes, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}
