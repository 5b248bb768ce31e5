package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"aegis/shared/local"
)

// The examples are YAML, run scripts and steps that exist, and pass the values that the
// deployer requires.
func TestTheExamplesOfCIRunWhatExists(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	for _, name := range []string{"ci/github-actions.yml", "ci/yunxiao-flow.yml"} {
		t.Run(name, func(t *testing.T) {
			text := source(t, name)
			require.NoError(t, yaml.Unmarshal([]byte(text), &map[string]any{}))
			for _, script := range regexp.MustCompile(`sh (scripts/\S+\.sh)`).FindAllStringSubmatch(text, -1) {
				require.FileExists(t, filepath.Join(root, script[1]))
			}
			for _, step := range regexp.MustCompile(`-step (\w+)`).FindAllStringSubmatch(text, -1) {
				require.Contains(t, stepNames(), step[1])
			}
			canary, doctor, back := strings.Index(text, "release.sh canary"), strings.Index(text, "-step doctor"), strings.Index(text, "release.sh back")
			require.Less(t, canary, doctor, "the doctor looks at the canary")
			require.Less(t, doctor, back)
		})
	}
	workflow := source(t, "ci/github-actions.yml")
	for _, of := range append(table(), settingValues()...) {
		if of.needed != nil && of.needed(readValues(func(string) string { return "" })) {
			require.Contains(t, workflow, "\n  "+of.name+": ", "the deployer requires it")
		}
	}
}
