package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/audit"
	"aegis/shared/ledger"
	"aegis/shared/local"
	"aegis/shared/sale"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

const newMaster = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func TestAllKeysMoveToANewMasterKey(t *testing.T) {
	ctx := t.Context()
	gate, server := storetest.Start(t, access.Keys(), audit.Table(), tokenrow.Sales())
	registry := func(text string) *access.Registry {
		m, err := access.ParseMasterKey(text)
		require.NoError(t, err)
		r, err := access.New(access.Config{Store: gate, Master: m})
		require.NoError(t, err)
		return r
	}
	books, err := ledger.New(ledger.Config{Store: gate})
	require.NoError(t, err)
	_, err = books.OpenAccount(ctx, sale.Account{Owner: "1"})
	require.NoError(t, err)
	old := registry(local.MasterKey)
	require.NoError(t, old.EnsureCanary(ctx))
	require.NoError(t, old.Create(ctx, access.Key{ID: "a", Secret: "secret-of-a", Owner: "1"}, nil))
	require.NoError(t, old.Create(ctx, access.Key{ID: "b", Secret: "secret-of-b", Reseller: true}, []string{"2"}))

	admin := toolWith(t, server.URL, map[string]string{"ACCESS_MASTER_KEY": newMaster})
	out, err := admin("key", "create", "-id", "c", "-owner", "1")
	require.Error(t, err, "nothing is sealed under a wrong master key")
	require.Contains(t, out, "the master key is not the one")
	require.NotContains(t, out, "secret ")

	admin = toolWith(t, server.URL, map[string]string{"ACCESS_MASTER_KEY": newMaster + "," + local.MasterKey})
	out, err = admin("key", "reseal", "-dry-run")
	require.NoError(t, err, out)
	require.ErrorIs(t, registry(newMaster).CheckMasterKey(ctx), access.ErrWrongMasterKey)

	out, err = admin("key", "reseal")
	require.NoError(t, err, out)
	require.Contains(t, out, "2 keys, 2 of them resealed")
	out, err = admin("key", "reseal")
	require.NoError(t, err, out)
	require.Contains(t, out, "2 keys, 0 of them resealed")
	for id, secret := range map[string]string{"a": "secret-of-a", "b": "secret-of-b"} {
		k, err := registry(newMaster).Find(ctx, id)
		require.NoError(t, err)
		require.Equal(t, secret, k.Secret)
	}
	require.NoError(t, registry(newMaster).CheckMasterKey(ctx))
	require.ErrorIs(t, old.CheckMasterKey(ctx), access.ErrWrongMasterKey)
}
