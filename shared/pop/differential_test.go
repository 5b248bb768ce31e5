package pop_test

import (
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSignerTakesTheSameStepsAsAlibabaSDK(t *testing.T) {
	provider, err := auth.ToCredentialsProvider(credentials.NewStsTokenCredential("testid", "testsecret", "a+/="))
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		request := requests.NewCommonRequest()
		request.Method = rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method")
		request.ApiName, request.Version, request.Product = "CreateInstance", "2016-11-11", "aegis"
		request.TransToAcsRequest()
		own := business(t)
		for i, p := range own {
			if i%2 == 0 {
				request.QueryParams[p.Name] = p.Value
			} else {
				request.FormParams[p.Name] = p.Value
			}
		}
		require.NoError(t, auth.Sign(request, nil, "cn-hangzhou", provider))
		theirs := append(params(request.QueryParams), params(request.FormParams)...)

		signed := theirSigner(t, request.QueryParams).SignV1(request.Method, theirs)
		require.Equal(t, request.QueryParams["Signature"], signed[len(signed)-1].Value)
		require.ElementsMatch(t, theirs, signed)
		require.Equal(t, request.GetStringToSign(), pop.TraceV1(pop.HMACSHA1, "", request.Method, theirs).StringToSign)
	})
}

// theirSigner signs at the time and with the nonce that the SDK chose.
func theirSigner(t *rapid.T, query map[string]string) *pop.Signer {
	at, err := time.Parse(time.RFC3339, query["Timestamp"])
	require.NoError(t, err)
	return &pop.Signer{
		Credentials: pop.Credentials{AccessKeyID: "testid", AccessKeySecret: "testsecret", SecurityToken: "a+/="},
		Clock:       func() time.Time { return at },
		Nonce:       func() string { return query["SignatureNonce"] },
	}
}
