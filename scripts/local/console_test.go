package main_test

import (
	"bufio"
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheConsole(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	binary := command(t)

	t.Run("is a link with a token, on an address of its own", func(t *testing.T) {
		require.Regexp(t, `(?m)^console http://127\.0\.0\.1:\d+/#[A-Z2-7]{26}$`, printed(t, binary, "-console", "127.0.0.1:0"))
	})
	for name, value := range map[string]string{"none": "none", "an empty address": ""} {
		t.Run("is off with "+name, func(t *testing.T) {
			require.NotContains(t, printed(t, binary, "-console", value), "console ")
		})
	}
	t.Run("on a busy port is an error", func(t *testing.T) {
		out, err := exec.Command(binary, "-memory", "-listen", "127.0.0.1:0", "-tablestore", "127.0.0.1:0", "-console", taken.Addr().String()).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), "address already in use")
	})
}

// printed starts the command and returns what it prints for people until it offers a
// first purchase.
func printed(t *testing.T, binary string, more ...string) string {
	t.Helper()
	c := exec.Command(binary, append([]string{"-memory", "-listen", "127.0.0.1:0", "-tablestore", "127.0.0.1:0", "-data", dataFolder(t)}, more...)...)
	progress, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })

	var text strings.Builder
	for lines := bufio.NewScanner(progress); lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "A first purchase") {
			return text.String()
		}
	}
	t.Fatal("it offered no first purchase: " + text.String())
	return ""
}
