package doctor

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/cloud/policies"
	"aegis/shared/marketplace"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// Config says where a deployment is. Root and Values must be set.
type Config struct {
	Root         string              // folder of the project
	Values       func(string) string // by name: the user's key, the deployment's, those that the foundation makes
	StoreURL     string              // where this machine reaches the store; "": its public endpoint
	ControlPlane string              // URL that control-plane requests go to; "": Alibaba Cloud
	DataPlane    string              // URL that requests to SMQ and Log Service go to; "": Alibaba Cloud
}

// Open returns the Target that a Config describes. It sends nothing.
func (c Config) Open() (Target, error) {
	t := Target{
		Root: c.Root, Values: c.Values, Endpoint: c.endpoint(),
		Caller: pop.Credentials{AccessKeyID: c.Values("CALLER_ACCESS_KEY_ID"), AccessKeySecret: c.Values("CALLER_ACCESS_KEY_SECRET")},
		Cloud:  c.Client(),
		Logs: &cloud.Logs{
			Credentials: c.credentials(), Region: c.Values("REGION"), Project: c.Values("LOG_PROJECT"), Store: c.Values("LOG_STORE"), Endpoint: c.DataPlane,
		},
	}
	t.Equip()
	if err := c.openStores(&t); err != nil {
		return Target{}, err
	}
	return t, c.openQueues(&t)
}

// Client returns a client of the control plane.
func (c Config) Client() *cloud.Client {
	return &cloud.Client{Region: c.Values("REGION"), Endpoint: c.ControlPlane, Credentials: c.credentials()}
}

func (c Config) credentials() pop.Credentials {
	return pop.Credentials{
		AccessKeyID:     c.Values("ALIBABA_CLOUD_ACCESS_KEY_ID"),
		AccessKeySecret: c.Values("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
		SecurityToken:   c.Values("ALIBABA_CLOUD_SECURITY_TOKEN"),
	}
}

// endpoint is where callers reach every path, "" if only the HTTP triggers are reached.
func (c Config) endpoint() string {
	domain := c.Values("DOMAIN")
	switch edge := c.Values("EDGE"); {
	case c.Values("ENDPOINT") != "":
		return c.Values("ENDPOINT")
	case edge == "domain", edge == "apig" && c.Values("CERTIFICATE_ID") != "":
		return "https://" + domain
	case edge == "apig":
		return "http://" + domain
	}
	return ""
}

func (c Config) openStores(t *Target) error {
	open := func(at string) (Store, error) {
		return store.Open(store.Config{Endpoint: at, Instance: c.Values("TABLESTORE_INSTANCE"), Credentials: c.credentials()})
	}
	public := cmp.Or(c.StoreURL, c.Values("PUBLIC_STORE"))
	t.StoreURL = public
	if c.StoreURL == "" && c.Values("STORE_ACCESS") == "vpc" {
		t.StoreURL = c.Values("TABLESTORE_ENDPOINT")
	}
	var err error
	if t.Store, err = open(t.StoreURL); err != nil {
		return err
	}
	if public != "" {
		t.PublicStore, err = open(public)
	}
	return err
}

func (c Config) openQueues(t *Target) error {
	credentials := c.credentials()
	of := func(context.Context) pop.Credentials { return credentials }
	orders, err := url.Parse(c.Values("MARKET_QUEUE"))
	if err != nil || orders.Host == "" {
		return fmt.Errorf("MARKET_QUEUE is %q, it must be the URL of a queue", c.Values("MARKET_QUEUE"))
	}
	base := cmp.Or(c.DataPlane, orders.Scheme+"://"+orders.Host)
	if t.Queue, err = marketplace.NewSMQ(base+orders.Path, of); err != nil {
		return err
	}
	t.Dead, err = marketplace.NewSMQ(base+"/queues/"+policies.DeadQueue, of)
	return err
}

// Equip gives a Target what it lacks of this machine's own: clock, network, randomness.
func (t *Target) Equip() {
	t.HTTP = &http.Client{Timeout: 15 * time.Second}
	t.Clock, t.Wait, t.NewID = time.Now, store.Wait, newID
	t.CNAME, t.Certificates = net.DefaultResolver.LookupCNAME, certificates
}

// newID is 16 random hex digits.
func newID() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // it never fails
	return hex.EncodeToString(random[:])
}

// certificates returns the chain that a server shows. The caller verifies it.
func certificates(ctx context.Context, host string) ([]*x509.Certificate, error) {
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: 10 * time.Second}, Config: &tls.Config{ServerName: host, InsecureSkipVerify: true}}
	connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, "443"))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	return connection.(*tls.Conn).ConnectionState().PeerCertificates, nil
}
