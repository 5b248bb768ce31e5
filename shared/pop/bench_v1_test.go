package pop_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/aegis"
)

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
	call := decoded(b)
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
