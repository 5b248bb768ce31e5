package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/app"
	"aegis/shared/ledger"
	"aegis/shared/local"
	marketside "aegis/shared/local/marketplace"
	"aegis/shared/marketplace"
	"aegis/shared/store/storetest"
)

// runbook reads one of the runbooks.
func runbook(t *testing.T, name string) string {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(root, "functions", name))
	require.NoError(t, err)
	return string(text)
}

// commands returns the lines of the shell blocks.
func commands(text string) []string {
	var lines []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(text, -1) {
		lines = append(lines, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	return lines
}

// arguments splits a line as a shell does, without its comment.
func arguments(line string) []string {
	line, _, _ = strings.Cut(line, " #")
	var args []string
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		args = append(args, m[1]+m[2])
	}
	return args
}

// market plays the marketplace's side and returns the settings by which it is asked.
func market(t *testing.T) map[string]string {
	t.Helper()
	side, err := marketside.Open(marketside.Config{SPI: "http://127.0.0.1:1", Secret: local.MarketSecret, KeyID: local.VendorKey, KeySec: local.VendorSecret, Clock: time.Now})
	require.NoError(t, err)
	server := httptest.NewServer(side)
	t.Cleanup(server.Close)
	return map[string]string{
		"MARKET_ENDPOINT": server.URL, "MARKET_ACCESS_KEY_ID": local.VendorKey, "MARKET_ACCESS_KEY_SECRET": local.VendorSecret,
	}
}

func TestTheRunbooksCommandsRun(t *testing.T) {
	ctx := t.Context()
	gate, server := storetest.Start(t, app.Tables()...)
	require.NoError(t, local.Seed(ctx, gate))
	books, err := ledger.New(ledger.Config{Store: gate})
	require.NoError(t, err)
	orders, err := marketplace.New(marketplace.Config{Store: gate, Ledger: books, Secret: local.MarketSecret})
	require.NoError(t, err)
	for _, event := range []string{"3-renewinstance.json", "poison.json"} { // one is held, three are dead
		_, err = orders.Consume(ctx, sampleEvent(t, event))
		require.NoError(t, err)
	}

	admin, ran := toolWith(t, server.URL, market(t)), 0
	for _, line := range commands(runbook(t, "RUNBOOK.md")) {
		args := arguments(line)
		require.Equal(t, []string{"go", "run", "./scripts/admin"}, args[:3], line)
		if strings.Contains(strings.Join(args, " "), "-token …") || strings.Contains(line, "-id …") {
			continue // it has a value to fill in
		}
		out, err := admin(args[3:]...)
		if strings.Contains(line, "fails while the cause is there") {
			require.Error(t, err, line)
			continue
		}
		require.NoError(t, err, "%s\n%s", line, out)
		ran++
	}
	require.Greater(t, ran, 18)
}

func TestTheRunbooksAreTheSameInBothLanguages(t *testing.T) {
	english, chinese := runbook(t, "RUNBOOK.md"), runbook(t, "RUNBOOK.zh-CN.md")
	require.Equal(t, commands(english), commands(chinese))
	require.Equal(t, guards(english), guards(chinese))
}

// guards returns the tests that the table of threats names.
func guards(text string) []string {
	return regexp.MustCompile("`(Test\\w+)` \\|").FindAllString(text, -1)
}

func TestTheTestsThatGuardAgainstThreatsExist(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	all := guards(runbook(t, "RUNBOOK.md"))
	require.Greater(t, len(all), 15)
	for _, name := range all {
		name = strings.Trim(name, "`| ")
		out, err := exec.Command("grep", "-rl", "--include=*_test.go", "func "+name+"(", filepath.Join(root, "shared"), filepath.Join(root, "scripts")).Output()
		require.NoError(t, err, name)
		require.NotEmpty(t, out, name)
	}
}
