package local_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/app"
	"aegis/shared/local"
)

func TestEverySecretOfTheStackIsKnownToBePublic(t *testing.T) {
	require.ElementsMatch(t, app.PublicSecrets(), []string{
		local.MasterKey, local.StoreCredentials().AccessKeySecret, local.OwnerSecret, local.ResellerSecret, local.FinanceSecret,
		local.OperatorSecret, local.MarketSecret, local.VendorSecret,
	})
}
