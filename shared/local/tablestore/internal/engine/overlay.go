package engine

import (
	"bytes"
	"iter"
	"slices"
)

// over merges the staged values of a bucket into a walk over the stored ones.
func (w *Writes) over(b Bucket, stored iter.Seq2[[]byte, []byte], start, end []byte, backward bool) iter.Seq2[[]byte, []byte] {
	values := w.values[b]
	staged := w.keys(b, start, end, backward)
	return func(yield func(key, value []byte) bool) {
		emit := func(n int) bool { // the first n staged keys
			for _, key := range staged[:n] {
				if value := values[string(key)]; value != nil && !yield(key, value) {
					return false
				}
			}
			staged = staged[n:]
			return true
		}

		for key, value := range stored {
			if !emit(earlier(staged, key, backward)) {
				return
			}
			if _, replaced := values[string(key)]; !replaced && !yield(key, value) {
				return
			}
		}

		emit(len(staged))
	}
}

// keys are the bucket's staged keys within the range, in walking order.
func (w *Writes) keys(b Bucket, start, end []byte, backward bool) [][]byte {
	var keys [][]byte
	for key := range w.values[b] {
		k := []byte(key)
		started := start == nil || bytes.Equal(k, start) || !before(k, start, backward)
		if started && before(k, end, backward) {
			keys = append(keys, k)
		}
	}

	slices.SortFunc(keys, bytes.Compare)
	if backward {
		slices.Reverse(keys)
	}

	return keys
}

// earlier counts the leading keys that a walk meets no later than key.
func earlier(keys [][]byte, key []byte, backward bool) int {
	n := 0
	for n < len(keys) && (before(keys[n], key, backward) || bytes.Equal(keys[n], key)) {
		n++
	}
	return n
}
