package sale_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
)

func TestTwoClocksThatDisagreeAboutTheDaySpendOneCeiling(t *testing.T) {
	midnight := shanghai(t, "2026-05-11 00:00:00")
	spend := func(a sale.Account, at time.Time) (sale.Account, error) {
		d, err := sale.Decision{Account: a, Order: sale.Order{Amount: 100}}.Within("k", 100, at)
		return d.Account, err
	}
	before, after := midnight.Add(-20*time.Millisecond), midnight.Add(20*time.Millisecond)

	a, err := spend(sale.Account{}, before)
	require.NoError(t, err)
	a, err = spend(a, after)
	require.NoError(t, err, "a new day")
	_, err = spend(a, before)
	require.Error(t, err, "yesterday does not come back")
	_, err = spend(a, after)
	require.Error(t, err)
}
