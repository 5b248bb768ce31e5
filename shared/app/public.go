package app

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// PublicSecrets returns the secrets of every local stack, which anyone can read in this
// project. A function on a real store refuses them: as settings when it starts, and as
// the secrets of callers' keys.
func PublicSecrets() []string {
	return []string{
		"bG9jYWwgZGV2ZWxvcG1lbnQgb25seSwgbm90IGEga2U=", "local",
		"local-owner-secret", "local-reseller-secret", "local-finance-secret", "local-operator-secret",
		"local-market-secret", "local-vendor-secret",
	}
}

// refusePublic refuses public secrets and plain HTTP, unless the store is on this
// machine.
func (v values) refusePublic() error {
	endpoint := v("TABLESTORE_ENDPOINT")
	if onThisMachine(endpoint) {
		return nil
	}
	if !strings.HasPrefix(endpoint, "https://") {
		return errors.New("settings: TABLESTORE_ENDPOINT must begin with https:// for a store of another machine")
	}

	for _, s := range Table() {
		if !s.Secret {
			continue
		}
		for value := range strings.SplitSeq(v(s.Name), ",") {
			if slices.Contains(PublicSecrets(), strings.TrimSpace(value)) {
				return fmt.Errorf("settings: %s is that of every local stack, which everyone knows: make your own", s.Name)
			}
		}
	}
	return nil
}

// onThisMachine reports whether an endpoint is a loopback address, or the host of a
// container.
func onThisMachine(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || host == "host.docker.internal" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
