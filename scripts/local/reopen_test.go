package main_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// opened is the console of a stack that scripts/local runs.
type opened struct{ base, token string }

func (o opened) ask(t *testing.T, method, path, body string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, o.base+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+o.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil // it is starting again
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	fields := map[string]any{}
	if json.Unmarshal(text, &fields) != nil {
		fields = map[string]any{"text": string(text)}
	}
	return answer.StatusCode, fields
}

func (o opened) buy(t *testing.T) {
	t.Helper()
	status, _ := o.ask(t, "POST", "/api/call", `{"key":"LTAI-local-owner","version":"v1","operation":"CreateInstance","parameters":[`+
		`{"Name":"ClientToken","Value":"reopen"},{"Name":"Duration","Value":"1"},{"Name":"PricingCycle","Value":"Month"},{"Name":"VersionCode","Value":"1"},{"Name":"VmNumber","Value":"3"}]}`)
	require.Equal(t, http.StatusOK, status)
}

func (o opened) state(t *testing.T) any {
	t.Helper()
	_, account := o.ask(t, "GET", "/api/accounts/1000000000000001", "")
	return account["state"]
}

// reopen asks for other data and waits for the next start, which has the same address and
// the same token.
func (o opened) reopen(t *testing.T, body string) {
	t.Helper()
	_, before := o.ask(t, "GET", "/api/snapshots", "")
	o.ask(t, "POST", "/api/snapshots", body)
	require.Eventually(t, func() bool {
		status, now := o.ask(t, "GET", "/api/snapshots", "")
		return status == http.StatusOK && now["start"] != before["start"]
	}, time.Minute, 50*time.Millisecond)
}

func TestTheConsoleSavesLoadsAndResetsTheData(t *testing.T) {
	binary := command(t)
	c := exec.Command(binary, "-listen", "127.0.0.1:0", "-tablestore", "127.0.0.1:0", "-console", "127.0.0.1:0", "-data", dataFolder(t))
	progress, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	o := opened{}
	lines := bufio.NewScanner(progress)
	for o.base == "" && lines.Scan() {
		if link, ok := strings.CutPrefix(lines.Text(), "console "); ok {
			o.base, o.token, _ = strings.Cut(link, "/#")
		}
	}
	go func() { _, _ = io.Copy(io.Discard, progress) }()
	t.Cleanup(func() {
		require.NoError(t, c.Process.Signal(os.Interrupt))
		require.NoError(t, c.Wait())
	})

	status, _ := o.ask(t, "POST", "/api/snapshots", `{"what":"save","name":"before"}`)
	require.Equal(t, http.StatusOK, status)
	o.buy(t)
	require.Equal(t, "running", o.state(t))
	o.reopen(t, `{"what":"load","name":"before"}`)
	require.Equal(t, "none", o.state(t), "the purchase came after the snapshot")

	o.buy(t)
	o.reopen(t, `{"what":"reset","name":""}`)
	require.Equal(t, "none", o.state(t))
	_, list := o.ask(t, "GET", "/api/snapshots", "")
	require.Len(t, list["snapshots"], 1, "snapshots stay")

	for _, bad := range []string{`{"what":"load","name":"missing"}`, `{"what":"load","name":"../x"}`, `{"what":"save","name":"before"}`} {
		status, problem := o.ask(t, "POST", "/api/snapshots", bad)
		require.Equal(t, http.StatusBadRequest, status)
		require.Equal(t, "snapshot", problem["kind"], bad)
	}
}
