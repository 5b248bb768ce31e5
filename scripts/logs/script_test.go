package main

import (
	"bufio"
	"context"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/scripttest"
	"aegis/shared/local"
	"aegis/shared/local/localtest"
)

func TestMain(m *testing.M) { scripttest.Main(m, program()) }

func stack(t *testing.T) (s *local.Stack, folder string) {
	t.Helper()
	folder = t.TempDir()
	return localtest.Start(t, func(c *local.Config) { c.Console, c.Describe = "127.0.0.1:0", folder }), folder
}

func TestScripts(t *testing.T) {
	s, folder := stack(t)
	_, _, err := localtest.For(t, s, "2000000000000001").Create("logs-1", 1, 5, 1)
	require.NoError(t, err)
	_, _, err = localtest.For(t, s, "2000000000000002").Create("logs-2", 1, 5, 1)
	require.NoError(t, err)
	_, _, err = localtest.For(t, s, "2000000000000002").Create("logs-3", 1, 5, 1)
	require.Error(t, err)
	silent := t.TempDir()
	localtest.Start(t, func(c *local.Config) { c.Describe = silent })

	scripttest.Run(t, "STACK="+folder, "URL="+s.URL, "SILENT="+silent)
}

func TestWhoFollowsSeesNewRequestsThroughTheFilter(t *testing.T) {
	s, folder := stack(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		c := &command{Follow: true, Owner: "2000000000000004", Limit: 10}
		c.Stack = folder
		err := c.Run(ctx, cli.IO{Out: w, Err: io.Discard, Getenv: func(string) string { return "" }})
		ended <- err
	}()

	first := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			first <- lines.Text()
		}
	}()
	_, _, err := localtest.For(t, s, "2000000000000003").Create("other", 1, 5, 1)
	require.NoError(t, err)
	_, _, err = localtest.For(t, s, "2000000000000004").Create("followed", 1, 5, 1)
	require.NoError(t, err)
	select {
	case line := <-first:
		require.Contains(t, line, "2000000000000004")
		require.Contains(t, line, "CreateInstance")
	case <-time.After(20 * time.Second):
		t.Fatal("no line came")
	}
	cancel()
	require.NoError(t, <-ended, "^C is no failure")
}

func TestTheReadmeIsWhatHelpPrints(t *testing.T) { scripttest.Readme(t, program()) }
