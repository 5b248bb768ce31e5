// Package scripttest tests command-line tools by the scripts in their testdata, which
// read like a session at a terminal, and holds their -h against scripts/README.md.
package scripttest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cli"
	"aegis/shared/local"
)

// Main is the TestMain of a tool's tests: scripts find the tool by its name.
func Main(m *testing.M, p cli.Program) {
	testscript.Main(m, map[string]func(){p.Name: func() { cli.Main(p) }})
}

// Run runs the scripts of testdata with variables, as name=value, in addition to ROOT,
// the project's folder. Besides the usual commands a script has
//
//	status N command …
//	await FILE
//
// of which the first runs a command that must end with exit status N, and the second
// waits until there is a file.
func Run(t *testing.T, variables ...string) {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"status": status, "await": await},
		Setup: func(env *testscript.Env) error {
			env.Vars = append(append(env.Vars, "ROOT="+root), variables...)
			env.Vars = append(env.Vars, toolchain()...)
			return nil
		},
	})
}

// toolchain are the variables by which go finds what it has built before.
func toolchain() []string {
	var list []string
	for _, name := range []string{"HOME", "GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOPROXY", "GOTOOLCHAIN", "XDG_CACHE_HOME"} {
		if value, ok := os.LookupEnv(name); ok {
			list = append(list, name+"="+value)
		}
	}
	return list
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command …")
	}

	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s ended with status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}

	for range 1000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}

	ts.Fatalf("%s does not come", args[0])
}

// Readme holds what -h prints against the tool's section of scripts/README.md. With
// UPDATE=1 in the environment it writes the section: UPDATE=1 go test -p 1 ./scripts/...
func Readme(t *testing.T, p cli.Program) {
	t.Helper()
	t.Setenv("COLUMNS", "110")
	reference, err := p.Reference()
	require.NoError(t, err)
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	path := filepath.Join(root, "scripts", "README.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)

	opening, closing := "<!-- "+p.Name+" -h -->\n", "<!-- end of "+p.Name+" -h -->"
	before, rest, ok := strings.Cut(string(text), opening)
	require.True(t, ok, "scripts/README.md has no line %q", opening)
	section, after, ok := strings.Cut(rest, closing)
	require.True(t, ok, "scripts/README.md has no line %q", closing)
	want := "```text\n" + strings.TrimSpace(reference) + "\n```\n"
	if os.Getenv("UPDATE") == "1" {
		require.NoError(t, os.WriteFile(path, []byte(before+opening+want+closing+after), 0o644))
		return
	}
	require.Equal(t, want, section, "write it again: UPDATE=1 go test -p 1 ./scripts/...")
}
