package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"aegis/scripts/internal/doctor"
	"aegis/shared/local"
)

func read(t *testing.T, path ...string) string {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	require.NoError(t, err)
	return string(text)
}

func TestEveryCheckIsDocumentedInBothLanguages(t *testing.T) {
	for file, head := range map[string]string{"README.md": "| check | what it proves |", "README.zh-CN.md": "| 检查项 | 验证内容 |"} {
		_, table, ok := strings.Cut(read(t, "scripts", "deploy", file), head)
		require.True(t, ok)
		table, _, _ = strings.Cut(table, "\n\n")
		var names []string
		for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| \\S").FindAllStringSubmatch(table, -1) {
			names = append(names, row[1])
		}
		require.Equal(t, doctor.Names(), names, file)
	}
}

// What the README says to write into s.yaml has keys that the component knows.
func TestTheLinesOfTheCustomRuntimeAreOnesThatTheComponentHas(t *testing.T) {
	_, text, ok := strings.Cut(read(t, "scripts", "deploy", "README.md"), "```yaml\n")
	require.True(t, ok)
	text, _, _ = strings.Cut(text, "```")
	var lines map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &lines))
	require.Equal(t, "custom.debian12", lines["runtime"])

	var known map[string]struct{ Keys map[string]any }
	require.NoError(t, json.Unmarshal([]byte(read(t, "shared", "app", "testdata", "component-keys.json")), &known))
	for name, value := range lines {
		require.Contains(t, known["fc3"].Keys, name)
		below, _ := value.(map[string]any)
		for under := range below {
			require.Contains(t, known["fc3"].Keys[name], under)
		}
	}
}
