package tablestorebench_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestorebench"
)

func TestMain(m *testing.M) {
	tablestorebench.ServeIfChild()
	os.Exit(m.Run())
}

func TestTheBenchmarkRuns(t *testing.T) {
	results, err := tablestorebench.Run(t.Context(), tablestorebench.Options{
		Concurrency: []int{2}, Duration: 50 * time.Millisecond, Folder: t.TempDir(),
	})
	require.NoError(t, err)
	require.Len(t, results, 5)
	for _, r := range results {
		require.Positive(t, r.PerSecond, r.Operation)
		require.Positive(t, r.RSS, r.Operation)
		require.LessOrEqual(t, r.P50, r.P99)
	}
	var text bytes.Buffer
	require.NoError(t, tablestorebench.Write(&text, results))
	require.Contains(t, text.String(), "atomic batch of 3")
}

// BenchmarkServers measures everything once and prints the table; dynalite too
// if the environment says where its cli.js is:
//
//	DYNALITE=node_modules/dynalite/cli.js go test ./shared/local/tablestore/tablestorebench -bench Servers -benchtime 1x
func BenchmarkServers(b *testing.B) {
	for b.Loop() {
		results, err := tablestorebench.Run(b.Context(), tablestorebench.Options{Dynalite: os.Getenv("DYNALITE")})
		require.NoError(b, err)
		require.NoError(b, tablestorebench.Write(os.Stdout, results))
	}
}

func TestReopening(t *testing.T) {
	reopened, err := tablestorebench.Reopen(20_000, t.TempDir())
	require.NoError(t, err)
	require.Positive(t, reopened.Took)
	require.Greater(t, reopened.Bytes, int64(20_000*300))
}

// BenchmarkReopen opens a store of a million rows.
//
//	go test ./shared/local/tablestore/tablestorebench -run xxx -bench Reopen -benchtime 1x
func BenchmarkReopen(b *testing.B) {
	for b.Loop() {
		reopened, err := tablestorebench.Reopen(1_000_000, "")
		require.NoError(b, err)
		b.ReportMetric(reopened.Took.Seconds(), "s/open")
		b.ReportMetric(float64(reopened.Bytes)/(1<<20), "MB/file")
	}
}
