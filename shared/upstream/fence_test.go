package upstream_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

func TestATokenThatTheLedgerRefusedIsForwardedAsOurs(t *testing.T) {
	r := open(t)
	l, err := ledger.New(ledger.Config{Store: r.gate})
	require.NoError(t, err)
	ledgertest.SetBalance(t, l, "1", 1)
	_, err = buy(l) // refused: NotEnoughBalance
	require.Error(t, err)
	_, err = r.sell1()
	require.NoError(t, err)
	rows, err := r.gate.Read(context.Background(), tokenrow.Key("1", "t1"))
	require.NoError(t, err)
	require.Equal(t, upstream.ForwardedToken("1", "t1"), rows[0].String("forwarded"))
}
