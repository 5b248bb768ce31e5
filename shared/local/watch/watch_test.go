package watch_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/watch"
)

// project is a module of two functions, of which one uses a package.
type project struct {
	root, bin string
	swapped   chan []string
	watcher   *watch.Watcher
}

func open(t *testing.T) project {
	t.Helper()
	p := project{root: t.TempDir(), bin: t.TempDir(), swapped: make(chan []string, 16)}
	p.write(t, "go.mod", "module example\n\ngo 1.26\n")
	p.write(t, "shared/word/word.go", "package word\n\nconst Word = \"old\"\n")
	p.write(t, "functions/first/main.go", "package main\n\nimport \"example/shared/word\"\n\nfunc main() { print(word.Word) }\n")
	p.write(t, "functions/second/main.go", "package main\n\nfunc main() {}\n")
	require.NoError(t, p.build(t.Context(), p.bin, io.Discard, "first", "second"))

	var err error
	p.watcher, err = watch.New(t.Context(), watch.Config{
		Root: p.root, Bin: p.bin, Functions: []string{"first", "second"}, Log: io.Discard, Build: p.build,
		Swap: func(names ...string) { p.swapped <- names },
	})
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() { defer close(ended); p.watcher.Run(context.Background()) }()
	t.Cleanup(func() {
		require.NoError(t, p.watcher.Close())
		<-ended
	})
	return p
}

func (p project) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(p.root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func (p project) build(ctx context.Context, dir string, out io.Writer, names ...string) error {
	for _, name := range names {
		c := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, name), "./functions/"+name)
		c.Dir, c.Stdout, c.Stderr = p.root, out, out
		if err := c.Run(); err != nil {
			return fmt.Errorf("go build: %w", err)
		}
	}
	return nil
}

// prints returns what a function's binary prints.
func (p project) prints(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command(filepath.Join(p.bin, name)).CombinedOutput()
	require.NoError(t, err)
	return string(out)
}

func (p project) awaitSwap(t *testing.T) []string {
	t.Helper()
	select {
	case names := <-p.swapped:
		return names
	case <-time.After(time.Minute):
		t.Fatal("nothing was replaced")
		return nil
	}
}

func TestWhatChangedIsBuiltAndReplaced(t *testing.T) {
	p := open(t)
	p.write(t, "shared/word/word.go", "package word\n\nconst Word = \"new\"\n")
	require.Equal(t, []string{"first"}, p.awaitSwap(t), "the other function does not use the package")
	require.Equal(t, "new", p.prints(t, "first"))

	p.write(t, "functions/second/main.go", "package main\n\nfunc main() { print(2) }\n")
	require.Equal(t, []string{"second"}, p.awaitSwap(t))
	require.Equal(t, "2", p.prints(t, "second"))
}

func TestTheOldBinaryServesUntilTheErrorIsMended(t *testing.T) {
	p := open(t)
	p.write(t, "shared/word/word.go", "package word\n\nconst Word = nothing\n")
	require.Eventually(t, func() bool { return p.watcher.Status().Error != "" }, time.Minute, 10*time.Millisecond)
	require.Contains(t, p.watcher.Status().Error, "word.go:3:14: undefined: nothing")
	require.Equal(t, "old", p.prints(t, "first"))
	require.Empty(t, p.swapped)

	p.write(t, "shared/word/word.go", "package word\n\nconst Word = \"mended\"\n")
	require.Equal(t, []string{"first"}, p.awaitSwap(t))
	require.Equal(t, "mended", p.prints(t, "first"))
	require.Eventually(t, func() bool { s := p.watcher.Status(); return !s.Building && s.Error == "" }, time.Minute, 10*time.Millisecond)
}

func TestANewPackageIsWatchedOnceItIsImported(t *testing.T) {
	p := open(t)
	p.write(t, "shared/more/more.go", "package more\n\nconst More = \"1\"\n")
	p.write(t, "functions/second/main.go", "package main\n\nimport \"example/shared/more\"\n\nfunc main() { print(more.More) }\n")
	require.Equal(t, []string{"second"}, p.awaitSwap(t))
	require.Eventually(t, func() bool { return !p.watcher.Status().Building }, time.Minute, 10*time.Millisecond)
	p.write(t, "shared/more/more.go", "package more\n\nconst More = \"2\"\n")
	require.Equal(t, []string{"second"}, p.awaitSwap(t))
	require.Equal(t, "2", p.prints(t, "second"))
}

func TestATestFileBuildsNothing(t *testing.T) {
	p := open(t)
	p.write(t, "shared/word/word_test.go", "package word\n")
	p.write(t, "functions/second/main.go", "package main\n\nfunc main() { print(3) }\n")
	require.Equal(t, []string{"second"}, p.awaitSwap(t), "first is made of the package, and was not built")
}
