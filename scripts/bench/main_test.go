package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnUnknownPartIsAnError(t *testing.T) {
	for _, only := range []string{"function", "cpu,", "cpu,nothing"} {
		_, err := choose(only)
		require.ErrorContains(t, err, "choose from functions,cpu,quota", only)
	}
}

func TestARunIsComparedWithTheFiguresOfAnEarlierOne(t *testing.T) {
	old, err := openReport(io.Discard, "")
	require.NoError(t, err)
	old.add(figure{Name: "new order", Value: 300, Unit: "µs", Floor: "echo", Of: 100})
	old.add(figure{Name: "peak", Value: 200, Unit: "MB"})
	file := filepath.Join(t.TempDir(), "old.json")
	var text bytes.Buffer
	require.NoError(t, old.writeJSON(&text))
	require.NoError(t, os.WriteFile(file, text.Bytes(), 0o600))

	var out bytes.Buffer
	r, err := openReport(&out, file)
	require.NoError(t, err)
	r.add(figure{Name: "new order", Value: 300, Unit: "µs", Floor: "echo", Of: 200})
	r.add(figure{Name: "peak", Value: 50, Unit: "MB"})
	r.add(figure{Name: "new figure", Value: 1})
	require.Contains(t, out.String(), "1.50 × echo (200)  [ratio was 3.00: × 0.50]")
	require.Contains(t, out.String(), "50 MB    [was 200: × 0.25]")
	require.NotContains(t, out.String(), "new figure                                             1       [")

	_, err = openReport(io.Discard, file+".missing")
	require.ErrorContains(t, err, "read the run to compare with")
}
