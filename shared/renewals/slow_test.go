package renewals_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/marketplace"
	"aegis/shared/renewals"
	"aegis/shared/sale"
	"aegis/shared/store/storetest"
)

// together is a marketplace that answers only when it is asked about several instances at
// once.
type together struct{ asked sync.WaitGroup }

func (m *together) Instance(ctx context.Context, _ string) (marketplace.Entitlement, error) {
	m.asked.Done()
	all := make(chan struct{})
	go func() { m.asked.Wait(); close(all) }()
	select {
	case <-all:
		return marketplace.Entitlement{Status: marketplace.Expired, Ends: at("2026-06-01 00:00:00")}, nil
	case <-ctx.Done():
		return marketplace.Entitlement{}, ctx.Err()
	}
}

func (*together) Paid(context.Context, string) (bool, error) { return true, nil }

func TestASlowAnswerOfTheMarketplaceHoldsUpNoOtherInstance(t *testing.T) {
	memory := storetest.NewMemory()
	now := at("2026-05-01 00:00:00")
	clock := func() time.Time { return now }
	books, err := ledger.New(ledger.Config{Store: memory, Clock: clock})
	require.NoError(t, err)
	for _, owner := range ofOneShard(4) {
		_, err := books.OpenAccount(t.Context(), sale.Account{Owner: owner, Verified: true})
		require.NoError(t, err)
		create := sale.MarketCreate{InstanceID: "biz-" + owner, VersionCode: 1, VmNumber: 1, Ends: at("2026-06-01 00:00:00")}
		_, err = books.Sell(t.Context(), sale.Purchase{Owner: owner, Token: "t", Command: create}, nil)
		require.NoError(t, err)
	}

	truth := &together{}
	truth.asked.Add(4)
	orders, err := marketplace.New(marketplace.Config{Store: memory, Ledger: books, Secret: "s", Truth: truth, Clock: clock})
	require.NoError(t, err)
	runner, err := renewals.New(renewals.Config{Ledger: books, Orders: orders, Clock: clock})
	require.NoError(t, err)

	now = at("2026-06-02 00:00:00")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	report, err := runner.Run(ctx, renewals.Due)
	require.NoError(t, err)
	require.Equal(t, 4, report.Expired)
}
