package pop_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"testing"

	"aegis/shared/pop"
)

func BenchmarkV3Sign(b *testing.B) {
	signer, request := fixed(), createInstanceV3()
	b.ReportAllocs()
	for b.Loop() {
		signer.SignV3(request)
	}
}

// BenchmarkV3SignFresh signs with a nonce and the time of its own.
func BenchmarkV3SignFresh(b *testing.B) {
	signer, request := benchSigner(), createInstanceV3()
	b.ReportAllocs()
	for b.Loop() {
		signer.SignV3(request)
	}
}

func BenchmarkV3Verify(b *testing.B) {
	request := createInstanceV3()
	request.Header = benchSigner().SignV3(request)
	call, err := pop.Decode(request)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := call.Verify(benchSecret); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkV3BareHashes(b *testing.B) {
	bare := bareV3()
	b.ReportAllocs()
	for b.Loop() {
		bare()
	}
}

// bareV3 hashes the (empty) body and the CanonicalRequest, takes the HMAC of
// the StringToSign, and does nothing else.
func bareV3() func() {
	request := createInstanceV3()
	request.Header = benchSigner().SignV3(request)
	trace := pop.TraceV3(benchSecret, request, allSigned)
	canonical, text, key := []byte(trace.Canonical), []byte(trace.StringToSign), []byte(benchSecret)
	return func() {
		sha256.Sum256(nil)
		sha256.Sum256(canonical)
		mac := hmac.New(sha256.New, key)
		mac.Write(text)
		mac.Sum(nil)
	}
}
