package pop_test

import (
	"testing"
	"time"

	"aegis/shared/pop"
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
	return &pop.Signer{Credentials: pop.Credentials{AccessKeyID: "LTAI5tExampleExampleExam", AccessKeySecret: benchSecret}}
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

// The two refusals that must not differ in time: a wrong signature, and a key
// that does not exist.
func BenchmarkVerifyWrong(b *testing.B) {
	call := decoded(b)
	b.ReportAllocs()
	for b.Loop() {
		if call.Verify("another secret of usual length") == nil {
			b.Fatal("it verified")
		}
	}
}

func BenchmarkVerifyUnknown(b *testing.B) {
	call := decoded(b)
	b.ReportAllocs()
	for b.Loop() {
		if call.VerifyUnknown() == nil {
			b.Fatal("it verified")
		}
	}
}

// decoded returns the call of version 1.0, to be verified.
func decoded(b *testing.B) *pop.Call {
	call, err := pop.Decode(&pop.Request{Method: "POST", Query: fixed().SignV1("POST", createInstance())})
	if err != nil {
		b.Fatal(err)
	}
	return call
}
