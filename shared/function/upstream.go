package function

import (
	"context"
	"fmt"
	"time"

	"aegis/shared/store"
	"aegis/shared/upstream"
)

// UpstreamSettings say where sales are forwarded to, and as whom.
type UpstreamSettings struct {
	Endpoint    string
	Credentials upstream.Credentials // without an AccessKeyID: the function role's
	Lease       time.Duration
}

// readUpstream reads SALES_BACKEND and, if it is upstream, what that needs.
func (s *Settings) readUpstream(getenv func(string) string) error {
	switch backend := getenv("SALES_BACKEND"); backend {
	case "", "ledger":
		return nil
	case "upstream":
	default:
		return fmt.Errorf("settings: SALES_BACKEND is %q, it must be ledger or upstream", backend)
	}
	u := &UpstreamSettings{Endpoint: getenv("UPSTREAM_ENDPOINT"), Credentials: upstream.Credentials{
		AccessKeyID: getenv("UPSTREAM_ACCESS_KEY_ID"), Secret: getenv("UPSTREAM_ACCESS_KEY_SECRET"), SecurityToken: getenv("UPSTREAM_SECURITY_TOKEN"),
	}}
	if u.Endpoint == "" {
		u.Endpoint = "https://aegis.cn-hangzhou.aliyuncs.com"
	}
	if lease := getenv("UPSTREAM_LEASE"); lease != "" {
		var err error
		if u.Lease, err = time.ParseDuration(lease); err != nil || u.Lease < time.Second {
			return fmt.Errorf("settings: UPSTREAM_LEASE is %q, it must be a duration of at least a second, such as 15s", lease)
		}
	}
	s.Upstream = u
	return nil
}

// openUpstream makes the backend that forwards.
func (s Settings) openUpstream(gate store.Gate) (*upstream.Backend, error) {
	client, err := upstream.NewClient(upstream.ClientConfig{URL: s.Upstream.Endpoint, Credentials: s.Upstream.credentials})
	if err != nil {
		return nil, fmt.Errorf("settings: UPSTREAM_ENDPOINT: %w", err)
	}
	return upstream.New(upstream.Config{Gate: gate, Remote: client, Lease: s.Upstream.Lease})
}

// credentials are the operator's, or those of the role in this invocation.
func (u *UpstreamSettings) credentials(ctx context.Context) upstream.Credentials {
	if u.Credentials.AccessKeyID != "" {
		return u.Credentials
	}
	role := store.CredentialsOf(ctx)
	return upstream.Credentials{AccessKeyID: role.AccessKeyID, Secret: role.AccessKeySecret, SecurityToken: role.SecurityToken}
}
