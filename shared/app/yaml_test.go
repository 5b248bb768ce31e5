package app_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"aegis/shared/app"
	"aegis/shared/operations"
)

// deployment is what s.yaml gives the functions.
type deployment struct {
	Template  map[string]properties
	Resources map[string]resource
}

type resource struct {
	Extend struct {
		Name   string
		Ignore []string
	}
	Props properties
}

type properties struct {
	FunctionName         string `yaml:"functionName"`
	Description          string
	Code                 string
	Role                 string
	EnvironmentVariables map[string]string        `yaml:"environmentVariables"`
	ConcurrencyConfig    map[string]int           `yaml:"concurrencyConfig"`
	Triggers             []map[string]any         `yaml:"triggers"`
	AsyncInvokeConfig    map[string]any           `yaml:"asyncInvokeConfig"`
	RouteConfig          struct{ Routes []route } `yaml:"routeConfig"`
}

type route struct {
	Path         string
	FunctionName string `yaml:"functionName"`
	Qualifier    string
	Methods      []string
}

func readDeployment(t *testing.T, path ...string) deployment {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
	require.NoError(t, err)
	var d deployment
	require.NoError(t, yaml.Unmarshal(text, &d))
	return d
}

// environment is what a function gets: the template's variables unless it ignores them,
// and its own. Serverless Devs merges the two.
func (d deployment) environment(function string) map[string]string {
	of := d.Resources[function]
	all := map[string]string{}
	if !slices.Contains(of.Extend.Ignore, "environmentVariables") {
		maps.Copy(all, d.Template[of.Extend.Name].EnvironmentVariables)
	}
	maps.Copy(all, of.Props.EnvironmentVariables)
	return all
}

func TestEveryFunctionIsDeployedWithItsSettingsAndNoOthers(t *testing.T) {
	d := readDeployment(t, "s.yaml")
	folders, err := os.ReadDir("../../functions")
	require.NoError(t, err)
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		t.Run(folder.Name(), func(t *testing.T) {
			require.Contains(t, d.Resources, folder.Name(), "s.yaml deploys every folder of functions/")
			var want, got []string
			for _, s := range app.Of(folder.Name()) {
				if !s.Local && !s.File {
					want = append(want, s.Name)
				}
			}
			for name := range d.environment(folder.Name()) {
				if name != "GOMAXPROCS" {
					got = append(got, name)
				}
			}
			require.ElementsMatch(t, want, got)
		})
	}
}

func TestEveryOperationOfTheTableIsDeployed(t *testing.T) {
	d := readDeployment(t, "s.yaml")
	for _, o := range operations.All() {
		t.Run(o.Name, func(t *testing.T) {
			main, err := os.ReadFile(filepath.Join("..", "..", "functions", o.Function(), "main.go"))
			require.NoError(t, err)
			require.Contains(t, string(main), "app.Start(api."+o.Name+"())")
			props := d.Resources[o.Function()].Props
			require.Equal(t, "aegis-"+o.Function(), props.FunctionName)
			require.Equal(t, o.Name+" behind API Gateway", props.Description)
			require.Equal(t, ".build/"+o.Function(), props.Code)
		})
	}
}

func TestTheFilesThatSettingsNameArePackaged(t *testing.T) {
	script, err := os.ReadFile("../../scripts/build.sh")
	require.NoError(t, err)
	for _, s := range app.Table() {
		if s.File {
			require.Contains(t, string(script), "${"+s.Name+":-", "scripts/build.sh packages it")
			require.Contains(t, string(script), s.Packaged())
		}
	}
}

func TestTheSettingsAreDocumented(t *testing.T) {
	for file, head := range map[string]string{
		"README.md":       "| setting | of | meaning | default |",
		"README.zh-CN.md": "| 环境变量 | 函数 | 含义 | 默认值 |",
	} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("..", "..", "functions", file)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			_, table, ok := strings.Cut(string(text), head)
			require.True(t, ok, "%s has no table %q", path, head)
			for _, s := range app.Table() {
				require.Contains(t, table, "| `"+s.Name+"` |")
			}
		})
	}
}
