package main

import (
	"encoding/hex"
	"testing"

	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
)

// BenchmarkV3SignDarabonba signs the CreateInstance of shared/pop's own
// benchmarks with darabonba-openapi's signer: a nonce, the time, the hash of the
// empty body, and the Authorization.
func BenchmarkV3SignDarabonba(b *testing.B) {
	request := dara.NewRequest()
	request.Method, request.Pathname = dara.String("POST"), dara.String("/")
	request.Query = pointers(map[string]string{
		"AutoRenewDuration": "1", "ClientToken": "0c593ea1-3bea-11e9-b96b-88e9fe637760", "Duration": "1", "Format": "JSON",
		"IsAutoRenew": "true", "OwnerId": "1000000000000001", "PricingCycle": "Month", "RegionId": "cn-hangzhou",
	})
	request.Headers = pointers(map[string]string{
		"host": "aegis.cn-hangzhou.aliyuncs.com", "accept": "application/json", "user-agent": "example/1.0",
		"x-acs-action": "CreateInstance", "x-acs-version": "2016-11-11",
	})
	algorithm, key, secret := dara.String("ACS3-HMAC-SHA256"), dara.String("LTAI5tExampleExampleExam"), dara.String("abcdefghijklmnopqrstuvwxyz0123")
	b.ReportAllocs()
	for b.Loop() {
		request.Headers["x-acs-date"] = openapiutil.GetTimestamp()
		request.Headers["x-acs-signature-nonce"] = openapiutil.GetNonce()
		payload := dara.String(hex.EncodeToString(openapiutil.Hash(nil, algorithm)))
		request.Headers["x-acs-content-sha256"] = payload
		openapiutil.GetAuthorization(request, algorithm, payload, key, secret)
	}
}
