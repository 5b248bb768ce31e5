package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"aegis/shared/app"
	"aegis/shared/operations"
)

// componentKeys are the keys that a component or the API knows. A key's value is null
// for a value, true for any keys, or the keys below it; those of a list are its items'.
type componentKeys struct {
	Source        string
	Required      []string
	Keys          map[string]any
	TriggerConfig map[string]struct{ Keys, Required []string } `json:"triggerConfig"`
}

func readKeys(t *testing.T) map[string]componentKeys {
	t.Helper()
	text, err := os.ReadFile("testdata/component-keys.json")
	require.NoError(t, err)
	var keys map[string]componentKeys
	require.NoError(t, json.Unmarshal(text, &keys))
	return keys
}

// unknownKeys returns the paths of the keys of value that allowed does not have.
func unknownKeys(allowed, value any, path string) (unknown []string) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			unknown = append(unknown, unknownKeys(allowed, item, path+"[]")...)
		}
	case map[string]any:
		if allowed == true {
			return nil
		}
		known, _ := allowed.(map[string]any)
		for name, below := range v {
			if under, ok := known[name]; ok {
				unknown = append(unknown, unknownKeys(under, below, path+"."+name)...)
			} else {
				unknown = append(unknown, path+"."+name)
			}
		}
	}
	return unknown
}

// resourcesOf reads the resources of a file, each with its template's properties.
func resourcesOf(t *testing.T, path ...string) map[string]map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
	require.NoError(t, err)
	var file struct {
		Template  map[string]map[string]any
		Resources map[string]map[string]any
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	for _, r := range file.Resources {
		if extend, ok := r["extend"].(map[string]any); ok {
			for name, value := range file.Template[extend["name"].(string)] {
				if _, own := r["props"].(map[string]any)[name]; !own {
					r["props"].(map[string]any)[name] = value
				}
			}
		}
	}
	return file.Resources
}

// Serverless Devs passes a misspelt property, and anything inside a trigger.
func TestEveryKeyOfTheDeploymentIsOneThatTheComponentHas(t *testing.T) {
	keys := readKeys(t)
	for _, path := range [][]string{{"s.yaml"}, {"scripts", "deploy", "domain.yaml"}} {
		for name, r := range resourcesOf(t, path...) {
			t.Run(name, func(t *testing.T) {
				component := keys[r["component"].(string)]
				props := r["props"].(map[string]any)
				for _, required := range component.Required {
					require.Contains(t, props, required)
				}
				for _, trigger := range triggersOf(props) {
					requireTrigger(t, keys, component, trigger)
					delete(trigger, "triggerConfig")
				}
				if props["code"] != nil {
					require.Equal(t, ".build/"+name, props["code"])
					delete(props, "code") // a folder
				}
				require.Empty(t, unknownKeys(component.Keys, props, "props"), component.Source)
			})
		}
	}
}

func triggersOf(props map[string]any) (all []map[string]any) {
	list, _ := props["triggers"].([]any)
	for _, trigger := range list {
		all = append(all, trigger.(map[string]any))
	}
	return all
}

func requireTrigger(t *testing.T, keys map[string]componentKeys, component componentKeys, trigger map[string]any) {
	t.Helper()
	kind := trigger["triggerType"].(string)
	shape, ok := component.TriggerConfig[kind]
	require.True(t, ok, "there is no trigger of type %s", kind)
	config := trigger["triggerConfig"].(map[string]any)
	for _, name := range shape.Required {
		require.Contains(t, config, name)
	}
	for name := range config {
		require.Contains(t, shape.Keys, name, "of a trigger of type %s", kind)
	}
	if kind == "eventbridge" {
		require.Empty(t, unknownKeys(keys["eventbridge"].Keys, config, "triggerConfig"), keys["eventbridge"].Source)
	}
}

func TestAMisspeltKeyIsFound(t *testing.T) {
	keys := readKeys(t)
	require.Equal(t, []string{"props.logConfig.logStore"}, unknownKeys(keys["fc3"].Keys, map[string]any{"logConfig": map[string]any{"logStore": "x"}}, "props"))
	found := unknownKeys(keys["eventbridge"].Keys, map[string]any{"runOptions": map[string]any{"deadLetterQueue": map[string]any{"arn": "x"}}}, "triggerConfig")
	require.Equal(t, []string{"triggerConfig.runOptions.deadLetterQueue.arn"}, found)
}

// environmentVariable is a value that s reads from the environment.
func environmentVariable() *regexp.Regexp { return regexp.MustCompile(`env\('(\w+)'(, '([^']*)')?\)`) }

// A default that deploys something invented hides that a value is missing. Optional
// settings have the default of the table or none; all else is required.
func TestNoDefaultOfTheDeploymentNamesSomethingInvented(t *testing.T) {
	text, err := os.ReadFile("../../s.yaml")
	require.NoError(t, err)
	defaults := map[string]string{"QUALIFIER": "LATEST"}
	for _, s := range app.Table() {
		if !s.Required {
			defaults[s.Name] = s.Default
		}
	}
	for _, match := range environmentVariable().FindAllStringSubmatch(string(text), -1) {
		if match[2] != "" && match[3] != "" {
			require.Equal(t, defaults[match[1]], match[3], match[1])
		}
	}
	for _, name := range []string{"TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "MARKET_SECRET", "MARKET_QUEUE", "MARKET_DEAD_QUEUE", "LOG_PROJECT", "LOG_STORE", "REGION"} {
		require.Contains(t, string(text), "${env('"+name+"')}", "no default: s refuses to deploy without it")
	}
}

func TestTheLocalValuesAreAllThatTheDeploymentRequires(t *testing.T) {
	text, err := os.ReadFile("../../s.yaml")
	require.NoError(t, err)
	local, err := os.ReadFile("../../scripts/deploy/local.env")
	require.NoError(t, err)
	for _, match := range environmentVariable().FindAllStringSubmatch(string(text), -1) {
		if match[2] == "" {
			require.Contains(t, string(local), "\n"+match[1]+"=", "s NAME local needs it")
		}
	}
	require.NotContains(t, string(local), "$", "values pass through a shell")
}

func TestAFloodOfCallsLeavesTheTimerAndTheQueueTheirInstances(t *testing.T) {
	d := readDeployment(t, "s.yaml")
	for name, r := range d.Resources {
		reserved := r.Props.ConcurrencyConfig["reservedConcurrency"]
		if name == "marketorders" || name == "renewals" {
			require.Positive(t, reserved, name)
		} else {
			require.Zero(t, reserved, "%s shares what is left", name)
		}
	}
}

func TestADomainLeadsEveryPathToItsFunction(t *testing.T) {
	d := readDeployment(t, "scripts", "deploy", "domain.yaml")
	want := map[string]string{"/": "aegis-pop", "/market/spi": "aegis-marketspi"}
	for _, o := range operations.All() {
		want["/"+o.Name] = "aegis-" + o.Function()
	}
	got := map[string]string{}
	for _, r := range d.Resources["domain"].Props.RouteConfig.Routes {
		require.False(t, strings.ContainsAny(r.Path, "*"), "exact paths only: version 3 signs them")
		require.True(t, slices.Contains(r.Methods, "GET"))
		got[r.Path] = r.FunctionName
	}
	require.Equal(t, want, got)
}
