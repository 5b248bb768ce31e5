package queue

import (
	"math/rand/v2"
	"time"
)

// Retry is a strategy of EventBridge for batches that fail.
type Retry int

const (
	BackoffRetry          Retry = iota // BACKOFF_RETRY: 3 retries, 10 to 20 s apart
	ExponentialDecayRetry              // EXPONENTIAL_DECAY_RETRY: 176 retries over a day, 1, 2, 4 … 512 s apart
)

// waits are the pauses before each retry.
func (r Retry) waits(random *rand.Rand) []time.Duration {
	if r == BackoffRetry {
		waits := make([]time.Duration, 3)
		for i := range waits {
			waits[i] = 10*time.Second + time.Duration(random.Int64N(int64(10*time.Second)))
		}
		return waits
	}

	waits := make([]time.Duration, 176)
	for i := range waits {
		waits[i] = time.Second << min(i, 9)
	}

	return waits
}
