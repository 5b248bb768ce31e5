package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"aegis/scripts/internal/events"
	"aegis/shared/local"
	"aegis/shared/local/sample"
	"aegis/shared/store/storetest"
)

// container is what "s NAME local" starts a function in: its variables are those of s.yaml,
// filled in from scripts/deploy/local.env, and the credentials of "s config add".
type container struct{ url string }

func startContainer(t *testing.T, function, store, key, secret string) container {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	c := exec.Command(command(t), "function", function, "-port", "0", "-data", filepath.Join(root, ".local"))
	c.Env = []string{"ALIBABA_CLOUD_ACCESS_KEY_ID=" + key, "ALIBABA_CLOUD_ACCESS_KEY_SECRET=" + secret}
	for _, name := range []string{"PATH", "HOME", "GOCACHE", "GOMODCACHE", "GOFLAGS", "GOPROXY"} {
		if value, ok := os.LookupEnv(name); ok {
			c.Env = append(c.Env, name+"="+value)
		}
	}
	for name, value := range deployedVariables(t, root, function) {
		c.Env = append(c.Env, name+"="+strings.ReplaceAll(value, "http://host.docker.internal:8087", store))
	}
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	var progress bytes.Buffer
	c.Stderr = &progress
	require.NoError(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "%s", &progress)
	return container{strings.TrimSpace(strings.TrimPrefix(line, "ready "))}
}

// deployedVariables are the variables of a function by s.yaml and local.env.
func deployedVariables(t *testing.T, root, function string) map[string]string {
	t.Helper()
	type props struct {
		Variables map[string]string `yaml:"environmentVariables"`
	}
	var file struct {
		Template  map[string]props
		Resources map[string]struct{ Props props }
	}
	text, err := os.ReadFile(filepath.Join(root, "s.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &file))
	values, err := os.ReadFile(filepath.Join(root, "scripts", "deploy", "local.env"))
	require.NoError(t, err)

	all := maps.Clone(file.Template["function"].Variables)
	maps.Copy(all, file.Resources[function].Props.Variables)
	for name, value := range all {
		all[name] = regexp.MustCompile(`\$\{env\('(\w+)'(?:, '([^']*)')?\)\}`).ReplaceAllStringFunc(value, func(reference string) string {
			parts := regexp.MustCompile(`'(\w+)'(?:, '([^']*)')?`).FindStringSubmatch(reference)
			if set := regexp.MustCompile(`(?m)^` + parts[1] + `=(.*)$`).FindSubmatch(values); set != nil {
				return string(set[1])
			}
			return parts[2]
		})
	}
	return all
}

// send sends a request as fc3 does and returns the answer.
func (c container) send(t *testing.T, r *http.Request) string {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Empty(t, answer.Header.Get("X-Fc-Error-Type"), "%s", body)
	return string(body)
}

// invoke is "s NAME local invoke -e EVENT".
func (c container) invoke(t *testing.T, event []byte) (status int, body string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, c.url+"/2023-03-30/functions/function/invocations", bytes.NewReader(event))
	require.NoError(t, err)
	r.Header.Set("X-Fc-Event-Type", "Default")
	var envelope struct {
		StatusCode int
		Body       string
	}
	require.NoError(t, json.Unmarshal([]byte(c.send(t, r)), &envelope))
	return envelope.StatusCode, envelope.Body
}

func TestAFunctionRunsAsSStartsIt(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	client, server := storetest.Start(t)
	require.NoError(t, local.Seed(t.Context(), client))
	maker := events.Maker{Root: root, Secret: local.MarketSecret, Now: time.Now()}

	t.Run("s getsummary local invoke, with the key of the local store", func(t *testing.T) {
		event, err := maker.Make("getsummary", nil)
		require.NoError(t, err)
		status, body := startContainer(t, "getsummary", server.URL, "local", "local").invoke(t, event.Text)
		require.Equal(t, http.StatusOK, status, body)
		require.Contains(t, body, `"TotalMachineNum"`)
	})
	t.Run("s getsummary local invoke, with an invented key", func(t *testing.T) {
		event, err := maker.Make("getsummary", nil)
		require.NoError(t, err)
		status, body := startContainer(t, "getsummary", server.URL, "LTAI-invented", "invented").invoke(t, event.Text)
		require.GreaterOrEqual(t, status, 500, body)
	})
	t.Run("s pop local start", func(t *testing.T) {
		c := startContainer(t, "pop", server.URL, "local", "local")
		call, err := sample.Load(root, "getsummary", nil)
		require.NoError(t, err)
		path, query, _ := strings.Cut(strings.TrimPrefix(call.URL("", time.Now()), "/"), "?")
		require.Equal(t, "GetSummary", path)
		r, err := http.NewRequest(call.Method, c.url+"/2023-03-30/functions/function/invocations?"+query, http.NoBody)
		require.NoError(t, err)
		r.Header.Set("X-Fc-Event-Type", "HTTP")
		r.Header.Set("X-Fc-HTTP-Path", "/")
		require.Contains(t, c.send(t, r), "TotalMachineNum")
	})
}
