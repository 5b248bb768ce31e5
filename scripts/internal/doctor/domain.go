package doctor

import (
	"context"
	"crypto/x509"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aegis/scripts/internal/cloud"
)

// How long a certificate must stay valid.
const (
	certificateWarns = 30 * 24 * time.Hour
	certificateFails = 3 * 24 * time.Hour
)

// checkDomain looks at the domain's CNAME, its certificate, and, for a domain of Function
// Compute, its routes.
func checkDomain(ctx context.Context, e *exam) finding {
	domain := e.Values("DOMAIN")
	switch {
	case e.edge() == "none":
		return skip("EDGE is none")
	case domain == "":
		return skip("DOMAIN is not set")
	}
	if e.edge() == "domain" {
		if f := e.checkCNAME(ctx, domain); f.state != OK {
			return f
		}
		if f := e.checkDomainRoutes(ctx, domain); f.state != OK {
			return f
		}
	}
	if e.edge() == "apig" && e.Values("CERTIFICATE_ID") == "" {
		return skip("%s is served without a certificate: set CERTIFICATE_ID", domain)
	}
	return e.checkCertificate(ctx, domain)
}

func (e *exam) checkCNAME(ctx context.Context, domain string) finding {
	want := e.account + "." + e.Values("REGION") + ".fc.aliyuncs.com"
	seen, err := e.CNAME(ctx, domain)
	if err != nil {
		return bad("make a CNAME record of "+domain+" to "+want, "look up %s: %v", domain, err)
	}
	if seen = strings.TrimSuffix(strings.ToLower(seen), "."); seen != want && !strings.HasSuffix(seen, ".fc.aliyuncs.com") {
		return bad("make a CNAME record of "+domain+" to "+want, "the CNAME is %s", seen)
	}
	return good("")
}

// checkDomainRoutes compares the routes of a custom domain with ours.
func (e *exam) checkDomainRoutes(ctx context.Context, domain string) finding {
	var seen struct {
		RouteConfig struct {
			Routes []struct {
				Path, FunctionName, Qualifier string
				RewriteConfig                 map[string]any
			}
		}
	}
	if err := e.Cloud.Do(ctx, cloud.GetCustomDomain(domain), &seen); err != nil {
		return failed(err, mendEdge)
	}
	want := Routes()
	d := differences{of: domain}
	for _, r := range seen.RouteConfig.Routes {
		d.compare("function of "+r.Path, r.FunctionName, want[r.Path])
		d.compare("qualifier of "+r.Path, r.Qualifier, e.qualifier())
		for _, rules := range r.RewriteConfig {
			if list, _ := rules.([]any); len(list) > 0 {
				d.add("%s is rewritten, which breaks signature version 3", r.Path)
			}
		}
		delete(want, r.Path)
	}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		d.add("there is no route %s", path)
	}
	if len(d.all) > 0 {
		return bad(mendEdge, "%s", list(d.sorted()))
	}
	return good("")
}

// checkCertificate verifies the chain that the server shows.
func (e *exam) checkCertificate(ctx context.Context, domain string) finding {
	const mend = "renew the certificate with its whole chain and repeat the step edge"
	chain, err := e.Certificates(ctx, domain)
	if err != nil || len(chain) == 0 {
		return bad(mend, "connect to %s by TLS: %v", domain, err)
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	if _, err := chain[0].Verify(x509.VerifyOptions{DNSName: domain, Intermediates: between, Roots: e.Trusted, CurrentTime: e.Clock()}); err != nil {
		return bad(mend, "the certificate of %s: %v", domain, err)
	}
	left := chain[0].NotAfter.Sub(e.Clock())
	seen := fmt.Sprintf("%s leads here; its certificate is valid until %s", domain, chain[0].NotAfter.UTC().Format(time.RFC3339))
	switch {
	case left < certificateFails:
		return bad(mend, "%s", seen)
	case left < certificateWarns:
		return warn(mend, "%s", seen)
	}
	return good("%s", seen)
}

// checkGateway compares the published routes of the cloud-native gateway with ours.
func checkGateway(ctx context.Context, e *exam) finding {
	if e.edge() != "apig" {
		return skip("EDGE is %s", e.edge())
	}
	api := e.Values("API_ID")
	if api == "" {
		return skip("API_ID is not set: the console shows it, and the step doctor of scripts/deploy knows it")
	}
	var seen struct {
		Data struct {
			Items []struct {
				DeployStatus string
				Match        struct{ Path struct{ Type, Value string } }
			}
		}
	}
	if err := e.Cloud.Do(ctx, cloud.ListHTTPAPIRoutes(api), &seen); err != nil {
		return failed(err, mendEdge)
	}
	want := Routes()
	d := differences{of: "route"}
	for _, r := range seen.Data.Items {
		d.compare("status of "+r.Match.Path.Value, r.DeployStatus, "Deployed")
		d.compare("match of "+r.Match.Path.Value, r.Match.Path.Type, "Exact")
		delete(want, r.Match.Path.Value)
	}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		d.add("there is none of %s", path)
	}
	if len(d.all) > 0 {
		return bad(mendEdge+", which publishes every route", "%s", list(d.sorted()))
	}
	return good("%d routes are published", len(Routes()))
}
