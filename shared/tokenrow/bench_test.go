package tokenrow_test

import (
	"testing"

	"aegis/shared/sale"
	"aegis/shared/tokenrow"
)

// BenchmarkFingerprint is what a purchase spends on the fingerprint of its token.
func BenchmarkFingerprint(b *testing.B) {
	c := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Year}, VersionCode: 4, VmNumber: 100}
	b.ReportAllocs()
	for b.Loop() {
		_ = tokenrow.FingerprintOf(c)
	}
}
