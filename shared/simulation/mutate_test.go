package simulation_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// gone is the variable of the environment that says which mutant of a binary is on. Without
// it the binary is the package as it is.
const gone = "AEGIS_GUARD_GONE"

// requireAllCaught compiles the tests of each package once, with all mutants that they must
// notice, and runs them once for each mutant.
func requireAllCaught(t *testing.T, all []mutant) {
	t.Helper()
	if !*guards {
		t.Skip("compiles the packages with a hundred guards taken away: -guards does")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	for pkg, mutants := range binaries(t, root, all) {
		t.Run(pkg, func(t *testing.T) {
			t.Parallel()
			requireEachCaught(t, root, mutants)
		})
	}
}

// binaries groups mutants by the binary in which they are tried: one for each package of
// tests, and one for each mutant that cannot be switched on and off.
func binaries(t *testing.T, root string, all []mutant) map[string][]mutant {
	groups := map[string][]mutant{}
	for _, m := range all {
		name := m.pkg
		if m.function(t, root) == nil {
			name += " without " + m.guard
		}
		groups[name] = append(groups[name], m)
	}
	return groups
}

func requireEachCaught(t *testing.T, root string, mutants []mutant) {
	binary := compile(t, root, mutants[0].pkg, mutants)
	if len(mutants) > 1 || mutants[0].function(t, root) != nil {
		var patterns []string
		for _, m := range mutants {
			patterns = append(patterns, m.run)
		}
		out, err := runWithout("", binary, root, mutants[0].pkg, strings.Join(patterns, "|"))
		require.NoError(t, err, "the tests fail with every guard in its place:\n%s", out)
	}
	for i, m := range mutants {
		t.Run(m.guard, func(t *testing.T) {
			t.Parallel()
			out, err := runWithout(strconv.Itoa(i), binary, root, m.pkg, m.run)
			require.Error(t, err, "its absence went unnoticed:\n%s", out)
			require.Contains(t, string(out), "--- FAIL", "the tests could not be run without it:\n%s", out)
		})
	}
}

// compile returns a package's tests, in which each mutant can be switched on.
func compile(t *testing.T, root, pkg string, mutants []mutant) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "guarded.test")
	c := exec.Command("go", "test", "-c", "-vet=off", "-o", binary, "-overlay", switchable(t, root, mutants), "./shared/"+pkg)
	c.Dir = root
	out, err := c.CombinedOutput()
	require.NoError(t, err, "the tests could not be compiled:\n%s", out)
	return binary
}

// runWithout runs tests in their package's folder, as go test does.
func runWithout(guard, binary, root, pkg, tests string) ([]byte, error) {
	c := exec.Command(binary, "-test.short", "-test.failfast", "-test.timeout=60s", "-test.run", tests)
	c.Dir = filepath.Join(root, "shared", pkg)
	c.Env = append(os.Environ(), gone+"="+guard)
	return c.CombinedOutput()
}

// switchable is an overlay of files in which each mutant can be switched on. A mutant that
// cannot be switched is the only one, and its guard is taken away.
func switchable(t *testing.T, root string, mutants []mutant) string {
	t.Helper()
	changed := map[string]string{}
	for _, file := range files(mutants) {
		text, packageName := switched(t, root, file, mutants)
		changed[file] = text
		if packageName != "" {
			changed[filepath.Join(filepath.Dir(file), "guardgone.go")] =
				fmt.Sprintf("package %s\n\nimport \"os\"\n\nvar guardGone = os.Getenv(%q)\n", packageName, gone)
		}
	}
	return overlay(t, root, changed)
}

// overlay has the Go tool read texts instead of files below shared/.
func overlay(t *testing.T, root string, changed map[string]string) string {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	for file, text := range changed {
		name := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		replace[filepath.Join(root, "shared", file)] = name
	}

	text, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	list := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(list, text, 0o600))
	return list
}

func files(mutants []mutant) []string {
	var names []string
	for _, m := range mutants {
		names = append(names, m.file)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// switched returns a file in which each function with mutants begins with the mutated body
// of each, for when it is on. packageName is empty if a mutant cannot be switched.
func switched(t *testing.T, root, file string, mutants []mutant) (text, packageName string) {
	source := read(t, root, file)
	bodies := map[int]string{} // by where a function's body begins
	for i, m := range mutants {
		if m.file != file {
			continue
		}
		f := m.function(t, root)
		if f == nil {
			require.Len(t, mutants, 1, "%s: it is not inside one function", m.guard)
			return m.without(source), ""
		}
		packageName = f.packageName
		bodies[f.begin] += fmt.Sprintf("\nif guardGone == %q {%s\n%s}\n", strconv.Itoa(i), strings.Replace(source[f.begin:f.end], m.from, m.to, 1), f.ending)
	}

	text = source
	for _, begin := range slices.Backward(sortedKeys(bodies)) {
		text = text[:begin] + bodies[begin] + text[begin:]
	}
	return text, packageName
}

// function is where a mutant is: the inside of a function's body, and what ends it early.
type function struct {
	packageName string
	begin, end  int
	ending      string
}

// function returns nil if the mutant is not inside one function, or if that has labels,
// which cannot be there twice.
func (m mutant) function(t *testing.T, root string) *function {
	t.Helper()
	source := read(t, root, m.file)
	require.Contains(t, source, m.from, "the guard is not where the list says")
	if m.everywhere() {
		return nil
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), m.file, source, parser.SkipObjectResolution)
	require.NoError(t, err)
	at := strings.Index(source, m.from)
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		begin, end := int(f.Body.Lbrace-parsed.FileStart)+1, int(f.Body.Rbrace-parsed.FileStart)
		if at < begin || at+len(m.from) > end || labelled(f) {
			continue
		}
		ending := ""
		if f.Type.Results == nil {
			ending = "return\n"
		}
		return &function{parsed.Name.Name, begin, end, ending}
	}
	return nil
}

func labelled(f *ast.FuncDecl) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		_, label := n.(*ast.LabeledStmt)
		found = found || label
		return true
	})
	return found
}

// everywhere says that a guard stands in two places, which must fit each other.
func (m mutant) everywhere() bool { return m.file == "access/seal.go" }

// without is the file with the guard taken away.
func (m mutant) without(source string) string {
	if m.everywhere() {
		return strings.ReplaceAll(source, m.from, m.to)
	}
	return strings.Replace(source, m.from, m.to, 1)
}

func read(t *testing.T, root, file string) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, "shared", file))
	require.NoError(t, err)
	return string(source)
}

func sortedKeys(m map[int]string) []int { return slices.Sorted(maps.Keys(m)) }
