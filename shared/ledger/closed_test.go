package ledger_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
	"aegis/shared/store"
)

func TestAClosedAccountSellsNothingAndRefusesNothing(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	sold, err := s.sell("t1", create())
	require.NoError(t, err)
	changed, err := s.Close(ctx, owner)
	require.NoError(t, err)
	require.True(t, changed)
	closed, err := s.IsClosed(ctx, owner)
	require.NoError(t, err)
	require.True(t, closed)

	again, err := s.sell("t1", create())
	require.NoError(t, err, "a token that is known to be sold still answers its order")
	require.Equal(t, sold.OrderID, again.OrderID)
	_, err = s.sell("t2", create())
	require.ErrorIs(t, err, sale.ErrUnavailable, "not InstanceAlreadyExists: a refusal must be right too")
	changed, err = s.Close(ctx, owner)
	require.NoError(t, err)
	require.False(t, changed)

	changed, err = s.Open(ctx, owner)
	require.NoError(t, err)
	require.True(t, changed)
	_, err = s.sell("t2", create())
	requireRefused(t, err, sale.InstanceAlreadyExists)
	_, err = s.Close(ctx, "99")
	require.ErrorIs(t, err, sale.ErrNoAccount)
}

func TestASaleThatWasDecidedBeforeTheAccountWasClosedIsNotCommitted(t *testing.T) {
	s := open(t)
	s.gate.BeforeCommit = func(int, []store.Change) error {
		s.gate.BeforeCommit = nil
		_, err := s.Close(context.Background(), owner)
		return err
	}
	_, err := s.sell("t1", create())
	require.ErrorIs(t, err, sale.ErrUnavailable)
	s.requireBooks(t, 0)
}

func TestAClosedAccountDoesNotSayThatATokenIsUnsold(t *testing.T) {
	s := open(t)
	_, err := s.sell("kept", create())
	require.NoError(t, err)
	_, err = s.Close(context.Background(), owner)
	require.NoError(t, err)

	ask := func(token string) (sale.OrderPage, error) {
		return s.QueryOrders(context.Background(), owner, sale.OrderQuery{Token: token, Limit: 1}, nil)
	}
	page, err := ask("kept")
	require.NoError(t, err)
	require.Equal(t, sale.Sold, page.Token.State)
	_, err = ask("lost")
	require.ErrorIs(t, err, sale.ErrUnavailable, "the backup may have forgotten it")
}
