package upstream_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

func TestEqualTokensOfTwoOwnersAreForwardedDifferently(t *testing.T) {
	r := open(t)
	for _, owner := range []string{"1", "2"} {
		_, err := r.Sell(context.Background(), sale.Purchase{Owner: owner, Token: "t1", Command: create()}, nil)
		require.NoError(t, err)
	}
	require.NotEqual(t, r.remote.tokens[0], r.remote.tokens[1])
	for _, token := range r.remote.tokens {
		require.Regexp(t, "^[0-9a-f]{64}$", token, "as long as a ClientToken may be")
	}
	require.NotEqual(t, upstream.ForwardedToken("1", "2t"), upstream.ForwardedToken("12", "t"))
	require.Equal(t, "63297b2bd060601523cbb4520c720136627f96bceb34f304eb58b457b0a7e77d", upstream.ForwardedToken("1", "t1"), "endpoints know it by this")
}

func TestEveryRetryForwardsTheSameToken(t *testing.T) {
	r := open(t)
	r.remote.sell = lost
	for range 3 {
		_, err := r.sell1()
		require.ErrorIs(t, err, sale.ErrUnavailable)
	}
	require.Equal(t, r.remote.tokens[0], r.remote.tokens[1])
	require.Equal(t, r.remote.tokens[0], r.remote.tokens[2])

	status, err := upstream.Status(context.Background(), r.gate, "1", "t1")
	require.NoError(t, err)
	require.Equal(t, r.remote.tokens[0], status.Forwarded)
}

// An earlier version forwarded the caller's own token, and kept none in the row.
func TestARowOfAnEarlierVersionForwardsTheCallersToken(t *testing.T) {
	for _, state := range []tokenrow.State{tokenrow.Pending, tokenrow.Free} {
		t.Run(string(state), func(t *testing.T) {
			r := open(t)
			r.insert(t, append(tokenrow.FingerprintOf(create()).Columns(),
				store.String("state", state), store.Int("fence", 1), store.String("holder", "h"),
				store.Int("lease", 1), store.Int("since", 1), store.Int("doubt", 0)))

			for range 2 { // the second time the row is ours
				r.remote.sell = lost
				_, err := r.sell1()
				require.ErrorIs(t, err, sale.ErrUnavailable)
			}
			require.Equal(t, []string{"t1", "t1"}, r.remote.tokens)
		})
	}
}

func (r *reseller) insert(t *testing.T, columns store.Columns) {
	t.Helper()
	require.NoError(t, r.gate.Client.Commit(context.Background(), store.Insert(tokenrow.Key("1", "t1"), columns)))
}

func TestATokenThatTheLedgerSoldIsAnsweredWithItsOrder(t *testing.T) {
	r := open(t)
	r.insert(t, append(tokenrow.FingerprintOf(create()).Columns(), store.String("order_id", "o7"), store.String("instance_id", "i7"), store.Int("at", 1)))

	receipt, err := r.sell1()
	require.NoError(t, err)
	require.Equal(t, sale.Receipt{OrderID: "o7", InstanceID: "i7", Replayed: true}, receipt)

	other := create()
	other.VmNumber = 6
	_, err = r.sell(other)
	var mismatch *sale.Mismatch
	require.ErrorAs(t, err, &mismatch)
	require.Zero(t, r.remote.forwards)
}

func TestAReleaseIsForwardedWithoutAToken(t *testing.T) {
	r := open(t)
	release := sale.Release{InstanceID: "i1"}
	_, err := r.Sell(context.Background(), sale.Purchase{Owner: "1", Token: sale.ReleaseToken("i1"), Command: release}, nil)
	require.NoError(t, err)
	status, err := upstream.Status(context.Background(), r.gate, "1", sale.ReleaseToken("i1"))
	require.NoError(t, err)
	require.Empty(t, status.Forwarded, "a release is forwarded without a ClientToken")
}
