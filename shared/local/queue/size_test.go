package queue_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/queue"
)

// The limit is that of the consumer, package function's MaxBatchEvent.
func TestABatchOfTheLongestMessagesFitsIntoTheConsumersLimit(t *testing.T) {
	const limit = 4 << 20
	largest := make(chan int, 1000)
	q, err := queue.Open(queue.Config{
		Count: 100, Duplicates: 90, Random: rand.New(rand.NewPCG(1, 2)),
		Deliver: func(_ context.Context, event []byte) error {
			largest <- len(event)
			return nil
		},
		Dead: (&subscriber{}).bury,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, q.Close()) })

	for range 20 {
		require.NoError(t, q.Send("m", []byte(strings.Repeat("\x01", queue.MaxMessage))))
	}
	q.Start()
	settled(t, q, 20)
	close(largest)
	for size := range largest {
		require.LessOrEqual(t, size, limit)
	}
}
