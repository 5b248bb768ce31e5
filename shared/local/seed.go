package local

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"aegis/shared/access"
	"aegis/shared/ledger"
	"aegis/shared/marketplace"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/upstream"
)

// Tables are all tables of the system.
func Tables() []store.Table {
	return []store.Table{ledger.Sales(), access.Keys(), access.Nonces(), marketplace.Instances(), marketplace.DeadLetters()}
}

// Indexes are all indexes of the tables.
func Indexes() []store.Index { return []store.Index{ledger.ByDue(), upstream.ByUnfinished()} }

// Seed makes the tables, indexes, accounts and keys of a first start. What is there
// already stays as it is: the reseller's key is made last, and where it exists
// there is nothing to do.
func Seed(ctx context.Context, s *store.Store) error {
	if err := s.EnsureTables(ctx, Tables()...); err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	if err := s.EnsureIndexes(ctx, Indexes()...); err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	master, err := access.ParseMasterKey(MasterKey)
	if err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	keys, err := access.New(access.Config{Gate: s, Master: master})
	if err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	if _, err := keys.Find(ctx, ResellerKey, ""); !errors.Is(err, access.ErrNoKey) {
		return err
	}
	if err := seedAccounts(ctx, s); err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	if err := keys.Put(ctx, access.Key{ID: OwnerKey, Secret: OwnerSecret, Owner: Owner}, nil); err != nil {
		return fmt.Errorf("prepare the store: %w", err)
	}
	return keys.Put(ctx, access.Key{ID: ResellerKey, Secret: ResellerSecret, Reseller: true}, ResellersOwners())
}

func seedAccounts(ctx context.Context, s *store.Store) error {
	accounts, err := ledger.New(ledger.Config{Gate: s})
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
