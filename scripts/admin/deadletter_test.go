package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cli"
	"aegis/shared/audit"
	"aegis/shared/ledger"
	"aegis/shared/local"
	"aegis/shared/local/tablestore/tablestoretest"
	"aegis/shared/marketplace"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

// tool runs the command on a store.
func tool(t *testing.T, url string) func(args ...string) (string, error) {
	t.Helper()
	return toolWith(t, url, nil)
}

// toolWith runs the command on a store with some settings changed.
func toolWith(t *testing.T, url string, change map[string]string) func(args ...string) (string, error) {
	t.Helper()
	settings := map[string]string{
		"TABLESTORE_ENDPOINT": url, "TABLESTORE_INSTANCE": tablestoretest.Instance,
		"TABLESTORE_ACCESS_KEY_ID": tablestoretest.AccessKeyID, "TABLESTORE_ACCESS_KEY_SECRET": tablestoretest.AccessKeySecret,
		"ACCESS_MASTER_KEY": local.MasterKey, "MARKET_SECRET": local.MarketSecret,
	}
	maps.Copy(settings, change)
	getenv := func(name string) string { return cmp.Or(settings[name], os.Getenv(name)) }
	return func(args ...string) (string, error) {
		var out strings.Builder
		status := program().Run(t.Context(), cli.IO{Out: &out, Err: &out, Getenv: getenv}, args)
		if status != cli.Done {
			return out.String(), fmt.Errorf("exit status %d", status)
		}
		return out.String(), nil
	}
}

// sampleEvent is one of the project's messages to the market's function.
func sampleEvent(t *testing.T, name string) []byte {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	event, err := os.ReadFile(filepath.Join(root, "events", "marketorders", name))
	require.NoError(t, err)
	return event
}

func TestADeadLetterIsPutRightAndRetried(t *testing.T) {
	ctx := context.Background()
	gate, server := storetest.Start(t, tokenrow.Sales(), marketplace.Instances(), marketplace.DeadLetters(), audit.Table())
	books, err := ledger.New(ledger.Config{Store: gate})
	require.NoError(t, err)
	desk, err := marketplace.New(marketplace.Config{Store: gate, Ledger: books, Secret: local.MarketSecret})
	require.NoError(t, err)
	consume := func(name string) marketplace.Report {
		r, err := desk.Consume(ctx, sampleEvent(t, name))
		require.NoError(t, err)
		return r
	}
	require.Equal(t, 1, consume("3-renewinstance.json").Held, "there is no instance yet")
	require.Equal(t, 3, consume("poison.json").Dead)

	admin := tool(t, server.URL)
	out, err := admin("deadletter", "list")
	require.NoError(t, err, out)
	require.Contains(t, out, "was not sold by the marketplace")
	require.Contains(t, out, "The token is wrong")

	out, err = admin("deadletter", "discard", "-id", "sample-message-30")
	require.NoError(t, err, out)
	out, err = admin("deadletter", "show", "sample-message-30")
	require.Error(t, err)
	require.Contains(t, out, "no such dead letter")
	out, err = admin("deadletter", "show", "-id", "sample-message-31")
	require.NoError(t, err, out)
	require.Contains(t, out, "createInstance")

	require.Equal(t, 1, consume("1-createinstance.json").Done)
	out, err = admin("deadletter", "retry", "-all")
	require.Error(t, err, "two are still dead")
	require.Contains(t, out, "is done: order")
	require.Contains(t, out, "2 letters are still dead")
	orders, _, err := books.Orders(ctx, "3000000000000001", "", 10)
	require.NoError(t, err)
	require.Len(t, orders, 2)
}
