package tablestore

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// histogram counts durations in buckets of which each is an eighth wider than
// the one before starts: what it tells is at most 12.5 % too long.
type histogram struct {
	buckets [64 * 8]atomic.Int64
	total   atomic.Int64 // nanoseconds
}

func (h *histogram) note(d time.Duration) {
	h.buckets[bucketOf(uint64(max(0, d)))].Add(1)
	h.total.Add(int64(d))
}

func bucketOf(v uint64) int {
	if v < 8 {
		return int(v)
	}
	width := bits.Len64(v) - 1               // position of the leading bit, at least 3
	return (width-2)*8 + int(v>>(width-3))&7 // which eighth above it
}

// upper is the longest duration that falls into the bucket.
func upper(bucket int) time.Duration {
	if bucket < 8 {
		return time.Duration(bucket)
	}
	width, eighth := bucket/8+2, uint64(bucket%8)
	return time.Duration((8+eighth+1)<<(width-3) - 1)
}

// quantile is a duration that the share q of all were no longer than.
func (h *histogram) quantile(q float64) time.Duration {
	var counts [64 * 8]int64
	total := int64(0)
	for i := range h.buckets {
		counts[i] = h.buckets[i].Load()
		total += counts[i]
	}

	rank, seen := int64(q*float64(total)), int64(0)
	for i, n := range counts {
		if seen += n; n > 0 && seen > rank {
			return upper(i)
		}
	}

	for i := len(counts) - 1; i >= 0; i-- {
		if counts[i] > 0 {
			return upper(i)
		}
	}

	return 0
}
