package local_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
)

// maxLines is the length of the front page, in either language.
const maxLines = 200

// document is a Markdown file, divided into its fenced code and the rest.
type document struct {
	path  string
	lines int
	prose []string
	code  []string // one text for each block, with its fences
}

func readDocument(t *testing.T, path string) document {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")

	d := document{path: path, lines: len(lines)}
	var block []string
	for _, line := range lines {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence && block != nil:
			d.code = append(d.code, strings.Join(append(block, line), "\n"))
			block = nil
		case fence || block != nil:
			block = append(block, line)
		default:
			d.prose = append(d.prose, line)
		}
	}
	require.Empty(t, block, "%s: a code block is not closed", path)
	return d
}

// levels returns the levels of the headings, in their order.
func (d document) levels() []int {
	var levels []int
	for _, line := range d.prose {
		marks := len(line) - len(strings.TrimLeft(line, "#"))
		if marks > 0 && strings.HasPrefix(line[marks:], " ") {
			levels = append(levels, marks)
		}
	}
	return levels
}

var (
	inlineCode = regexp.MustCompile("`[^`]*`")
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

// files returns the files that relative links name, without their fragments.
func (d document) files() []string {
	var files []string
	text := inlineCode.ReplaceAllString(strings.Join(d.prose, "\n"), "")
	for _, found := range link.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(found[1], "#")
		if target != "" && !strings.Contains(target, ":") {
			files = append(files, target)
		}
	}
	return files
}

// documents returns the paths of all Markdown files of the project.
func documents(t *testing.T) (root string, paths []string) {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules"):
			return fs.SkipDir
		case !entry.IsDir() && filepath.Ext(name) == ".md":
			paths = append(paths, path)
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	return root, paths
}

func TestDocumentsForUsersAreInBothLanguages(t *testing.T) {
	root, _ := documents(t)
	for _, folder := range []string{".", "functions", "shared/operations", "shared/pop", "shared/marketplace", "shared/upstream"} {
		require.FileExists(t, filepath.Join(root, folder, "README.md"))
		require.FileExists(t, filepath.Join(root, folder, "README.zh-CN.md"))
	}
}

func TestDocumentsHaveTheSameHeadingsAndCodeInBothLanguages(t *testing.T) {
	root, paths := documents(t)
	for _, path := range paths {
		if !strings.HasSuffix(path, ".zh-CN.md") {
			continue
		}
		name, err := filepath.Rel(root, path)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			chinese := readDocument(t, path)
			english := readDocument(t, strings.TrimSuffix(path, ".zh-CN.md")+".md")
			require.Equal(t, english.levels(), chinese.levels(), "the levels of the headings")
			require.Equal(t, english.code, chinese.code, "the code blocks")
		})
	}
}

func TestDocumentsLinkToFilesThatExist(t *testing.T) {
	root, paths := documents(t)
	for _, path := range paths {
		name, err := filepath.Rel(root, path)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			for _, target := range readDocument(t, path).files() {
				_, err := os.Stat(filepath.Join(filepath.Dir(path), target))
				require.NoError(t, err, "the link %q", target)
			}
		})
	}
}

func TestDocumentOnTheFrontPageIsShort(t *testing.T) {
	root, _ := documents(t)
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		require.LessOrEqual(t, readDocument(t, filepath.Join(root, name)).lines, maxLines, name)
	}
}
