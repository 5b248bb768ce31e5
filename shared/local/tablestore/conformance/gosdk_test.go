package conformance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestoretest"
)

const sdkModule = "github.com/aliyun/aliyun-tablestore-go-sdk"

// dataPlane selects the suite's tests of tables and rows; the others are of
// streams, SQL, search and time series.
const dataPlane = `TableStoreSuite.Test(CreateTable$|CreateTableWithOriginColumn|CreateTableAndPutRow|ReCreateTable|ListTable|UpdateAndDescribeTable|TableWithKeyAutoIncrement|` +
	`Put|Batch|Atomic|Fuzzy|GetRange|FailureCase|Mock|Unit|UserSet)`

// dataPlaneTests is how many those are.
const dataPlaneTests = 27

func TestTheGoSDKsOwnSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs another module's tests")
	}
	folder := copySuite(t)
	store := tablestoretest.Start(t)
	build := goCommand(t, folder, "test", "-c", "-o", filepath.Join(folder, "suite"), "./tablestore")
	if output, err := build.CombinedOutput(); err != nil {
		t.Skipf("the SDK's tests cannot be built here: %v: %s", err, lastLine(output))
	}
	suite := exec.CommandContext(t.Context(), filepath.Join(folder, "suite"), "-test.run", "^TestApi$", "-check.f", dataPlane, "-check.v")
	suite.Dir = filepath.Join(folder, "tablestore")
	suite.Env = append(os.Environ(), "OTS_ENDPOINT="+store.URL)
	output, err := suite.CombinedOutput()
	require.NoError(t, err, string(output))
	require.GreaterOrEqual(t, strings.Count(string(output), "PASS: api_test.go"), dataPlaneTests, string(output))
}

// copySuite copies the SDK out of the module cache, which is read-only, and
// points its tests to a server named by the environment.
func copySuite(t *testing.T) string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", sdkModule)
	source, err := list.Output()
	require.NoError(t, err)
	folder := t.TempDir()
	from := strings.TrimSpace(string(source))
	for _, part := range []string{"go.mod", "go.sum", "common", "testConfig", "tablestore"} {
		copyTree(t, filepath.Join(from, part), filepath.Join(folder, part))
	}
	// The suite prepares a search index for tests that are not run here.
	tests := filepath.Join(folder, "tablestore", "api_test.go")
	text, err := os.ReadFile(tests)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), "\t// prepare sql tables")
	require.True(t, found)
	_, after, found := strings.Cut(rest, "\tinvalidClient = ")
	require.True(t, found)
	require.NoError(t, os.WriteFile(tests, []byte(before+"\tinvalidClient = "+after), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "testConfig", "config.go"), []byte(testConfig), 0o600))
	return folder
}

const testConfig = `package testConfig

import "os"

var (
	OtsEndpoint  = os.Getenv("OTS_ENDPOINT")
	InstanceName = "local"
	OtsAccessId  = "local"
	OtsAccessKey = "local"
)
`

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	require.NoError(t, err)
	if info.IsDir() {
		entries, err := os.ReadDir(from)
		require.NoError(t, err)
		for _, e := range entries {
			copyTree(t, filepath.Join(from, e.Name()), filepath.Join(to, e.Name()))
		}
		return
	}
	content, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
	require.NoError(t, os.WriteFile(to, content, 0o600))
}

func goCommand(t *testing.T, folder string, args ...string) *exec.Cmd {
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	return command
}

func lastLine(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return lines[len(lines)-1]
}
