package local

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"aegis/shared/access"
	"aegis/shared/app"
	"aegis/shared/ledger"
	"aegis/shared/operations"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// Seed makes the tables, indexes, accounts and keys of a first start. What is there
// already stays as it is: the finance key is made last, and where it exists
// there is nothing to do.
func Seed(ctx context.Context, s *store.Store) error {
	if err := s.EnsureTables(ctx, app.Tables()...); err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	if err := s.EnsureIndexes(ctx, app.Indexes()...); err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}

	master, err := access.ParseMasterKey(MasterKey)
	if err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}

	keys, err := access.New(access.Config{Store: s, Master: master})
	if err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	if err := keys.EnsureCanary(ctx); err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	if _, err := keys.Find(ctx, FinanceKey); !errors.Is(err, access.ErrNoKey) {
		return err
	}
	if err := seedAccounts(ctx, s); err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}

	return seedKeys(ctx, keys)
}

// seedKeys makes the keys that are not there yet.
func seedKeys(ctx context.Context, keys *access.Registry) error {
	finance := access.Key{ID: FinanceKey, Secret: FinanceSecret, Reseller: true}
	for _, o := range operations.All() {
		if o.Granted {
			finance.Operations = append(finance.Operations, o.Name)
		}
	}

	for _, k := range []struct {
		key    access.Key
		owners []string
	}{
		{access.Key{ID: OwnerKey, Secret: OwnerSecret, Owner: Owner}, nil},
		{access.Key{ID: ResellerKey, Secret: ResellerSecret, Reseller: true}, ResellersOwners()},
		{finance, append(ResellersOwners(), Owner)},
	} {
		if _, err := keys.Find(ctx, k.key.ID); err == nil {
			continue
		}
		if err := keys.Put(ctx, k.key, k.owners); err != nil {
			return fmt.Errorf("prepare the store: %w", err)
		}
	}

	return nil
}

func seedAccounts(ctx context.Context, s *store.Store) error {
	accounts, err := ledger.New(ledger.Config{Store: s})
	if err != nil {
		return err
	}

	for _, owner := range append(ResellersOwners(), Owner) {
		_, err := accounts.OpenAccount(ctx, sale.Account{Owner: owner, Verified: true, Machines: 5, Balance: 10_000_000})
		if err != nil {
			return err
		}
	}

	return nil
}

// ResellersOwners are the owners that the local reseller's key may act for.
func ResellersOwners() []string {
	owners := make([]string, 100)
	for i := range owners {
		owners[i] = strconv.FormatInt(2_000_000_000_000_001+int64(i), 10)
	}
	return owners
}
