package browsertest_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stack is a local stack, as its user starts it.
type stack struct {
	gateway string
	console string // with the token in its fragment
}

// page returns the address of a page, without the token.
func (s stack) page(path string) string {
	base, _, _ := strings.Cut(s.console, "/#")
	return base + path
}

// startStack builds scripts/local and runs it in memory on free ports until the test ends.
func startStack(t *testing.T) stack {
	t.Helper()
	root, err := filepath.Abs("../../../..")
	require.NoError(t, err)
	binary := filepath.Join(t.TempDir(), "local")
	build := exec.Command("go", "build", "-o", binary, "./scripts/local")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	data, built := t.TempDir(), filepath.Join(root, ".local", "bin") // functions that are up to date are not linked again
	require.NoError(t, os.MkdirAll(built, 0o755))
	require.NoError(t, os.Symlink(built, filepath.Join(data, "bin")))
	run := exec.Command(binary, "-memory", "-listen", "127.0.0.1:0", "-tablestore", "127.0.0.1:0", "-console", "127.0.0.1:0", "-data", data)
	run.Dir = root
	stdout, err := run.StdoutPipe()
	require.NoError(t, err)
	stderr, err := run.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, run.Start())
	t.Cleanup(func() { stop(t, run) })
	return stack{gateway: lineAfter(t, stdout, "ready "), console: lineAfter(t, stderr, "console ")}
}

func stop(t *testing.T, run *exec.Cmd) {
	require.NoError(t, run.Process.Signal(os.Interrupt))
	require.NoError(t, run.Wait())
}

// lineAfter returns the rest of the line that begins with a prefix, and reads on behind.
func lineAfter(t *testing.T, r io.Reader, prefix string) string {
	t.Helper()
	found := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(r); lines.Scan(); {
			if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
				found <- rest
			}
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	select {
	case line := <-found:
		return line
	case <-ctx.Done():
		t.Fatalf("the stack printed no line that begins with %q", prefix)
		return ""
	}
}
