// Package customer buys from a POP endpoint as customers do: with Alibaba Cloud's
// own Go SDK, unmodified. Tests and load generators use it.
package customer

import (
	"context"
	"net/http"

	"aegis/shared/sale"
	"aegis/shared/upstream"
)

// Customer is an SDK client that acts for one owner.
type Customer struct {
	client *upstream.Client
	owner  string
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
	client, err := upstream.NewClient(upstream.ClientConfig{
		URL: c.URL, AutoRetry: c.AutoRetry, Transport: c.Transport,
		Credentials: func(context.Context) upstream.Credentials {
			return upstream.Credentials{AccessKeyID: c.KeyID, Secret: c.Secret}
		},
	})
	if err != nil {
		return nil, err
	}
	return &Customer{client: client, owner: c.Owner}, nil
}

// Create buys an instance for some months. The error of every call wraps the
// SDK's own.
func (c *Customer) Create(token string, versionCode, machines, months int) (orderID, instanceID string, err error) {
	r, err := c.client.Sell(context.Background(), c.owner, token, sale.Create{Term: term(months), VersionCode: versionCode, VmNumber: machines})
	return r.OrderID, r.InstanceID, err
}

// Upgrade raises an instance.
func (c *Customer) Upgrade(token, instanceID string, versionCode, machines int) (orderID string, err error) {
	r, err := c.client.Sell(context.Background(), c.owner, token, sale.Upgrade{InstanceID: instanceID, VersionCode: versionCode, VmNumber: machines})
	return r.OrderID, err
}

// Renew prolongs an instance by some months.
func (c *Customer) Renew(token, instanceID string, machines, months int) (orderID string, err error) {
	r, err := c.client.Sell(context.Background(), c.owner, token, sale.Renew{InstanceID: instanceID, Term: term(months), VmNumber: machines})
	return r.OrderID, err
}

// Release gives an instance up.
func (c *Customer) Release(instanceID string) error {
	_, err := c.client.Sell(context.Background(), c.owner, "", sale.Release{InstanceID: instanceID})
	return err
}

// Summary asks for the machines and the instance.
func (c *Customer) Summary() (sale.Summary, error) {
	return c.client.Summary(context.Background(), c.owner)
}

func term(months int) sale.Term { return sale.Term{Duration: months, Cycle: sale.Month} }
