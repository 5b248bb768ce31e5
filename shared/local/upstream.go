package local

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"aegis/shared/access"
	"aegis/shared/store"
)

// The operator's key at the stack that sells, when another forwards to it.
const (
	OperatorKey    = "LTAI-local-operator"
	OperatorSecret = "local-operator-secret"
)

// SellerFolder returns the data folder of the seller behind a reseller's stack.
func SellerFolder(data string) string { return filepath.Join(data, "upstream") }

// StartReseller brings up two stacks: one that sells, on free ports, and in front
// of it one that forwards to it (SALES_BACKEND=upstream), which is returned and
// closes both.
func StartReseller(ctx context.Context, c Config) (front, seller *Stack, err error) {
	behind := c
	behind.Listen, behind.Tablestore, behind.StoreURL, behind.Console = "", "", "", ""
	if c.Data != "" {
		behind.Data = SellerFolder(c.Data)
	}
	if c.Describe != "" {
		behind.Describe = SellerFolder(c.Describe)
	}
	if behind.BuildDir == "" && c.Data != "" {
		behind.BuildDir = filepath.Join(c.Data, "bin")
	}
	if seller, err = Start(ctx, behind); err != nil {
		return nil, nil, fmt.Errorf("start the seller: %w", err)
	}
	if err := seller.putOperator(ctx); err != nil {
		return nil, nil, errors.Join(err, seller.Close())
	}

	c.Settings, c.seller = forwardTo(seller.URL), seller
	if front, err = Start(ctx, c); err != nil {
		return nil, nil, errors.Join(err, seller.Close())
	}

	front.closers = append([]func() error{seller.Close}, front.closers...)
	return front, seller, nil
}

// forwardTo are the settings by which functions forward sales to another stack.
func forwardTo(gateway string) map[string]string {
	return map[string]string{
		"SALES_BACKEND": "upstream", "UPSTREAM_ENDPOINT": gateway,
		"UPSTREAM_ACCESS_KEY_ID": OperatorKey, "UPSTREAM_ACCESS_KEY_SECRET": OperatorSecret,
	}
}

// putOperator makes the key of the reseller who forwards here: it may act for everyone.
func (s *Stack) putOperator(ctx context.Context) error {
	gate, err := store.Open(storeConfig(s.StoreURL))
	if err != nil {
		return err
	}

	master, err := access.ParseMasterKey(MasterKey)
	if err != nil {
		return err
	}

	keys, err := access.New(access.Config{Store: gate, Master: master})
	if err != nil {
		return err
	}

	return keys.Put(ctx, access.Key{ID: OperatorKey, Secret: OperatorSecret, Reseller: true}, append(ResellersOwners(), Owner))
}
