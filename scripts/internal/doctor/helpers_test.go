package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/scripts/internal/cloud/policies"
	"aegis/scripts/internal/doctor"
	"aegis/scripts/internal/doctor/doctortest"
	"aegis/shared/marketplace"
	"aegis/shared/store"
)

// domain is the deployment reached by a domain whose certificate is valid for some time.
func domain(t *testing.T, s *doctortest.System, valid time.Duration) doctor.Target {
	t.Helper()
	target := s.Target(map[string]string{"EDGE": "domain", "DOMAIN": "api.aegis.cn"})
	require.Equal(t, "https://api.aegis.cn", target.Endpoint)
	target.Endpoint = s.URL
	target.CNAME = func(context.Context, string) (string, error) {
		return doctortest.Account + ".cn-hangzhou.fc.aliyuncs.com.", nil
	}
	certificate, trusted := certificate(t, "api.aegis.cn", valid)
	target.Trusted = trusted
	target.Certificates = func(context.Context, string) ([]*x509.Certificate, error) {
		return []*x509.Certificate{certificate}, nil
	}
	return target
}

func certificate(t *testing.T, name string, valid time.Duration) (*x509.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, BasicConstraintsValid: true, IsCA: true,
		NotBefore: time.Now().Add(-1000 * time.Hour), NotAfter: time.Now().Add(valid),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	made, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(made)
	return made, pool
}

// closed is the deployment with a store that the Internet does not reach, and with a key of
// KMS.
func closed(t *testing.T, s *doctortest.System) doctor.Target {
	t.Helper()
	instance := doctortest.Instance()
	instance["NetworkTypeACL"] = []string{"VPC", "CLASSIC"}
	s.Plane.On("GetInstance", doctortest.OK(instance))
	s.Plane.On("ListPoliciesForRole", func(r cloudtest.Request) (int, any) {
		role := r.Query["RoleName"]
		if role == doctortest.Deployment+"-sales" || role == doctortest.Deployment+"-summary" {
			return http.StatusOK, doctortest.Attached(role, doctortest.Deployment+"-kms")
		}
		return http.StatusOK, doctortest.Attached(role)
	})
	s.Plane.On("GetPolicy", func(r cloudtest.Request) (int, any) {
		if r.Query["PolicyName"] == doctortest.Deployment+"-kms" {
			place := doctortest.Place()
			place.KMSKey = "key-1"
			return http.StatusOK, map[string]any{"DefaultPolicyVersion": map[string]string{"PolicyDocument": policies.KMS(place).JSON()}}
		}
		return doctortest.Policy(r.Query["PolicyName"], nil)
	})
	target := s.Target(map[string]string{"STORE_ACCESS": "vpc", "KMS_KEY": "key-1"})
	target.PublicStore = denied{target.Store, "Request denied by instance ACL policies."}
	return target
}

// named sends what goes to a name to an address, as DNS would have it.
type named struct{ name, address string }

func (n named) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if r.URL.Host == n.name {
		u, err := url.Parse(n.address)
		if err != nil {
			return nil, err
		}
		r.Host, r.URL.Host = n.name, u.Host
	}
	return http.DefaultTransport.RoundTrip(r)
}

// denied is a store that refuses to describe tables.
type denied struct {
	doctor.Store
	message string
}

func (d denied) Describe(context.Context, string) (store.Description, error) {
	return store.Description{}, &tablestore.OtsError{Code: "OTSAuthFailed", Message: d.message}
}

// changed is a store whose tables differ.
type changed struct {
	doctor.Store
	change func(table string, d *store.Description)
}

func (c changed) Describe(ctx context.Context, table string) (store.Description, error) {
	d, err := c.Store.Describe(ctx, table)
	c.change(table, &d)
	return d, err
}

// partial is a store that applies the first change of a batch whatever the others say.
type partial struct{ doctor.Store }

func (p partial) Commit(ctx context.Context, changes ...store.Change) error {
	err := p.Store.Commit(ctx, changes[0])
	if err == nil && len(changes) > 1 {
		err = p.Store.Commit(ctx, changes[1:]...)
	}
	return err
}

// careless is a store that ignores conditions.
type careless struct{ doctor.Store }

func (c careless) Commit(ctx context.Context, changes ...store.Change) error {
	if len(changes) > 1 {
		return nil
	}
	return c.Store.Commit(ctx, changes...)
}

// unindexed is a store whose indexes stay behind.
type unindexed struct{ doctor.Store }

func (unindexed) Find(context.Context, store.IndexRange) ([]store.Row, store.Cursor, error) {
	return nil, store.Cursor{}, nil
}

// note writes what a run of some time ago noted for the check ttl, and its row if it is
// still there.
func note(t *testing.T, target doctor.Target, ago time.Duration, there bool) {
	t.Helper()
	require.NoError(t, target.Store.EnsureTables(t.Context(), doctor.Expiring(), doctor.Indexed()))
	at := store.Int("at", time.Now().Add(-ago).UnixMilli())
	require.NoError(t, target.Store.Commit(t.Context(), store.Insert(
		store.Key{Table: doctor.Indexed(), Partition: "ttl", Sort: "written"}, store.Columns{at, store.String("written_by", "doctor-1")})))
	if there {
		require.NoError(t, target.Store.Commit(t.Context(), store.Insert(
			store.Key{Table: doctor.Expiring(), Partition: "doctor-1", Sort: "expires"}, store.Columns{at})))
	}
}

func requireNoLetter(t *testing.T, target doctor.Target) {
	t.Helper()
	letters, _, err := marketplace.NewDeadLetterStore(target.Store, marketplace.Queue, nil).List(t.Context(), "", 10)
	require.NoError(t, err)
	require.Empty(t, letters)
}

// atOnce is a wait that takes no time.
func atOnce(ctx context.Context, _ time.Duration) error { return ctx.Err() }
