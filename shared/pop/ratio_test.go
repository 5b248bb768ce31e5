package pop_test

import (
	"testing"
	"time"

	"aegis/shared/pop"
)

// BenchmarkRatio measures signing and verifying beside the bare hashes over the
// same bytes, in turns, so that a busy machine slows both alike. It reports the
// best of each and their ratio.
func BenchmarkRatio(b *testing.B) {
	signer, params, request := fixed(), createInstance(), createInstanceV3()
	one := decoded(b)
	received := createInstanceV3()
	received.Header = signer.SignV3(received)
	three, err := pop.Decode(received)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("V1Sign", func(b *testing.B) { beside(b, bareV1(), func() { signer.SignV1("POST", params) }) })
	b.Run("V1SignFresh", func(b *testing.B) { beside(b, bareV1(), func() { benchSigner().SignV1("POST", params) }) })
	b.Run("V1SignAlibabaSDK", func(b *testing.B) { beside(b, bareV1(), alibabaSDK(b)) })
	b.Run("V1Verify", func(b *testing.B) { beside(b, bareV1(), func() { _ = one.Verify(benchSecret) }) })
	b.Run("V3Sign", func(b *testing.B) { beside(b, bareV3(), func() { signer.SignV3(request) }) })
	b.Run("V3SignFresh", func(b *testing.B) { beside(b, bareV3(), func() { benchSigner().SignV3(request) }) })
	b.Run("V3Verify", func(b *testing.B) { beside(b, bareV3(), func() { _ = three.Verify(benchSecret) }) })
}

func beside(b *testing.B, bare, work func()) {
	floor, best := time.Hour, time.Hour
	for b.Loop() {
		floor, best = min(floor, batch(bare)), min(best, batch(work))
	}
	b.ReportMetric(float64(floor.Nanoseconds()), "ns/bare")
	b.ReportMetric(float64(best.Nanoseconds()), "ns/work")
	b.ReportMetric(float64(best)/float64(floor), "ratio")
	b.ReportMetric(0, "ns/op")
}

// batch returns the time of one call, over a hundred.
func batch(call func()) time.Duration {
	began := time.Now()
	for range 100 {
		call()
	}
	return time.Since(began) / 100
}
