package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/operations"
)

func TestOperationsThatReadAreThoseOfTheTable(t *testing.T) {
	for _, o := range operations.All() {
		require.Equal(t, o.ReadOnly, Operation{Action: o.Name}.reads(), o.Name)
	}
}

func TestTheCallersRememberedAreBounded(t *testing.T) {
	now := time.Now()
	b := newBuckets(1)
	for n := range 3 * maxBuckets {
		require.NoError(t, b.take(fmt.Sprint(n), now))
		require.LessOrEqual(t, len(b.of), maxBuckets)
	}

	t.Run("and those who were quiet are forgotten first", func(t *testing.T) {
		b := newBuckets(1)
		require.NoError(t, b.take("busy", now.Add(time.Hour)))
		require.NoError(t, b.take("busy", now.Add(time.Hour)))
		for n := range maxBuckets - 1 {
			require.NoError(t, b.take(fmt.Sprint(n), now))
		}
		require.NoError(t, b.take("another", now.Add(time.Hour)))
		require.Error(t, b.take("busy", now.Add(time.Hour)))
	})
}
