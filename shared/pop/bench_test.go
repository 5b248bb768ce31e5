package pop_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/aegis"
)

// The request that every figure is about: CreateInstance, with all that the
// published SDKs send along.

const benchSecret = "abcdefghijklmnopqrstuvwxyz0123"

func createInstance() pop.Params {
	return pop.Params{
		{Name: "Action", Value: "CreateInstance"},
		{Name: "AutoRenewDuration", Value: "1"},
		{Name: "ClientToken", Value: "0c593ea1-3bea-11e9-b96b-88e9fe637760"},
		{Name: "Duration", Value: "1"},
		{Name: "Format", Value: "JSON"},
		{Name: "IsAutoRenew", Value: "true"},
		{Name: "OwnerId", Value: "1000000000000001"},
		{Name: "PricingCycle", Value: "Month"},
		{Name: "RegionId", Value: "cn-hangzhou"},
		{Name: "SignatureType", Value: ""},
		{Name: "Version", Value: "2016-11-11"},
		{Name: "VersionCode", Value: "4"},
		{Name: "VmNumber", Value: "3"},
	}
}

func benchSigner() *pop.Signer {
	return &pop.Signer{Credentials: pop.Credentials{AccessKeyID: "LTAI5tExampleExampleExam", Secret: benchSecret}}
}

// createInstanceV3 is the same call as version 3 sends it.
func createInstanceV3() *pop.Request {
	business := createInstance()[1:9]
	return &pop.Request{
		Method: "POST", Host: "aegis.cn-hangzhou.aliyuncs.com", Query: business,
		Header: pop.Params{
			{Name: "accept", Value: "application/json"},
			{Name: "user-agent", Value: "example/1.0"},
			{Name: "x-acs-action", Value: "CreateInstance"},
			{Name: "x-acs-version", Value: "2016-11-11"},
		},
	}
}

// fixed is benchSigner with a nonce and a time that cost nothing, so that what
// is measured is signing.
func fixed() *pop.Signer {
	s := benchSigner()
	s.Nonce = func() string { return "3156853299f313e23d1673dc12e1703d" }
	s.Clock = func() time.Time { return noon }
	return s
}

func BenchmarkV1Sign(b *testing.B) {
	signer, params := fixed(), createInstance()
	b.ReportAllocs()
	for b.Loop() {
		signer.SignV1("POST", params)
	}
}

// BenchmarkV1SignFresh signs with a nonce and the time of its own, as the
// published signers below do too.
func BenchmarkV1SignFresh(b *testing.B) {
	signer, params := benchSigner(), createInstance()
	b.ReportAllocs()
	for b.Loop() {
		signer.SignV1("POST", params)
	}
}

func BenchmarkV1Verify(b *testing.B) {
	call, err := pop.Decode(&pop.Request{Method: "POST", Query: benchSigner().SignV1("POST", createInstance())})
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

func BenchmarkV1BareHMACSHA1(b *testing.B) {
	bare := bareV1()
	b.ReportAllocs()
	for b.Loop() {
		bare()
	}
}

// bareV1 takes the HMAC of the StringToSign and does nothing else.
func bareV1() func() {
	signed := benchSigner().SignV1("POST", createInstance())
	text := []byte(pop.TraceV1(pop.HMACSHA1, benchSecret, "POST", signed).StringToSign)
	key := []byte(benchSecret + "&")
	return func() {
		mac := hmac.New(sha1.New, key)
		mac.Write(text)
		mac.Sum(nil)
	}
}

func BenchmarkV1SignAlibabaSDK(b *testing.B) {
	sign := alibabaSDK(b)
	b.ReportAllocs()
	for b.Loop() {
		sign()
	}
}

// alibabaSDK signs the same call with alibaba-cloud-sdk-go's signer.
func alibabaSDK(b *testing.B) func() {
	provider, err := auth.ToCredentialsProvider(credentials.NewAccessKeyCredential("LTAI5tExampleExampleExam", benchSecret))
	if err != nil {
		b.Fatal(err)
	}
	request := aegis.CreateCreateInstanceRequest()
	request.Duration, request.PricingCycle = "1", "Month"
	request.VersionCode, request.VmNumber = "4", "3"
	request.IsAutoRenew, request.AutoRenewDuration = "true", "1"
	request.ClientToken, request.OwnerId = "0c593ea1-3bea-11e9-b96b-88e9fe637760", "1000000000000001"
	if err := requests.InitParams(request); err != nil {
		b.Fatal(err)
	}
	return func() {
		if err := auth.Sign(request, nil, "cn-hangzhou", provider); err != nil {
			b.Fatal(err)
		}
	}
}

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

func BenchmarkDecodeV1(b *testing.B) {
	request := &pop.Request{Method: "POST", RawQuery: benchSigner().SignV1("POST", createInstance()).Encode()}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pop.Decode(request); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeV3(b *testing.B) {
	request := createInstanceV3()
	request.Header = benchSigner().SignV3(request)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pop.Decode(request); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkV1SignWorst signs as many parameters as there may be, in the worst
// order for sorting.
func BenchmarkV1SignWorst(b *testing.B) {
	params := make(pop.Params, 0, 58)
	for i := range cap(params) {
		params = append(params, pop.Param{Name: "Parameter." + string(rune('z'-i)), Value: "v"})
	}
	signer := benchSigner()
	signer.Clock = func() time.Time { return time.Unix(0, 0) }
	b.ReportAllocs()
	for b.Loop() {
		signer.SignV1("POST", params)
	}
}
