package marketplace_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/marketplace"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

func TestCheckFindsWhereTheBooksDifferAndRepairsWhatIsShorterHere(t *testing.T) {
	ctx := context.Background()
	gate, _ := storetest.Start(t, tokenrow.Sales(), marketplace.Instances(), marketplace.DeadLetters())
	clock := func() time.Time { return time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC) }
	books, err := ledger.New(ledger.Config{Store: gate, Clock: clock})
	require.NoError(t, err)
	asked := &truth{}
	p, err := marketplace.New(marketplace.Config{Store: gate, Ledger: books, Secret: secret, Truth: asked, Clock: clock})
	require.NoError(t, err)
	_, err = p.Consume(ctx, batch(create("biz-1", uid)))
	require.NoError(t, err)

	asked.say(marketplace.Opened, "2027-01-01 00:00:00")
	report, err := p.Check(ctx, true)
	require.NoError(t, err)
	require.Equal(t, marketplace.CheckReport{Checked: 1}, report)

	asked.say(marketplace.Opened, "2027-06-01 00:00:00")
	report, err = p.Check(ctx, false)
	require.NoError(t, err)
	require.Len(t, report.Findings, 1)
	require.Empty(t, report.Findings[0].Repaired)
	report, err = p.Check(ctx, true)
	require.NoError(t, err)
	require.NotEmpty(t, report.Findings[0].Repaired)
	report, err = p.CheckInstance(ctx, "biz-1", false)
	require.NoError(t, err)
	require.Empty(t, report.Findings)

	t.Run("what is longer here is left to an operator", func(t *testing.T) {
		asked.say(marketplace.Opened, "2026-08-01 00:00:00")
		report, err := p.Check(ctx, true)
		require.NoError(t, err)
		require.Empty(t, report.Findings[0].Repaired)
		asked.say(marketplace.Closed, "2026-08-01 00:00:00")
		report, err = p.Check(ctx, true)
		require.NoError(t, err)
		require.Len(t, report.Findings, 1)
	})
	_, err = p.CheckInstance(ctx, "nobodys", false)
	require.ErrorContains(t, err, "not sold by the marketplace")
}
