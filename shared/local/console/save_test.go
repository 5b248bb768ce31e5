package console_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/localtest"
	"aegis/shared/local/sample"
)

func TestASavedRequestIsACallThatCanBeSentAgain(t *testing.T) {
	project := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(project, "events"), 0o755))
	stack := localtest.Start(t, func(c *local.Config) { c.Console, c.Project = "127.0.0.1:0", project })
	url, token, _ := strings.Cut(stack.ConsoleURL(), "/#")
	p := page{url, token, stack}
	made := ask[[]outcome](t, p, "POST", "/api/call", purchase+"}")

	saved := ask[map[string]string](t, p, "POST", "/api/requests/"+made[0].Record+"/save", `{"name":"my-purchase"}`)
	require.Equal(t, map[string]string{"file": "events/my-purchase.json"}, saved)

	call, err := sample.Load(project, "my-purchase", nil)
	require.NoError(t, err)
	require.Equal(t, "pop", call.Function)
	require.Equal(t, "http-trigger", call.Kind)
	require.Equal(t, "/", call.Path)
	require.Equal(t, local.OwnerKey, call.AccessKey.ID)
	require.Equal(t, "console-1", call.Parameters["ClientToken"])
	require.NotContains(t, call.Parameters, "Signature")

	_, kind := refused(t, p, "POST", "/api/requests/"+made[0].Record+"/save", `{"name":"my-purchase"}`)
	require.Equal(t, "exists", kind, "no file is replaced")
}
