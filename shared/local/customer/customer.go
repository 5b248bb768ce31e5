// Package customer buys from a POP endpoint as customers do: with Alibaba Cloud's
// own Go SDK, unmodified. Tests and load generators use it.
package customer

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/aegis"
)

// Customer is an SDK client that acts for one owner.
type Customer struct {
	client *aegis.Client
	host   string
	owner  string
}

// Config says who buys, and where.
type Config struct {
	URL       string // of the endpoint, http://host:port
	KeyID     string
	Secret    string
	Owner     string            // sent as OwnerId; "": none is sent
	AutoRetry bool              // the SDK's own retries on 5xx and broken connections
	Transport http.RoundTripper // nil: the SDK's own
}

// New makes a customer.
func New(c Config) (*Customer, error) {
	config := sdk.NewConfig().WithScheme("HTTP").WithAutoRetry(c.AutoRetry).WithTimeout(30 * time.Second)
	config.Transport = c.Transport
	client, err := aegis.NewClientWithOptions("cn-hangzhou", config, credentials.NewAccessKeyCredential(c.KeyID, c.Secret))
	if err != nil {
		return nil, fmt.Errorf("make the SDK's client: %w", err)
	}
	host := strings.TrimPrefix(c.URL, "http://")
	client.Domain = host
	return &Customer{client: client, host: host, owner: c.Owner}, nil
}

// Create buys an instance for some months.
func (c *Customer) Create(token string, versionCode, machines, months int) (orderID, instanceID string, err error) {
	r := aegis.CreateCreateInstanceRequest()
	r.ClientToken, r.PricingCycle, r.OwnerId = token, "Month", requests.Integer(c.owner)
	r.Duration, r.VersionCode, r.VmNumber = requests.NewInteger(months), requests.NewInteger(versionCode), requests.NewInteger(machines)
	r.IsAutoRenew, r.AutoRenewDuration = requests.NewBoolean(false), requests.NewInteger(0)
	answer, err := c.client.CreateInstance(r)
	if err != nil {
		return "", "", err
	}
	return answer.OrderId, answer.InstanceId, nil
}

// Upgrade raises an instance.
func (c *Customer) Upgrade(token, instanceID string, versionCode, machines int) (orderID string, err error) {
	r := aegis.CreateUpgradeInstanceRequest()
	r.ClientToken, r.InstanceId, r.OwnerId = token, instanceID, requests.Integer(c.owner)
	r.VersionCode, r.VmNumber = requests.NewInteger(versionCode), requests.NewInteger(machines)
	answer, err := c.client.UpgradeInstance(r)
	if err != nil {
		return "", err
	}
	return answer.OrderId, nil
}

// Renew prolongs an instance by some months.
func (c *Customer) Renew(token, instanceID string, machines, months int) (orderID string, err error) {
	r := aegis.CreateRenewInstanceRequest()
	r.ClientToken, r.InstanceId, r.OwnerId = token, instanceID, requests.Integer(c.owner)
	r.Duration, r.PricingCycle, r.VmNumber = requests.NewInteger(months), "Month", strconv.Itoa(machines)
	answer, err := c.client.RenewInstance(r)
	if err != nil {
		return "", err
	}
	return answer.OrderId, nil
}

// Summary is GetSummary's answer.
type Summary struct {
	TotalMachineNum     string
	ExpireDateTimestamp int64 // epoch ms, 0 without an instance
	InstanceId          string
	Instanceid          string
	RequestId           string
}

// Summary asks for it by a CommonRequest, since no SDK has the operation.
func (c *Customer) Summary() (Summary, error) {
	r := requests.NewCommonRequest()
	r.Method, r.Scheme, r.Domain, r.Version, r.ApiName = "POST", "HTTP", c.host, "2016-11-11", "GetSummary"
	r.QueryParams["Format"] = "JSON"
	if c.owner != "" {
		r.QueryParams["OwnerId"] = c.owner
	}
	answer, err := c.client.ProcessCommonRequest(r)
	if err != nil {
		return Summary{}, err
	}
	var s Summary
	if err := json.Unmarshal(answer.GetHttpContentBytes(), &s); err != nil {
		return Summary{}, fmt.Errorf("read the answer of GetSummary: %w", err)
	}
	return s, nil
}
