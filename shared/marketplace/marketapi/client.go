// Package marketapi reads the marketplace's records through the Market OpenAPI, as the
// vendor. It is a package of its own so that functions that only sell do not link
// Alibaba Cloud's SDK.
package marketapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"

	"aegis/shared/marketplace"
	"aegis/shared/pop"
)

// Endpoint is the public endpoint of the Market OpenAPI.
const Endpoint = "https://market.aliyuncs.com"

// Client asks the Market OpenAPI (version 2015-11-01) as the vendor, by
// CommonRequest: alibaba-cloud-sdk-go has no typed requests for the vendor's side.
type Client struct {
	scheme, host string
	credentials  func(context.Context) pop.Credentials
	transport    http.RoundTripper
}

// New returns a client. It calls credentials, which returns the vendor's key, for each
// call.
func New(endpoint string, credentials func(context.Context) pop.Credentials) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("open the Market OpenAPI: %q is no endpoint: it must be http:// or https:// and a host", endpoint)
	}
	return &Client{
		scheme: strings.ToUpper(u.Scheme), host: u.Host, credentials: credentials,
		transport: &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute},
	}, nil
}

// Instance implements Truth by DescribeInstanceForIsv.
func (m *Client) Instance(ctx context.Context, instanceID string) (marketplace.Entitlement, error) {
	var answer struct {
		Status  marketplace.Status
		EndOn   int64 // epoch ms
		IsTrial bool
		OrderID json.Number `json:"OrderId"`
	}
	if err := m.call(ctx, "DescribeInstanceForIsv", "InstanceId", instanceID, &answer); err != nil {
		return marketplace.Entitlement{}, err
	}

	if answer.Status == "" {
		return marketplace.Entitlement{}, fmt.Errorf("DescribeInstanceForIsv of %s: the answer has no Status", instanceID)
	}

	e := marketplace.Entitlement{Status: answer.Status, Trial: answer.IsTrial, OrderID: answer.OrderID.String()}
	if answer.EndOn > 0 {
		e.Ends = time.UnixMilli(answer.EndOn)
	}

	return e, nil
}

// Paid implements Truth by DescribeOrderForIsv.
func (m *Client) Paid(ctx context.Context, orderID string) (bool, error) {
	var answer struct{ PayStatus, OrderStatus string }
	if err := m.call(ctx, "DescribeOrderForIsv", "OrderId", orderID, &answer); err != nil {
		return false, err
	}
	return answer.PayStatus == "PAID", nil
}

func (m *Client) call(ctx context.Context, action, name, value string, answer any) error {
	client, err := m.client(ctx)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", action, value, err)
	}

	r := requests.NewCommonRequest()
	r.Method = http.MethodPost
	r.Scheme = m.scheme
	r.Domain = m.host
	r.Version = "2015-11-01"
	r.ApiName = action
	r.QueryParams["Format"] = "JSON"
	r.QueryParams[name] = value
	response, err := client.ProcessCommonRequest(r)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", action, value, withoutURL(err))
	}

	if err := json.Unmarshal(response.GetHttpContentBytes(), answer); err != nil {
		return fmt.Errorf("%s of %s: the answer is not the JSON object that is documented", action, value)
	}
	return nil
}

// client returns an SDK client for one call, since the SDK otherwise takes neither a
// context nor changing credentials. All share one transport.
func (m *Client) client(ctx context.Context) (*sdk.Client, error) {
	config := sdk.NewConfig().WithScheme(m.scheme).WithAutoRetry(false).WithTimeout(5 * time.Second)
	config.Transport = withContext{ctx, m.transport}
	k := m.credentials(ctx)
	var credential auth.Credential = credentials.NewAccessKeyCredential(k.AccessKeyID, k.AccessKeySecret)
	if k.SecurityToken != "" {
		credential = credentials.NewStsTokenCredential(k.AccessKeyID, k.AccessKeySecret, k.SecurityToken)
	}

	client, err := sdk.NewClientWithOptions("cn-hangzhou", config, credential)
	if err != nil {
		return nil, fmt.Errorf("make the SDK's client: %w", err)
	}
	return client, nil
}

// withoutURL returns the part of an error that may be logged, in one line: a
// transport's error without the signed URL, or the code and message of an answer.
func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	if refused, ok := errors.AsType[*sdkerrors.ServerError](err); ok {
		return fmt.Errorf("%s: %s", refused.ErrorCode(), refused.Message())
	}
	return err
}

// withContext sends requests under a context.
type withContext struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (w withContext) RoundTrip(r *http.Request) (*http.Response, error) {
	return w.next.RoundTrip(r.WithContext(w.ctx))
}

// Open implements app.OpenTruth. An empty endpoint is the public one.
func Open(endpoint string, credentials func(context.Context) pop.Credentials) (marketplace.Truth, error) {
	if endpoint == "" {
		endpoint = Endpoint
	}
	return New(endpoint, credentials)
}
