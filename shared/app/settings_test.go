package app_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/app"
)

func settings(change map[string]string) func(string) string {
	all := map[string]string{
		"TABLESTORE_ENDPOINT": "http://127.0.0.1:1", "TABLESTORE_INSTANCE": "local",
		"ACCESS_MASTER_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "MARKET_SECRET": "s",
	}
	for name, value := range change {
		all[name] = value
	}
	return func(name string) string { return all[name] }
}

func TestTheMarketplacesSettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "skus.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"skus":[{"skuId":"mine","versionCode":1,"vmNumber":1,"duration":1,"pricingCycle":"Year"}]}`), 0o600))
	s, err := app.ReadSettings(settings(map[string]string{"MARKET_SKUS": file, "RELEASE_AFTER_DAYS": "7", "CLOCK_OFFSET": "720h"}))
	require.NoError(t, err)
	require.Contains(t, s.Market.Skus, "mine")
	require.Equal(t, 7*24*time.Hour, s.Time.ReleaseAfter)
	require.Equal(t, 720*time.Hour, s.Time.Offset)
	_, err = s.OpenProcessor(io.Discard, nil)
	require.NoError(t, err)
	_, err = s.OpenRenewals(io.Discard, nil)
	require.NoError(t, err)

	for name, value := range map[string]string{"MARKET_SKUS": file + ".not", "RELEASE_AFTER_DAYS": "0", "CLOCK_OFFSET": "soon"} {
		_, err := app.ReadSettings(settings(map[string]string{name: value}))
		require.ErrorContains(t, err, name)
	}
	s, err = app.ReadSettings(settings(map[string]string{"MARKET_SECRET": ""}))
	require.NoError(t, err, "functions that sell to callers need none")
	_, err = s.OpenProcessor(io.Discard, nil)
	require.ErrorContains(t, err, "MARKET_SECRET")
}
