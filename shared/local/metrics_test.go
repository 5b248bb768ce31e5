package local_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/localtest"
)

func TestMetricsCountInvocations(t *testing.T) {
	stack := localtest.Start(t)
	answer, err := http.Get(stack.URL + "/?Action=GetSummary")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())

	scrape, err := http.Get(stack.URL + "/metrics")
	require.NoError(t, err)
	defer scrape.Body.Close()
	text, err := io.ReadAll(scrape.Body)
	require.NoError(t, err)
	require.Contains(t, string(text), `aegis_invocation_seconds_count{function="pop",result="ok"} 1`)
	require.Contains(t, string(text), "aegis_queue_waiting 0")

	t.Run("and control routes are not for other sites", func(t *testing.T) {
		r, err := http.NewRequest(http.MethodPost, stack.URL+"/clock", strings.NewReader(`{"offset":"1h"}`))
		require.NoError(t, err)
		r.Header.Set("Origin", "https://evil.example")
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		require.Equal(t, http.StatusForbidden, answer.StatusCode)
	})
}
