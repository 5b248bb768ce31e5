package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cli"
)

// start runs the program until the test ends and returns its address.
func start(t *testing.T, args ...string) (url string, end func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stdout, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, out, append([]string{"-listen", "127.0.0.1:0"}, args...)...)
		_ = out.CloseWithError(io.EOF)
		ended <- err
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		require.NoError(t, <-ended)
	}
	url, isReady := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	require.True(t, isReady, line)
	return url, func() error { cancel(); return <-ended }
}

// run runs the program and returns what it says is wrong.
func run(ctx context.Context, out io.Writer, args ...string) error {
	var wrong strings.Builder
	std := cli.IO{Out: out, Err: &wrong, Getenv: func(string) string { return "" }}
	if program().Run(ctx, std, args) == cli.Done {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(wrong.String()), "\n")
	return errors.New(lines[len(lines)-1])
}

func TestTheProgramServes(t *testing.T) {
	folder := t.TempDir()
	url, end := start(t, "-data", folder, "-instance", "shop=ak:sk")
	meta := &sdk.TableMeta{TableName: "kept"}
	meta.AddPrimaryKeyColumn("k", sdk.PrimaryKeyType_STRING)
	_, err := sdk.NewClient(url, "shop", "ak", "sk").CreateTable(&sdk.CreateTableRequest{
		TableMeta: meta, TableOption: &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}, ReservedThroughput: &sdk.ReservedThroughput{},
	})
	require.NoError(t, err)
	require.NoError(t, end())

	t.Run("a second start on the data folder finds all it had", func(t *testing.T) {
		url, end := start(t, "-data", folder, "-instance", "shop=ak:sk")
		list, err := sdk.NewClient(url, "shop", "ak", "sk").ListTable()
		require.NoError(t, err)
		require.Equal(t, []string{"kept"}, list.TableNames)
		require.NoError(t, end())
	})
	t.Run("a data folder in use is one clear line", func(t *testing.T) {
		_, end := start(t, "-data", folder)
		err := run(t.Context(), io.Discard, "-listen", "127.0.0.1:0", "-data", folder)
		require.ErrorContains(t, err, "in use by another process")
		require.NotContains(t, err.Error(), "\n")
		require.NoError(t, end())
	})
}

func TestTheProgramRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for name, c := range map[string]struct {
		args    []string
		because string
	}{
		"a busy port":              {[]string{"-memory", "-listen", taken.Addr().String()}, "address already in use"},
		"an instance without keys": {[]string{"-instance", "shop"}, "want name=accessKeyID:accessKeySecret"},
		"a word too many":          {[]string{"-memory", "more"}, "unexpected argument more"},
		"an unwritable folder":     {[]string{"-listen", "127.0.0.1:0", "-data", "/dev/null/data"}, "create data folder"},
	} {
		t.Run(name, func(t *testing.T) {
			err := run(t.Context(), io.Discard, c.args...)
			require.ErrorContains(t, err, c.because)
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestDataIsVerifiedSnapshotAndRestored(t *testing.T) {
	folder := t.TempDir()
	command := func(args ...string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), &out, args...)
		return out.String(), err
	}
	url, end := start(t, "-data", folder)
	_, err := command("snapshot", "-data", folder, "hot")
	require.ErrorContains(t, err, "-server")
	out, err := command("snapshot", "-server", url, "hot")
	require.NoError(t, err)
	require.Contains(t, out, "hot")
	_, err = command("verify", "-data", folder)
	require.ErrorContains(t, err, "in use")
	require.NoError(t, end())

	out, err = command("verify", "-data", folder)
	require.NoError(t, err)
	require.Contains(t, out, "is whole")
	out, err = command("restore", "-data", folder, "hot")
	require.NoError(t, err)
	require.Contains(t, out, "restored commit")
	out, err = command("verify", "-data", folder, "-salvage", t.TempDir())
	require.NoError(t, err)
	require.Contains(t, out, "salvaged commit")

	for because, args := range map[string][]string{
		"<name>":               {"restore", "-data", folder},
		"no such file":         {"restore", "-data", folder, "none"},
		"verify the data file": {"verify", "-data", t.TempDir()},
		"take a snapshot":      {"snapshot", "-data", folder + "/none", "x"},
		"connection refused":   {"snapshot", "-server", "http://127.0.0.1:1", "x"},
		"unexpected argument":  {"verify", "-data", folder, "more"},
	} {
		_, err := command(args...)
		require.ErrorContains(t, err, because)
		require.NotContains(t, err.Error(), "\n")
	}
}
