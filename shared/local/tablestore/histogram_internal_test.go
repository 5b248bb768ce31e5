package tablestore

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestBucketsHoldTheirDurationsClosely(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Int64Range(0, int64(time.Hour)).Draw(t, "duration")
		bound := upper(bucketOf(uint64(d)))
		require.GreaterOrEqual(t, int64(bound), d)
		require.LessOrEqual(t, int64(bound), d+d/8+1)
	})
}

func TestQuantiles(t *testing.T) {
	var h histogram
	require.Zero(t, h.quantile(0.5))
	for i := range 1000 {
		h.note(time.Duration(i+1) * time.Microsecond)
	}
	require.InEpsilon(t, float64(500*time.Microsecond), float64(h.quantile(0.50)), 0.13)
	require.InEpsilon(t, float64(990*time.Microsecond), float64(h.quantile(0.99)), 0.13)
}
