package doctor

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"aegis/shared/pop"
)

const (
	noCaller = "set CALLER_ACCESS_KEY_ID and CALLER_ACCESS_KEY_SECRET to a key that \"admin key create\" made"
	mendEdge = "repeat the step edge of scripts/deploy"

	nobody   = "9999999999999999"     // no account of anyone
	nothing  = "aegis-doctor-nothing" // no instance of anyone
	mismatch = "SignatureDoesNotMatch"
)

// checkWork has the functions do their work as far as it changes nothing: a summary, and
// changes of an instance that does not exist.
func checkWork(ctx context.Context, e *exam) finding {
	if e.Caller.AccessKeyID == "" {
		return skip("%s", noCaller)
	}
	paths, err := e.paths(ctx)
	if err != nil {
		return failed(err, mendFunctions)
	}
	const mend = "find the RequestId in the log: its error says which request the role may not make (the check roles compares them)"
	for _, call := range []struct {
		action string
		params map[string]string
	}{
		{"GetSummary", nil},
		{"UpgradeInstance", map[string]string{"InstanceId": nothing, "VersionCode": "5", "VmNumber": "5"}},
		{"RenewInstance", map[string]string{"InstanceId": nothing, "VmNumber": "5"}},
		{"ReleaseInstance", map[string]string{"InstanceId": nothing}},
	} {
		params := maps.Clone(call.params)
		if params != nil {
			params["ClientToken"] = e.id + "-" + call.action
		}
		a, err := e.call(ctx, v1, paths["/"], call.action, e.Caller, params)
		switch {
		case err != nil:
			return failed(err, mendFunctions)
		case a.Status >= 500:
			return bad(mend, "%s: %s (RequestId %s)", call.action, a, a.RequestID)
		case strings.HasPrefix(a.Code, "InvalidAccessKeyId") || a.Code == mismatch:
			return bad(noCaller, "%s: %s", call.action, a)
		case params == nil && a.Code != "":
			return bad(noCaller+", for an owner who has an account", "%s: %s", call.action, a)
		case params != nil && a.Code == "":
			return bad("report this: an instance that does not exist was changed", "%s: %s (RequestId %s)", call.action, a, a.RequestID)
		}
	}
	return good("a summary was answered, and changes of no instance were refused")
}

// checkRoutes calls every path by both signatures for an owner that the key may not act
// for. That is refused after the signature was verified, and a wrong secret before.
func checkRoutes(ctx context.Context, e *exam) finding {
	if e.Caller.AccessKeyID == "" {
		return skip("%s", noCaller)
	}
	if e.edge() == "apigateway" && e.Endpoint == "" {
		return skip("set ENDPOINT to the URL of the API group's domain")
	}
	paths, err := e.paths(ctx)
	if err != nil {
		return failed(err, mendFunctions)
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if f := e.checkRoute(ctx, path, paths[path]); f.state != OK {
			return f
		}
	}
	return good("%d paths: both versions of the signature are taken, a wrong one is refused", len(paths))
}

func (e *exam) checkRoute(ctx context.Context, path, at string) finding {
	if path == "/market/spi" {
		return e.checkSPI(ctx, at)
	}
	action := strings.TrimPrefix(path, "/")
	if action == "" {
		action = "GetSummary"
	}
	params := map[string]string{"OwnerId": nobody}
	taken := map[version]answer{}
	for _, v := range []version{v1, v3} {
		a, err := e.call(ctx, v, at, action, e.Caller, params)
		if err != nil {
			return failed(fmt.Errorf("%s: %w", path, err), mendEdge)
		}
		taken[v] = a
	}
	if f := e.judgeSignatures(path, at, taken); f.state != OK {
		return f
	}

	wrong := pop.Credentials{AccessKeyID: e.Caller.AccessKeyID, AccessKeySecret: e.Caller.AccessKeySecret + "x", SecurityToken: e.Caller.SecurityToken}
	a, err := e.call(ctx, v1, at, action, wrong, params)
	if err != nil {
		return failed(fmt.Errorf("%s: %w", path, err), mendEdge)
	}
	if a.Code != mismatch {
		return bad("something in front of the functions answers, or they are of another project: take it away", "%s: a wrong secret is answered %s", path, a)
	}
	return good("")
}

// judgeSignatures judges the answers to a call that is refused after its signature was
// verified. Version 3 signs the host and the path, version 1.0 neither.
func (e *exam) judgeSignatures(path, at string, taken map[version]answer) finding {
	first, third := taken[v1], taken[v3]
	const refused = "Forbidden.RAM"
	switch {
	case first.Code == refused && third.Code == refused:
		return good("")
	case first.Code == refused && third.Code == mismatch:
		host := strings.Split(at, "/")[2]
		return bad("set PUBLIC_HOSTS="+host+" and repeat the step functions; if it is set, something changes the path",
			"%s: version 1.0 is taken and version 3 is not: the Host arrives replaced", path)
	case first.Code == mismatch || strings.HasPrefix(first.Code, "InvalidAccessKeyId"):
		return bad(noCaller+"; if the key is right, something changes parameters", "%s: version 1.0: %s, version 3: %s", path, first, third)
	}
	return bad(mendEdge, "%s: version 1.0: %s, version 3: %s; expected 403 %s", path, first, third, refused)
}

// checkSPI calls the marketplace's URL with a wrong token.
func (e *exam) checkSPI(ctx context.Context, at string) finding {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"?action=orderPay&token=doctor", nil)
	if err != nil {
		return failed(err, mendEdge)
	}
	a, err := e.send(request)
	if err != nil {
		return failed(fmt.Errorf("/market/spi: %w", err), mendEdge)
	}
	if a.Status != http.StatusForbidden || a.SPI != "false" {
		return bad(mendEdge, "/market/spi: a wrong token is answered %d with success=%q, expected 403 with success=\"false\"", a.Status, a.SPI)
	}
	return good("")
}
