package app

import (
	"fmt"
	"net/url"
	"strings"
)

// maxHosts bounds the work of a wrong signature, which is compared with each host.
const maxHosts = 8

// readHosts reads the public hosts.
func (s *Settings) readHosts(v values) error {
	for host := range strings.SplitSeq(v("PUBLIC_HOSTS"), ",") {
		host = strings.TrimSpace(host)
		if host == "" {
			continue
		}
		if u, err := url.Parse("//" + host); err != nil || u.Host != host || u.Hostname() == "" || strings.Contains(host, "*") {
			return fmt.Errorf("settings: PUBLIC_HOSTS has %q, it must list names such as api.example.com or api.example.com:8080", host)
		}
		s.Hosts = append(s.Hosts, host)
	}
	if len(s.Hosts) > maxHosts {
		return fmt.Errorf("settings: PUBLIC_HOSTS lists %d names, it may list %d", len(s.Hosts), maxHosts)
	}
	return nil
}
