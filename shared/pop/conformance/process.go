package conformance

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// process is a client in a program of its own: a call a line in, a reply a line
// out.
type process struct {
	in  *json.Encoder
	out *json.Decoder
}

func (p process) call(t *testing.T, c call) (r reply) {
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

// startNode starts the Node.js clients. They are installed once per package
// file, in the user's cache.
func startNode(t *testing.T) process {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the Node.js clients need %s: %v", tool, err)
		}
	}
	source := filepath.Join(here(t), "node")
	folder := nodeFolder(t, source)
	if _, err := os.Stat(filepath.Join(folder, "installed")); err != nil {
		install(t, source, folder)
	}
	copyFile(t, source, folder, "client.js")
	return start(t, exec.Command("node", filepath.Join(folder, "client.js")))
}

// nodeFolder returns where the packages of source's lock file belong.
func nodeFolder(t *testing.T, source string) string {
	t.Helper()
	lock, err := os.ReadFile(filepath.Join(source, "package-lock.json"))
	require.NoError(t, err)
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	sum := sha256.Sum256(lock)
	return filepath.Join(cache, "aegis-conformance", hex.EncodeToString(sum[:8]))
}

func install(t *testing.T, source, folder string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(folder, 0o755))
	copyFile(t, source, folder, "package.json")
	copyFile(t, source, folder, "package-lock.json")
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = folder
	if text, err := npm.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install the Node.js clients: %v\n%s", err, text)
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "installed"), nil, 0o644))
}

func copyFile(t *testing.T, from, to, name string) {
	t.Helper()
	source, err := os.Open(filepath.Join(from, name))
	require.NoError(t, err)
	defer source.Close()
	target, err := os.Create(filepath.Join(to, name))
	require.NoError(t, err)
	_, err = io.Copy(target, source)
	require.NoError(t, err)
	require.NoError(t, target.Close())
}

// startDarabonba builds and starts darabonba's program.
func startDarabonba(t *testing.T) process {
	t.Helper()
	source := filepath.Join(here(t), "darabonba")
	download := exec.Command("go", "mod", "download")
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
