package tablestore_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

func (f *fixture) page(method, path, body string, headers ...string) (int, string) {
	f.Helper()
	r, err := http.NewRequestWithContext(f.Context(), method, f.store.URL+path, strings.NewReader(body))
	require.NoError(f, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(f, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(f, err)
	return response.StatusCode, string(text)
}

func TestThePages(t *testing.T) {
	f := start(t)
	f.table("sales")
	for range 3 {
		f.put("sales", key("o", "1"), "v", strings.Repeat("x", 5000))
	}
	requireCode(t, f.tryPut("sales", key("o", "1"), mustMiss), mustFail)
	f.get("sales", key("o", "1"))

	t.Run("people see operations and tables", func(t *testing.T) {
		status, text := f.page(http.MethodGet, "/", "")
		require.Equal(t, 200, status)
		require.Contains(t, text, "<td>PutRow<td>4<td>1<td>4")
		require.Contains(t, text, "<b>local</b>: sales")
	})
	t.Run("Prometheus sees the counters", func(t *testing.T) {
		status, text := f.page(http.MethodGet, "/metrics", "")
		require.Equal(t, 200, status)
		for _, line := range []string{
			`tablestore_requests_total{operation="PutRow"} 4`,
			`tablestore_errors_total{operation="PutRow"} 1`,
			`tablestore_rows_total{operation="GetRow"} 1`,
			`tablestore_read_units_total{operation="GetRow"} 2`,
			`tablestore_request_seconds_count{operation="PutRow"} 4`,
		} {
			require.Contains(t, text, line+"\n")
		}
	})
	t.Run("a server without faults has no such page", func(t *testing.T) {
		status, _ := f.page(http.MethodGet, "/faults", "")
		require.Equal(t, 405, status)
	})
}

func TestTheFaultsPage(t *testing.T) {
	f := start(t, tablestoretest.With(func(c *tablestore.Config) { c.Faults = tablestore.NewFaults(1) })).impatient()
	f.table("sales")
	const asJSON = "application/json"
	t.Run("a rule posted is in force and listed", func(t *testing.T) {
		status, text := f.page(http.MethodPost, "/faults", `{"operation":"PutRow","effect":"busy"}`, "Content-Type", asJSON)
		require.Equal(t, 200, status, text)
		requireCode(t, f.tryPut("sales", key("o", "1"), ignore), "OTSServerBusy")
		_, text = f.page(http.MethodGet, "/faults", "")
		require.JSONEq(t, `[{"operation":"PutRow","effect":"busy","matched":1,"met":1}]`, text)
	})
	t.Run("deleting lifts all rules", func(t *testing.T) {
		status, _ := f.page(http.MethodDelete, "/faults", "")
		require.Equal(t, 200, status)
		require.NoError(t, f.tryPut("sales", key("o", "1"), ignore))
	})
	t.Run("what makes no sense is refused", func(t *testing.T) {
		for _, body := range []string{"", "{", `{"effect":"explode"}`, `{"effect":"busy","nht":1}`} {
			status, _ := f.page(http.MethodPost, "/faults", body, "Content-Type", asJSON)
			require.Equal(t, 400, status, body)
		}
		status, _ := f.page(http.MethodPost, "/faults", `{"effect":"busy"}`)
		require.Equal(t, 400, status, "a form could be sent by any web page")
	})
	t.Run("a web page of another site changes nothing", func(t *testing.T) {
		rule := `{"operation":"PutRow","effect":"busy"}`
		status, text := f.page(http.MethodPost, "/faults", rule, "Content-Type", asJSON, "Origin", "http://evil.example")
		require.Equal(t, 403, status, text)
		status, _ = f.page(http.MethodDelete, "/snapshots", "", "Origin", "http://evil.example")
		require.Equal(t, 403, status)
		require.NoError(t, f.tryPut("sales", key("o", "2"), ignore))
	})
}
