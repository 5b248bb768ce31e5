package store_test

import (
	"testing"

	"aegis/shared/store"
)

// BenchmarkReserveStack compares a goroutine that reserves its stack before a deep call with
// one that does not.
func BenchmarkReserveStack(b *testing.B) {
	for name, first := range map[string]func() byte{"reserved": store.ReserveStack, "grown": func() byte { return 0 }} {
		b.Run(name, func(b *testing.B) {
			ended := make(chan byte)
			for b.Loop() {
				go func() { ended <- first() + deep(60) }()
				<-ended
			}
		})
	}
}

// deep uses about 10 KB of stack, in frames as small as those of net/http.
func deep(n int) byte {
	var frame [128]byte
	if n == 0 {
		return frame[0]
	}
	frame[n%128] = deep(n - 1)
	return frame[1]
}
