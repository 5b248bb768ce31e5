package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// history is a shop with an instance and renewals of it, a day apart, and their ids,
// oldest first.
func history(t *testing.T, renewals int) (s *shop, ids []string, day func(int) time.Time) {
	s = open(t)
	start := time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)
	now := start
	l, err := ledger.New(ledger.Config{Store: s.gate, Clock: func() time.Time { return now }})
	require.NoError(t, err)
	s.Ledger = l

	receipt, err := s.sell("t0", create())
	require.NoError(t, err)
	ids = append(ids, receipt.OrderID)
	for n := range renewals {
		now = now.AddDate(0, 0, 1)
		r, err := s.sell(fmt.Sprint("t", n+1), renew(receipt.InstanceID))
		require.NoError(t, err)
		ids = append(ids, r.OrderID)
	}
	return s, ids, func(n int) time.Time { return start.AddDate(0, 0, n) }
}

// query returns the ids of all pages, newest first, and the number of pages.
func (s *shop) query(t *testing.T, q sale.OrderQuery) (ids []string, pages int) {
	t.Helper()
	for {
		page, err := s.QueryOrders(context.Background(), owner, q, nil)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Orders), q.Limit)
		for _, o := range page.Orders {
			if o.Channel != sale.Operator { // the test's own deposits
				ids = append(ids, o.ID)
			}
		}
		pages++
		if q.Start = page.Next; page.Next == "" {
			return ids, pages
		}
	}
}

func newest(ids []string) (reversed []string) {
	for n := len(ids) - 1; n >= 0; n-- {
		reversed = append(reversed, ids[n])
	}
	return reversed
}

func TestOrdersAreFoundByEachFilter(t *testing.T) {
	s, ids, day := history(t, 5)
	instance := s.requireBooks(t, 6)[0].InstanceID
	for name, c := range map[string]struct {
		query sale.OrderQuery
		want  []string
	}{
		"none":                          {sale.OrderQuery{}, newest(ids)},
		"an instance":                   {sale.OrderQuery{InstanceID: instance}, newest(ids)},
		"another instance":              {sale.OrderQuery{InstanceID: "aegis-x"}, nil},
		"a channel":                     {sale.OrderQuery{Channel: sale.API}, newest(ids)},
		"another channel":               {sale.OrderQuery{Channel: sale.Market}, nil},
		"an order":                      {sale.OrderQuery{OrderID: ids[2]}, ids[2:3]},
		"an order of another instance":  {sale.OrderQuery{OrderID: ids[2], InstanceID: "aegis-x"}, nil},
		"from a time on, which counts":  {sale.OrderQuery{From: day(3)}, newest(ids[3:])},
		"up to a time, which does not":  {sale.OrderQuery{To: day(3)}, newest(ids[:3])},
		"between two times":             {sale.OrderQuery{From: day(1), To: day(4)}, newest(ids[1:4])},
		"a token":                       {sale.OrderQuery{Token: "t4"}, ids[4:5]},
		"a token and another instance":  {sale.OrderQuery{Token: "t4", InstanceID: "aegis-x"}, nil},
		"a token from before the time":  {sale.OrderQuery{Token: "t4", From: day(5)}, nil},
		"an instance between two times": {sale.OrderQuery{InstanceID: instance, From: day(1), To: day(4)}, newest(ids[1:4])},
	} {
		t.Run(name, func(t *testing.T) {
			for _, limit := range []int{1, 2, 100} {
				c.query.Limit = limit
				got, _ := s.query(t, c.query)
				require.Equal(t, c.want, got, "pages of %d", limit)
			}
		})
	}
}

func TestAQueryIsOneRoundTrip(t *testing.T) {
	s, ids, _ := history(t, 2)
	for name, ask := range map[string]func() error{
		"a token": func() error {
			_, err := s.QueryOrders(context.Background(), owner, sale.OrderQuery{Token: "t1"}, nil)
			return err
		},
		"a detail":  func() error { _, err := s.OrderDetail(context.Background(), owner, ids[0], nil); return err },
		"a price":   func() error { _, err := s.Quote(context.Background(), owner, create(), nil); return err },
		"a summary": func() error { _, err := s.Summary(context.Background(), owner, nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			before, written := s.gate.Counts()
			require.NoError(t, ask())
			reads, commits := s.gate.Counts()
			require.Equal(t, 1, reads-before)
			require.Equal(t, written, commits)
		})
	}
}

func TestATokenSaysWhatBecameOfIt(t *testing.T) {
	s := open(t)
	ask := func(token string) sale.OrderPage {
		page, err := s.QueryOrders(context.Background(), owner, sale.OrderQuery{Token: token, Limit: 1}, nil)
		require.NoError(t, err)
		return page
	}
	require.Equal(t, sale.Unsold, ask("t1").Token.State)

	_, err := s.sellWithin("t1", create(), atMost(1))
	requireRefused(t, err, sale.AmountExceeded)
	require.Equal(t, sale.Unsold, ask("t1").Token.State, "a refusal leaves it free")

	receipt, err := s.sell("t1", create())
	require.NoError(t, err)
	page := ask("t1")
	require.Equal(t, sale.Sold, page.Token.State)
	require.Equal(t, receipt.OrderID, page.Orders[0].ID)
	require.Equal(t, receipt.InstanceID, page.Orders[0].InstanceID)
	require.Equal(t, sale.CreateInstance, page.Orders[0].Operation)

	since := time.Date(2026, 5, 10, 3, 0, 0, 0, time.UTC)
	require.NoError(t, s.gate.Client.Commit(context.Background(), store.Insert(tokenrow.Key(owner, "forwarded"), store.Columns{
		store.String(tokenrow.StateColumn, tokenrow.Pending), store.Int(tokenrow.Since, since.UnixMilli()), store.Int(tokenrow.Lease, since.Add(2*time.Hour).UnixMilli()),
	})))
	pending := ask("forwarded").Token
	require.Equal(t, sale.Pending, pending.State)
	require.True(t, since.Equal(pending.Since))
	require.True(t, since.Add(2*time.Hour).Equal(pending.RetryAt))
}

func TestAnOrderOfAnotherOwnerIsNotFound(t *testing.T) {
	s, ids, _ := history(t, 0)
	_, err := s.OrderDetail(context.Background(), "7", ids[0], nil)
	require.ErrorIs(t, err, sale.ErrNoOrder)
	_, err = s.OrderDetail(context.Background(), owner, ids[0], nil)
	require.NoError(t, err)
}

func TestAQueryFromATimeOnReadsNoOlderPages(t *testing.T) {
	s, ids, day := history(t, 9)
	got, pages := s.query(t, sale.OrderQuery{From: day(7), Limit: 3})
	require.Equal(t, newest(ids[7:]), got)
	require.LessOrEqual(t, pages, 2)
}
