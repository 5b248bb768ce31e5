package pop_test

import (
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

func TestCheckTime(t *testing.T) {
	call, err := pop.Decode(v1())
	require.NoError(t, err)
	t.Run("fifteen minutes either way pass", func(t *testing.T) {
		require.NoError(t, call.CheckTime(noon.Add(15*time.Minute)))
		require.NoError(t, call.CheckTime(noon.Add(-15*time.Minute)))
	})
	t.Run("a moment more is refused", func(t *testing.T) {
		require.Equal(t, "InvalidTimeStamp.Expired", code(t, call.CheckTime(noon.Add(15*time.Minute+1))))
		require.Equal(t, "InvalidTimeStamp.Expired", code(t, call.CheckTime(noon.Add(-15*time.Minute-1))))
	})
	t.Run("centuries do not wrap around", func(t *testing.T) {
		require.Equal(t, "InvalidTimeStamp.Expired", code(t, call.CheckTime(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))))
	})
}
