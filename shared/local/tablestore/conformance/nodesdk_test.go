package conformance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestoretest"
)

// TestTheNodeSDKsOwnSuite runs the tests of tables, rows and indexes that the
// npm package carries.
func TestTheNodeSDKsOwnSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("installs npm packages")
	}
	sdk := installNodeSDK(t)
	store := tablestoretest.Start(t)
	mocha := exec.CommandContext(t.Context(), "node", filepath.Join("..", "mocha", "bin", "mocha.js"), "--exit",
		"test/data_opration.test.js", "test/table.test.js", "test/globalIndex.test.js", "test/long.test.js", "test/protocol/plain_buffer.test.js")
	mocha.Dir = sdk
	mocha.Env = append(os.Environ(), "endpoint="+store.URL, "instancename="+tablestoretest.Instance,
		"accessKeyId="+tablestoretest.AccessKeyID, "secretAccessKey="+tablestoretest.AccessKeySecret)
	output, err := mocha.CombinedOutput()
	require.NoError(t, err, string(output))
	require.Contains(t, string(output), "13 passing")
}

// installNodeSDK installs the package and its test runner once per machine,
// and returns the package's folder.
func installNodeSDK(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no folder to install into: %v", err)
	}
	folder := filepath.Join(cache, "aegis-tablestore-conformance")
	sdk := filepath.Join(folder, "node_modules", "tablestore")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "mocha", "bin", "mocha.js")); err == nil {
		return sdk
	}
	require.NoError(t, os.MkdirAll(folder, 0o700))
	install := exec.CommandContext(t.Context(), "npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "tablestore@5.6.5", "mocha@10.8.2")
	if output, err := install.CombinedOutput(); err != nil {
		t.Skipf("the packages cannot be installed here: %v: %s", err, lastLine(output))
	}
	return sdk
}
