// Package customer buys from a POP endpoint as customers do: with Alibaba Cloud's
// own Go SDK, unmodified. Tests and load generators use it.
package customer

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/aegis"

	"aegis/shared/sale"
)

// Customer acts for one owner. It is safe for concurrent use.
type Customer struct {
	config Config
	sdk    *sdk.Config
	host   string
}

// Config says who buys, and where.
type Config struct {
	URL       string // of the endpoint, http://host:port
	KeyID     string
	Secret    string
	Owner     string            // sent as OwnerId; "": none is sent
	AutoRetry bool              // the SDK's own retries on 5xx and broken connections
	Transport http.RoundTripper // nil: one of its own
}

// New makes a customer.
func New(c Config) (*Customer, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("make customer: %q is not the URL of an endpoint", c.URL)
	}
	if c.Transport == nil {
		c.Transport = &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}
	}

	config := sdk.NewConfig().WithScheme(strings.ToUpper(u.Scheme)).WithAutoRetry(c.AutoRetry).WithTimeout(time.Minute)
	config.Transport = c.Transport
	return &Customer{config: c, sdk: config, host: u.Host}, nil
}

// client makes an SDK client for one call: its calls write into it, so that it is not
// safe for concurrent use. They share one transport.
func (c *Customer) client() (*aegis.Client, error) {
	client, err := aegis.NewClientWithOptions("cn-hangzhou", c.sdk, credentials.NewAccessKeyCredential(c.config.KeyID, c.config.Secret))
	if err != nil {
		return nil, fmt.Errorf("make the SDK's client: %w", err)
	}
	client.Domain = c.host
	return client, nil
}

func (c *Customer) owner() requests.Integer { return requests.Integer(c.config.Owner) }

// Create buys an instance for some months. The error of every call is the SDK's own.
func (c *Customer) Create(token string, versionCode, machines, months int) (orderID, instanceID string, err error) {
	client, err := c.client()
	if err != nil {
		return "", "", err
	}
	r := aegis.CreateCreateInstanceRequest()
	r.OwnerId, r.ClientToken = c.owner(), token
	r.Duration, r.PricingCycle = requests.NewInteger(months), string(sale.Month)
	r.VersionCode, r.VmNumber = requests.NewInteger(versionCode), requests.NewInteger(machines)
	r.IsAutoRenew, r.AutoRenewDuration = requests.NewBoolean(false), requests.NewInteger(0)

	answer, err := client.CreateInstance(r)
	if err != nil {
		return "", "", err
	}
	return answer.OrderId, answer.InstanceId, named(answer.OrderId)
}

// Upgrade raises an instance.
func (c *Customer) Upgrade(token, instanceID string, versionCode, machines int) (orderID string, err error) {
	client, err := c.client()
	if err != nil {
		return "", err
	}
	r := aegis.CreateUpgradeInstanceRequest()
	r.OwnerId, r.ClientToken, r.InstanceId = c.owner(), token, instanceID
	r.VersionCode, r.VmNumber = requests.NewInteger(versionCode), requests.NewInteger(machines)

	answer, err := client.UpgradeInstance(r)
	if err != nil {
		return "", err
	}
	return answer.OrderId, named(answer.OrderId)
}

// Renew prolongs an instance by some months.
func (c *Customer) Renew(token, instanceID string, machines, months int) (orderID string, err error) {
	client, err := c.client()
	if err != nil {
		return "", err
	}
	r := aegis.CreateRenewInstanceRequest()
	r.OwnerId, r.ClientToken, r.InstanceId = c.owner(), token, instanceID
	r.Duration, r.PricingCycle, r.VmNumber = requests.NewInteger(months), string(sale.Month), strconv.Itoa(machines)

	answer, err := client.RenewInstance(r)
	if err != nil {
		return "", err
	}
	return answer.OrderId, named(answer.OrderId)
}

// Release gives an instance up. It has no ClientToken.
func (c *Customer) Release(instanceID string) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	r := aegis.CreateReleaseInstanceRequest()
	r.OwnerId, r.InstanceId = c.owner(), instanceID

	_, err = client.ReleaseInstance(r)
	return err
}

func named(orderID string) error {
	if orderID == "" {
		return errors.New("the endpoint answered without an OrderId")
	}
	return nil
}

// Summary asks for the machines and the instance, by a CommonRequest, since no SDK
// has GetSummary.
func (c *Customer) Summary() (sale.Summary, error) {
	client, err := c.client()
	if err != nil {
		return sale.Summary{}, err
	}
	r := requests.NewCommonRequest()
	r.Method, r.Scheme, r.Domain, r.Version, r.ApiName = http.MethodPost, c.sdk.Scheme, c.host, "2016-11-11", "GetSummary"
	r.QueryParams["Format"] = "JSON"
	if c.config.Owner != "" {
		r.QueryParams["OwnerId"] = c.config.Owner
	}

	answer, err := client.ProcessCommonRequest(r)
	if err != nil {
		return sale.Summary{}, err
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
