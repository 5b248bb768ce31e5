package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/app"
)

const localMaster = "bG9jYWwgZGV2ZWxvcG1lbnQgb25seSwgbm90IGEga2U="

func TestPublicSecretsAreForAStoreOnThisMachine(t *testing.T) {
	for _, endpoint := range []string{
		"http://127.0.0.1:8087", "http://localhost:8087", "http://[::1]:8087", "http://host.docker.internal:8087", "http://0.0.0.0:8087",
	} {
		s, err := app.ReadSettings(settings(map[string]string{
			"TABLESTORE_ENDPOINT": endpoint, "ACCESS_MASTER_KEY": localMaster, "MARKET_SECRET": "local-market-secret",
		}))
		require.NoError(t, err, endpoint)
		_, err = s.OpenRegistry(nowhere{})
		require.NoError(t, err)
	}

	const real = "https://aegis.cn-hangzhou.ots.aliyuncs.com"
	_, err := app.ReadSettings(settings(map[string]string{"TABLESTORE_ENDPOINT": real}))
	require.NoError(t, err)
	for name, change := range map[string]map[string]string{
		"ACCESS_MASTER_KEY":            {"ACCESS_MASTER_KEY": localMaster},
		"ACCESS_MASTER_KEY is":         {"ACCESS_MASTER_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=, " + localMaster},
		"MARKET_SECRET":                {"MARKET_SECRET": "local-market-secret"},
		"MARKET_ACCESS_KEY_SECRET":     {"MARKET_ACCESS_KEY_SECRET": "local-vendor-secret"},
		"UPSTREAM_ACCESS_KEY_SECRET":   {"UPSTREAM_ACCESS_KEY_SECRET": "local-operator-secret"},
		"TABLESTORE_ACCESS_KEY_SECRET": {"TABLESTORE_ACCESS_KEY_SECRET": "local"},
	} {
		change["TABLESTORE_ENDPOINT"] = real
		_, err := app.ReadSettings(settings(change))
		require.ErrorContains(t, err, name)
		require.NotContains(t, err.Error(), localMaster)
	}
	for _, endpoint := range []string{"http://aegis.cn-hangzhou.ots.aliyuncs.com", "http://192.0.2.1", "http://127.0.0.1.example.com"} {
		_, err := app.ReadSettings(settings(map[string]string{"TABLESTORE_ENDPOINT": endpoint}))
		require.ErrorContains(t, err, "TABLESTORE_ENDPOINT must begin with https://", endpoint)
	}
}
