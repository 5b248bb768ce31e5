package doctor

import (
	"cmp"
	"context"
	"crypto/x509"
	"net/http"
	"strings"
	"time"

	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/cloud/policies"
	"aegis/shared/operations"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// Target is the deployment that is examined, and the ways to reach it. What a local stack
// does not have is nil or empty.
type Target struct {
	Local  bool                // a local stack, which has no control plane
	Root   string              // folder of the project, for s.yaml
	Values func(string) string // values of the deployment by name, those that the foundation makes included

	Caller   pop.Credentials // key of a caller of the system; without an AccessKeyID no call is signed
	Endpoint string          // URL by which callers reach every path; "": the HTTP triggers' own

	Store       Store
	StoreURL    string // where this machine reaches the store
	PublicStore Store  // by the public endpoint

	Cloud *cloud.Client
	Logs  *cloud.Logs
	Queue Sender
	Dead  Peeker

	HTTP         *http.Client                                                        // for callers' requests
	Clock        func() time.Time                                                    //
	Wait         func(context.Context, time.Duration) error                          // between two looks
	NewID        func() string                                                       // of a run
	CNAME        func(ctx context.Context, host string) (string, error)              // of a domain
	Certificates func(ctx context.Context, host string) ([]*x509.Certificate, error) // that a server shows
	Trusted      *x509.CertPool                                                      // nil: the system's
}

// Store is what the checks need of a store.
type Store interface {
	store.Client
	store.IndexReader
	Describe(ctx context.Context, table string) (store.Description, error)
	EnsureTables(ctx context.Context, tables ...store.Table) error
	EnsureIndexes(ctx context.Context, indexes ...store.Index) error
}

// exam is one run of the checks.
type exam struct {
	Target
	id        string            // of this run, part of all that it writes
	account   string            // "": not asked yet
	plan      *plan             // of s.yaml; nil: not read yet
	endpoints map[string]string // URL of each path; nil: not asked yet
}

// place is where the deployment's resources are, once the account is known.
func (e *exam) place() policies.Place {
	return policies.Place{
		Region: e.Values("REGION"), Account: e.account, Instance: e.Values("TABLESTORE_INSTANCE"),
		LogProject: e.Values("LOG_PROJECT"), LogStore: e.Values("LOG_STORE"), KMSKey: e.Values("KMS_KEY"),
	}
}

func (e *exam) deployment() string { return e.Values("DEPLOYMENT") }

func (e *exam) edge() string { return cmp.Or(e.Values("EDGE"), "none") }

func (e *exam) qualifier() string { return cmp.Or(e.Values("QUALIFIER"), "LATEST") }

// Routes returns the function of each path.
func Routes() map[string]string {
	all := map[string]string{"/": "aegis-pop", "/market/spi": "aegis-marketspi"}
	for _, o := range operations.All() {
		all["/"+o.Name] = "aegis-" + o.Function()
	}
	return all
}

// Made returns the values that the foundation makes, which follow from a deployment's
// name. Those of a VPC do not.
func Made(region, account, deployment string) map[string]string {
	instance := strings.ToLower(deployment)
	made := map[string]string{
		"REGION":              region,
		"TABLESTORE_INSTANCE": instance,
		"TABLESTORE_ENDPOINT": "https://" + instance + "." + region + ".vpc.tablestore.aliyuncs.com",
		"PUBLIC_STORE":        "https://" + instance + "." + region + ".ots.aliyuncs.com",
		"LOG_PROJECT":         deployment + "-" + account,
		"LOG_STORE":           "functions",
		"MARKET_QUEUE":        "https://" + account + ".mns." + region + ".aliyuncs.com/queues/" + policies.Queue,
		"MARKET_DEAD_QUEUE":   "acs:mns:" + region + ":" + account + ":/queues/" + policies.DeadQueue,
	}
	for _, g := range policies.Groups() {
		made[g.Setting()] = "acs:ram::" + account + ":role/" + g.Role(deployment)
	}
	return made
}
