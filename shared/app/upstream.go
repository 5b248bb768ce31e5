package app

import (
	"context"
	"fmt"
	"time"

	"aegis/shared/pop"
	"aegis/shared/store"
	"aegis/shared/upstream"
)

// UpstreamSettings name the endpoint that sales are forwarded to and its credentials.
type UpstreamSettings struct {
	Endpoint    string
	Credentials pop.Credentials // without an AccessKeyID: the function role's
	Lease       time.Duration
}

// readUpstream reads SALES_BACKEND and, if it is upstream, the settings of the
// endpoint.
func (s *Settings) readUpstream(v values) error {
	switch backend := v("SALES_BACKEND"); backend {
	case "ledger":
		return nil
	case "upstream":
	default:
		return fmt.Errorf("settings: SALES_BACKEND is %q, it must be ledger or upstream", backend)
	}

	lease, err := time.ParseDuration(v("UPSTREAM_LEASE"))
	if err != nil || lease < time.Second {
		return fmt.Errorf("settings: UPSTREAM_LEASE is %q, it must be a duration of at least a second, such as 15s", v("UPSTREAM_LEASE"))
	}

	s.Upstream = &UpstreamSettings{
		Endpoint: v("UPSTREAM_ENDPOINT"), Lease: lease,
		Credentials: pop.Credentials{
			AccessKeyID: v("UPSTREAM_ACCESS_KEY_ID"), AccessKeySecret: v("UPSTREAM_ACCESS_KEY_SECRET"), SecurityToken: v("UPSTREAM_SECURITY_TOKEN"),
		},
	}
	return nil
}

// openUpstream returns the backend that forwards.
func (s Settings) openUpstream(client store.Client) (*upstream.Backend, error) {
	endpoint, err := upstream.NewClient(upstream.ClientConfig{URL: s.Upstream.Endpoint, Credentials: s.Upstream.credentials})
	if err != nil {
		return nil, fmt.Errorf("settings: UPSTREAM_ENDPOINT: %w", err)
	}
	return upstream.New(upstream.Config{Store: client, Remote: endpoint, Lease: s.Upstream.Lease})
}

// credentials returns the operator's credentials, or those of the role in this
// invocation.
func (u *UpstreamSettings) credentials(ctx context.Context) pop.Credentials {
	if u.Credentials.AccessKeyID != "" {
		return u.Credentials
	}
	return store.CredentialsOf(ctx)
}
