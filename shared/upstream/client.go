package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/aegis"

	"aegis/shared/ledger"
	"aegis/shared/sale"
)

// Credentials are an access key, or an STS triple.
type Credentials struct{ AccessKeyID, Secret, SecurityToken string }

// ClientConfig says where an endpoint is and who calls it.
type ClientConfig struct {
	URL         string                            // e.g. https://aegis.cn-hangzhou.aliyuncs.com
	Region      string                            // "": cn-hangzhou
	Credentials func(context.Context) Credentials // asked for each call
	AutoRetry   bool                              // the SDK's own, on 5xx and broken connections
	Transport   http.RoundTripper                 // nil: one of its own
}

// Client calls an Aegis endpoint with Alibaba Cloud's own SDK. It is safe for
// concurrent use.
type Client struct {
	config ClientConfig
	scheme string
	host   string
}

// NewClient makes a Client.
func NewClient(c ClientConfig) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("make client: %q is no endpoint: it must be http:// or https:// and a host", c.URL)
	}
	if c.Credentials == nil {
		return nil, errors.New("make client: it needs credentials")
	}
	if c.Region == "" {
		c.Region = "cn-hangzhou"
	}
	if c.Transport == nil {
		c.Transport = &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}
	}
	return &Client{config: c, scheme: strings.ToUpper(u.Scheme), host: u.Host}, nil
}

// sdk makes an SDK client for one call: the SDK takes neither a context nor
// changing credentials otherwise. They share one transport.
func (c *Client) sdk(ctx context.Context) (*aegis.Client, error) {
	config := sdk.NewConfig().WithScheme(c.scheme).WithAutoRetry(c.config.AutoRetry).WithTimeout(time.Minute)
	config.Transport = bound{ctx, c.config.Transport}
	k := c.config.Credentials(ctx)
	var credential auth.Credential = credentials.NewAccessKeyCredential(k.AccessKeyID, k.Secret)
	if k.SecurityToken != "" {
		credential = credentials.NewStsTokenCredential(k.AccessKeyID, k.Secret, k.SecurityToken)
	}
	client, err := aegis.NewClientWithOptions(c.config.Region, config, credential)
	if err != nil {
		return nil, fmt.Errorf("make the SDK's client: %w", err)
	}
	client.Domain = c.host
	return client, nil
}

// bound sends requests under a context.
type bound struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b bound) RoundTrip(r *http.Request) (*http.Response, error) {
	return b.next.RoundTrip(r.WithContext(b.ctx))
}

// Sell implements Remote.
func (c *Client) Sell(ctx context.Context, owner, token string, command sale.Command) (ledger.Receipt, error) {
	client, err := c.sdk(ctx)
	if err != nil {
		return ledger.Receipt{}, err
	}
	var receipt ledger.Receipt
	switch p := command.(type) {
	case sale.Create:
		receipt, err = create(client, owner, token, p)
	case sale.Upgrade:
		receipt, err = upgrade(client, owner, token, p)
	case sale.Renew:
		receipt, err = renew(client, owner, token, p)
	case sale.Release:
		receipt, err = release(client, owner, p)
	default:
		return ledger.Receipt{}, fmt.Errorf("forward: the endpoint has no %s", command.Operation())
	}
	if err != nil {
		return ledger.Receipt{}, classify(err)
	}
	if receipt.OrderID == "" {
		return ledger.Receipt{}, errors.New("forward: the endpoint answered without an OrderId")
	}
	return receipt, nil
}

func create(client *aegis.Client, owner, token string, p sale.Create) (ledger.Receipt, error) {
	r := aegis.CreateCreateInstanceRequest()
	r.OwnerId, r.ClientToken = requests.Integer(owner), token
	r.Duration, r.PricingCycle = requests.NewInteger(p.Term.Duration), string(p.Term.Cycle)
	r.VersionCode, r.VmNumber = requests.NewInteger(p.VersionCode), requests.NewInteger(p.VmNumber)
	r.IsAutoRenew, r.AutoRenewDuration = requests.NewBoolean(p.AutoRenew), requests.NewInteger(p.AutoRenewMonths)
	answer, err := client.CreateInstance(r)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return ledger.Receipt{OrderID: answer.OrderId, InstanceID: answer.InstanceId}, nil
}

func upgrade(client *aegis.Client, owner, token string, p sale.Upgrade) (ledger.Receipt, error) {
	r := aegis.CreateUpgradeInstanceRequest()
	r.OwnerId, r.ClientToken, r.InstanceId = requests.Integer(owner), token, p.InstanceID
	r.VersionCode, r.VmNumber = requests.NewInteger(p.VersionCode), requests.NewInteger(p.VmNumber)
	answer, err := client.UpgradeInstance(r)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return ledger.Receipt{OrderID: answer.OrderId, InstanceID: p.InstanceID}, nil
}

func renew(client *aegis.Client, owner, token string, p sale.Renew) (ledger.Receipt, error) {
	r := aegis.CreateRenewInstanceRequest()
	r.OwnerId, r.ClientToken, r.InstanceId = requests.Integer(owner), token, p.InstanceID
	r.Duration, r.PricingCycle, r.VmNumber = requests.NewInteger(p.Term.Duration), string(p.Term.Cycle), strconv.Itoa(p.VmNumber)
	answer, err := client.RenewInstance(r)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return ledger.Receipt{OrderID: answer.OrderId, InstanceID: p.InstanceID}, nil
}

// Summary implements Remote, by a CommonRequest, since no SDK has GetSummary.
func (c *Client) Summary(ctx context.Context, owner string) (sale.Summary, error) {
	client, err := c.sdk(ctx)
	if err != nil {
		return sale.Summary{}, err
	}
	r := requests.NewCommonRequest()
	r.Method, r.Scheme, r.Domain, r.Version, r.ApiName = "POST", c.scheme, c.host, "2016-11-11", "GetSummary"
	r.QueryParams["Format"] = "JSON"
	if owner != "" {
		r.QueryParams["OwnerId"] = owner
	}
	answer, err := client.ProcessCommonRequest(r)
	if err != nil {
		return sale.Summary{}, classify(err)
	}
	return readSummary(answer.GetHttpContentBytes())
}

// readSummary takes either spelling of the instance's id.
func readSummary(text []byte) (sale.Summary, error) {
	var answer struct {
		TotalMachineNum     string
		ExpireDateTimestamp int64 // epoch ms
		InstanceId          string
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return sale.Summary{}, fmt.Errorf("read the answer of GetSummary: %w", err)
	}
	machines, err := strconv.Atoi(answer.TotalMachineNum)
	if err != nil {
		return sale.Summary{}, fmt.Errorf("read the answer of GetSummary: TotalMachineNum: %w", err)
	}
	s := sale.Summary{Machines: machines, InstanceID: answer.InstanceId}
	if answer.ExpireDateTimestamp > 0 {
		s.Expires = time.UnixMilli(answer.ExpireDateTimestamp)
	}
	return s, nil
}

// release has no ClientToken and is answered by a RequestId alone, which stands
// for the order.
func release(client *aegis.Client, owner string, p sale.Release) (ledger.Receipt, error) {
	r := aegis.CreateReleaseInstanceRequest()
	r.OwnerId, r.InstanceId = requests.Integer(owner), p.InstanceID
	answer, err := client.ReleaseInstance(r)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return ledger.Receipt{OrderID: answer.RequestId, InstanceID: p.InstanceID}, nil
}
