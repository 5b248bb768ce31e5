package conformance

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/aegis"
	"github.com/stretchr/testify/require"
)

// commonSDK is alibaba-cloud-sdk-go with CommonRequest for every action.
type commonSDK struct{}

func (commonSDK) call(t *testing.T, c sdkCall) reply {
	t.Helper()
	sdk := connect(t, c)
	request := requests.NewCommonRequest()
	request.Method, request.Scheme, request.Domain = "POST", "http", sdk.Domain
	request.Product, request.Version, request.ApiName = "aegis", "2016-11-11", c.Action
	request.QueryParams = c.Params
	response, err := sdk.ProcessCommonRequest(request)
	return sdkReply(t, response, err)
}

// typedSDK is alibaba-cloud-sdk-go with the generated aegis client; GetSummary,
// which that does not know, is a CommonRequest.
type typedSDK struct {
	retry bool // AutoRetry
}

func (s typedSDK) call(t *testing.T, c sdkCall) reply {
	t.Helper()
	sdk, p := connect(t, c), c.Params
	sdk.GetConfig().WithAutoRetry(s.retry)

	switch c.Action {
	case "CreateInstance":
		r := aegis.CreateCreateInstanceRequest()
		r.OwnerId, r.ClientToken, r.PricingCycle = requests.Integer(p["OwnerId"]), p["ClientToken"], p["PricingCycle"]
		r.Duration, r.VersionCode = requests.Integer(p["Duration"]), requests.Integer(p["VersionCode"])
		r.VmNumber, r.IsAutoRenew = requests.Integer(p["VmNumber"]), requests.Boolean(p["IsAutoRenew"])
		response, err := sdk.CreateInstance(r)
		return sdkReply(t, response, err)
	case "UpgradeInstance":
		r := aegis.CreateUpgradeInstanceRequest()
		r.OwnerId, r.ClientToken, r.InstanceId = requests.Integer(p["OwnerId"]), p["ClientToken"], p["InstanceId"]
		r.VersionCode, r.VmNumber = requests.Integer(p["VersionCode"]), requests.Integer(p["VmNumber"])
		response, err := sdk.UpgradeInstance(r)
		return sdkReply(t, response, err)
	case "RenewInstance":
		r := aegis.CreateRenewInstanceRequest()
		r.OwnerId, r.ClientToken, r.InstanceId = requests.Integer(p["OwnerId"]), p["ClientToken"], p["InstanceId"]
		r.Duration, r.PricingCycle, r.VmNumber = requests.Integer(p["Duration"]), p["PricingCycle"], p["VmNumber"]
		response, err := sdk.RenewInstance(r)
		return sdkReply(t, response, err)
	}

	return commonSDK{}.call(t, c)
}

func connect(t *testing.T, c sdkCall) *aegis.Client {
	t.Helper()
	sdk, err := aegis.NewClientWithAccessKey("cn-hangzhou", c.Key, c.Secret)
	require.NoError(t, err)
	endpoint, err := url.Parse(c.Endpoint)
	require.NoError(t, err)
	sdk.Domain = endpoint.Host
	sdk.GetConfig().WithScheme("HTTP")
	return sdk
}

func sdkReply(t *testing.T, response responses.AcsResponse, err error) reply {
	t.Helper()
	if err == nil {
		var answer map[string]any
		require.NoError(t, json.Unmarshal(response.GetHttpContentBytes(), &answer))
		return reply{Answer: answer}
	}

	refusal, ok := err.(*errors.ServerError)
	require.True(t, ok, "%v", err)
	return reply{Code: refusal.ErrorCode(), Message: refusal.Message(), Advice: refusal.Recommend()}
}
