package conformance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// downloadTimeout is how long clients may take to be downloaded.
const downloadTimeout = time.Minute

// process is a client in a program of its own: a call a line in, a reply a line
// out.
type process struct {
	in  *json.Encoder
	out *json.Decoder
}

func (p process) call(t *testing.T, c sdkCall) (r reply) {
	t.Helper()
	require.NoError(t, p.in.Encode(c))
	require.NoError(t, p.out.Decode(&r), "the client's program ended")
	return r
}

// start starts a program that ends with the test, or when its input does.
func start(t *testing.T, cmd *exec.Cmd) process {
	t.Helper()
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Logf("%s: %v\n%s", cmd.Path, err, complaints.String())
		}
	})

	return process{json.NewEncoder(in), json.NewDecoder(out)}
}

// startNode starts the Node.js clients.
func startNode(t *testing.T) process {
	t.Helper()
	modules := NodeModules(t)
	cmd := exec.Command("node", filepath.Join(here(t), "node", "client.js"))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	return start(t, cmd)
}

// NodeModules returns the folder of the published Node.js clients, after installing them
// if they are not there. It skips the test if they cannot be had.
func NodeModules(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the Node.js clients need %s: %v", tool, err)
		}
	}
	return filepath.Join(installed(t, filepath.Join(here(t), "node")), "node_modules")
}

// installed returns the folder in the user's cache that holds the packages of
// source's lock file, after installing them if it is not there. Several tests
// may do so at once: each installs aside, and the first to finish stays.
func installed(t *testing.T, source string) string {
	t.Helper()
	lock, err := os.ReadFile(filepath.Join(source, "package-lock.json"))
	require.NoError(t, err)
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	sum := sha256.Sum256(lock)
	folder := filepath.Join(cache, "aegis-conformance", hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(folder); err == nil {
		return folder
	}

	require.NoError(t, os.MkdirAll(filepath.Dir(folder), 0o755))
	aside, err := os.MkdirTemp(filepath.Dir(folder), "installing-")
	require.NoError(t, err)
	defer os.RemoveAll(aside)
	install(t, source, aside)
	if err := os.Rename(aside, folder); err != nil {
		require.DirExists(t, folder)
	}

	return folder
}

func install(t *testing.T, source, folder string) {
	t.Helper()
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), text, 0o644))
	}

	ctx, cancel := context.WithTimeout(t.Context(), downloadTimeout)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0")
	npm.Dir = folder
	if text, err := npm.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install the Node.js clients: %v\n%s", err, text)
	}
}

// startDarabonba builds and starts darabonba's program.
func startDarabonba(t *testing.T) process {
	t.Helper()
	source := filepath.Join(here(t), "darabonba")
	ctx, cancel := context.WithTimeout(t.Context(), downloadTimeout)
	defer cancel()
	download := exec.CommandContext(ctx, "go", "mod", "download")
	download.Dir = source
	if text, err := download.CombinedOutput(); err != nil {
		t.Skipf("the modules of darabonba-openapi cannot be had: %v\n%s", err, text)
	}

	program := filepath.Join(t.TempDir(), "darabonba")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = source
	text, err := build.CombinedOutput()
	require.NoError(t, err, string(text))
	return start(t, exec.Command(program))
}

// here returns this package's folder, wherever the test runs.
func here(t *testing.T) string {
	t.Helper()
	text, err := exec.Command("go", "list", "-f", "{{.Dir}}", "aegis/shared/pop/conformance").Output()
	require.NoError(t, err)
	return string(bytes.TrimSpace(text))
}
