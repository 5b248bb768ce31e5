package local_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/localtest"
	"aegis/shared/marketplace"
)

// The samples are a life: in the order of their names, each is done.
func TestEverySampleMessageIsHandled(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	one, err := local.StartFunction(context.Background(), local.FunctionConfig{
		Function: "marketorders", BuildDir: localtest.BuildDir(t), Getenv: func(string) string { return "" }, Logs: io.Discard,
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, one.Close()) }()
	files, err := filepath.Glob(filepath.Join(root, "events", "marketorders", "*.json"))
	require.NoError(t, err)
	require.Greater(t, len(files), 10)
	for _, file := range files {
		name := filepath.Base(file)
		want := marketplace.Report{Messages: 1, Done: 1}
		switch {
		case name[0] == '5': // the term is paid for until 2099
			want = marketplace.Report{Messages: 1, Held: 1}
		case name[0] == 'e':
			want.Replayed = 1 // the creation in another envelope
		case name[0] == 'p':
			want = marketplace.Report{Messages: 3, Dead: 3}
		}
		event, err := os.ReadFile(file)
		require.NoError(t, err)
		result, err := one.Invoke(context.Background(), event)
		require.NoError(t, err)
		require.Empty(t, result.ErrorType, "%s: %s", name, result.Payload)
		var report marketplace.Report
		require.NoError(t, json.Unmarshal(result.Payload, &report))
		require.Equal(t, want, report, "%s: %s", name, result.Log)
	}
}

func TestTheTimersSampleIsHandled(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	event, err := os.ReadFile(filepath.Join(root, "events", "renewals", "timer.json"))
	require.NoError(t, err)
	one, err := local.StartFunction(context.Background(), local.FunctionConfig{
		Function: "renewals", BuildDir: localtest.BuildDir(t), Getenv: func(string) string { return "" }, Logs: io.Discard,
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, one.Close()) }()
	result, err := one.Invoke(context.Background(), event)
	require.NoError(t, err)
	require.Empty(t, result.ErrorType, string(result.Payload))
	require.Contains(t, string(result.Payload), `"looked":0`)
}
