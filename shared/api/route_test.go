package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/api"
	"aegis/shared/local/gateway"
	"aegis/shared/pop"
)

// sendTo signs parameters with version 1 and sends them to a path, which that
// signature does not cover.
func (d *desk) sendTo(path string, p pop.Params) answer {
	d.t.Helper()
	return d.send(http.MethodPost, path+"?"+d.signer().SignV1(http.MethodPost, p).Encode(), "", nil)
}

// sendV3 signs parameters for one path with version 3 and sends them to another.
func (d *desk) sendV3(signed, sent string, p pop.Params, headers ...pop.Param) answer {
	d.t.Helper()
	request := &pop.Request{Method: http.MethodPost, Host: "aegis.test", Path: signed, Query: p, Header: headers}
	r, err := http.NewRequest(http.MethodPost, "http://aegis.test"+sent+"?"+p.Encode(), bytes.NewReader(nil))
	require.NoError(d.t, err)
	for _, h := range d.signer().SignV3(request) {
		r.Header.Set(h.Name, h.Value)
	}
	event, err := d.event(gateway.Request{Request: r, RequestID: "fc-1", At: d.now})
	require.NoError(d.t, err)
	return d.handle(event)
}

func TestASignatureWithoutItsActionSellsNothing(t *testing.T) {
	d := open(t, api.CreateInstance())
	for _, path := range []string{"/", "/CreateInstance", "/UpgradeInstance"} {
		t.Run("version 1 at "+path, func(t *testing.T) {
			d.t = t
			d.requireError(d.sendTo(path, create("-Action")), 400, "MissingAction", "Action")
			d.requireUntouched()
		})
	}

	t.Run("version 3 signed for no operation", func(t *testing.T) {
		d.t = t
		d.requireError(d.sendV3("/", "/", create("-Action")), 400, "MissingAction", "Action")
		d.requireUntouched()
	})

	t.Run("version 3 signed for another operation's route", func(t *testing.T) {
		d.t = t
		d.requireError(d.sendV3("/UpgradeInstance", "/CreateInstance", create("-Action")), 400, "SignatureDoesNotMatch", "")
		d.requireError(d.sendV3("/UpgradeInstance", "/UpgradeInstance", create("-Action")), 404, "InvalidAction.NotFound", "")
		d.requireUntouched()
	})
}

func TestARouteThatDiffersFromTheActionSellsNothing(t *testing.T) {
	services := map[string][]api.Operation{
		"the function of one operation": {api.CreateInstance()},
		"the pop function":              api.All(),
	}
	for name, operations := range services {
		d := open(t, operations...)
		for _, path := range []string{
			"/UpgradeInstance", "/upgradeinstance", "/UpgradeInstance/", "/v1/UpgradeInstance", "/Upgrade%49nstance", "/Upgrade%2549nstance",
		} {
			t.Run(name+" at "+path, func(t *testing.T) {
				d.t = t
				d.requireError(d.sendTo(path, create()), 400, "InvalidParameter", "The path names another operation, UpgradeInstance.")
				d.requireError(d.sendV3("/UpgradeInstance", "/UpgradeInstance", create()), 400, "InvalidParameter", "another operation")
				d.requireUntouched()
			})
		}
	}
}

func TestAnActionAtItsOwnRouteOrAtNoneSells(t *testing.T) {
	for _, path := range []string{"/", "/CreateInstance", "/CreateInstance/", "/aegis/CreateInstance", "/aegis"} {
		t.Run("at "+path, func(t *testing.T) {
			d := open(t)
			a := d.sendTo(path, create())
			require.Equal(t, 200, a.status, a.body)
		})
	}

	t.Run("without Version, which the one operation of a function does not need", func(t *testing.T) {
		d := open(t, api.CreateInstance())
		require.Equal(t, 200, d.call(create("-Version")).status)
		d.requireError(d.call(create("Action=RenewInstance")), 404, "InvalidAction.NotFound", "")
	})

	t.Run("of version 3 without an Action, since it signs the route", func(t *testing.T) {
		d := open(t, api.CreateInstance())
		a := d.sendV3("/CreateInstance", "/CreateInstance", create("-Action"))
		require.Equal(t, 200, a.status, a.body)
	})

	t.Run("of version 3 with the Action in its header", func(t *testing.T) {
		d := open(t)
		a := d.sendV3("/CreateInstance", "/CreateInstance", create("-Action"), pop.Param{Name: "x-acs-action", Value: "CreateInstance"})
		require.Equal(t, 200, a.status, a.body)
	})
}

func TestAReplacedHostIsAcceptedIfItsPublicNameIsSet(t *testing.T) {
	for outcome, test := range map[string]struct {
		hosts  []string
		status int
	}{
		"no public host: only the host that arrives holds": {nil, 400},
		"another public host":                              {[]string{"other.example.com"}, 400},
		"the one that the client signed":                   {[]string{"api.example.com"}, 200},
	} {
		t.Run(outcome, func(t *testing.T) {
			d := open(t)
			d.restart(test.hosts)
			r := &pop.Request{Method: "GET", Path: "/", Host: "api.example.com", Header: pop.Params{
				{Name: "x-acs-action", Value: "GetSummary"}, {Name: "x-acs-version", Value: "2016-11-11"},
			}}
			headers := map[string]string{"X-Forwarded-Host": "api.example.com"}
			for _, h := range d.signer().SignV3(r) {
				headers[h.Name] = h.Value
			}
			headers["host"] = "aegis-pop-internal:9000"
			event, err := json.Marshal(map[string]any{"httpMethod": "GET", "path": "/", "headers": headers})
			require.NoError(t, err)
			a := d.handle(event)
			require.Equal(t, test.status, a.status, a.body)
			if test.status == 400 {
				require.Equal(t, "SignatureDoesNotMatch", a.fields["Code"])
			}
			require.Equal(t, 200, d.call(summaryOf("")).status, "version 1.0 signs no host")
		})
	}
}
