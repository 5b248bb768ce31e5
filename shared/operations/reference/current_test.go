package reference_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/operations"
)

// remedy is what to do when a file is not current.
const remedy = "write it again: UPDATE=1 go test ./shared/operations/reference"

// requireCurrent compares a file of the project with what it should be, or writes it
// with UPDATE=1.
func requireCurrent(t *testing.T, path, want string) {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	path = filepath.Join(root, path)
	if os.Getenv("UPDATE") == "1" {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err, remedy)
	require.Equal(t, want, string(got), remedy)
}

// requirePart does so for the part of a file between two marks.
func requirePart(t *testing.T, path, part, want string) {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	opening, closing := "<!-- "+part+" -->\n", "<!-- end of "+part+" -->"
	head, rest, ok := strings.Cut(string(text), opening)
	require.True(t, ok, "%s has no line %q", path, opening)
	_, tail, ok := strings.Cut(rest, closing)
	require.True(t, ok, "%s has no line %q", path, closing)
	requireCurrent(t, path, head+opening+want+closing+tail)
}

// in is one of the languages of the documents.
type in struct {
	file string
	of   func(operations.Text) string
}

func languages() []in {
	return []in{
		{"README.md", func(t operations.Text) string { return t.English }},
		{"README.zh-CN.md", func(t operations.Text) string { return t.Chinese }},
	}
}

// say chooses a text of the documents' own.
func (l in) say(english, chinese string) string {
	return l.of(operations.Text{English: english, Chinese: chinese})
}
