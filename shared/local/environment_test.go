package local

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// A function that reads what s.yaml does not give it would work here alone, and one that
// lacks what s.yaml gives it in the cloud alone.
func TestAFunctionGetsTheVariablesThatItIsDeployedWith(t *testing.T) {
	deployed := deployedVariables(t)
	require.ElementsMatch(t, slices.Collect(maps.Keys(deployed)), names())
	s := &Stack{StoreURL: "http://127.0.0.1:1", URL: "http://127.0.0.1:2", clock: newClock(0)}
	for name, want := range deployed {
		t.Run(name, func(t *testing.T) {
			given := append(OneThread(), environmentOf(name, s.variables(Config{Settings: map[string]string{"PUBLIC_HOSTS": "a"}}))...)
			require.ElementsMatch(t, append(want, "CLOCK_OFFSET"), variableNames(given), "CLOCK_OFFSET is for tests alone")
			require.ElementsMatch(t, want, variableNames(Deploy(name, "main", s.StoreURL).Env), "as benchmarks run it")
		})
	}
}

func TestASettingWithoutAValueHasItsDefault(t *testing.T) {
	env := environmentOf("pop", map[string]string{"PUBLIC_HOSTS": "a", "RATE_CALLS": "", "MARKET_QUEUE": "another's", "X": "y"})
	require.Contains(t, env, "RATE_CALLS=1000")
	require.Contains(t, env, "PUBLIC_HOSTS=a")
	require.Contains(t, env, "UPSTREAM_ACCESS_KEY_ID=")
	require.Contains(t, env, "X=y")
	require.NotContains(t, variableNames(env), "MARKET_QUEUE")
	require.NotContains(t, variableNames(env), "CLOCK_OFFSET")
}

func variableNames(env []string) (names []string) {
	for _, variable := range env {
		name, _, _ := strings.Cut(variable, "=")
		names = append(names, name)
	}
	return names
}

// deployedVariables reads s.yaml: names of variables by function.
func deployedVariables(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../s.yaml")
	require.NoError(t, err)
	type props struct {
		Variables map[string]string `yaml:"environmentVariables"`
	}
	var file struct {
		Template  map[string]props
		Resources map[string]struct {
			Extend struct{ Ignore []string }
			Props  props
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	all := map[string][]string{}
	for name, r := range file.Resources {
		own := maps.Clone(r.Props.Variables)
		if own == nil {
			own = map[string]string{}
		}
		if !slices.Contains(r.Extend.Ignore, "environmentVariables") {
			maps.Copy(own, file.Template["function"].Variables)
		}
		all[name] = slices.Collect(maps.Keys(own))
	}
	return all
}
