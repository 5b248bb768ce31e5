package main

import (
	"bytes"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/doctor/doctortest"
	"aegis/shared/local"
)

// deployed is a deployment that made what the cloud has.
func deployed(t *testing.T, s *doctortest.System) (*deployment, *bytes.Buffer) {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	values := s.Values()
	var out bytes.Buffer
	d := &deployment{root: root, values: readValues(func(name string) string { return values[name] }), out: &out, clock: time.Now, account: doctortest.Account}
	d.Store, d.ControlPlane, d.DataPlane, d.made = s.Store.URL, s.Plane.URL, s.Data, maps.Clone(values)
	return d, &out
}

func TestTheStepDoctorFailsOnADifferenceAndNamesIt(t *testing.T) {
	s := startCloud(t)
	d, out := deployed(t, s)
	require.NoError(t, runDoctor(t.Context(), d), out)
	require.Contains(t, out.String(), "ok       roles      each role may do what its document says")

	s.Plane.On("ListEventStreamings", doctortest.OK(doctortest.Streams("PAUSED")))
	d, out = deployed(t, s)
	require.ErrorContains(t, runDoctor(t.Context(), d), "not as assumed")
	require.Contains(t, out.String(), "seen: stream-of-market-orders is PAUSED\n                    mend: start the stream")
}

func TestTheStepDoctorSaysWhatItMayNotRead(t *testing.T) {
	s := startCloud(t)
	s.Plane.On("GetPolicy", refuse)
	d, out := deployed(t, s)
	require.Error(t, runDoctor(t.Context(), d))
	require.Contains(t, out.String(), "GetPolicy: refused with 403 NoPermission")
	require.Contains(t, out.String(), "mend: attach the policy <DEPLOYMENT>-operator")
	require.NotContains(t, out.String(), s.Plane.Credentials.AccessKeySecret)
}

// Terraform knows the gateway's API, of which the doctor lists the routes.
func TestTheStepDoctorFindsTheGatewaysAPI(t *testing.T) {
	s := startCloud(t)
	d, out := deployed(t, s)
	d.values.getenv = with(d.values.getenv, map[string]string{"EDGE": "apig", "DOMAIN": "api.aegis.cn", "ENDPOINT": s.URL, "API_ID": "api-7"})
	require.NoError(t, runDoctor(t.Context(), d), out)
	require.Contains(t, out.String(), "routes are published")
	var asked []string
	for _, r := range s.Plane.Requests() {
		if r.Action == "ListHttpApiRoutes" {
			asked = append(asked, r.Path)
		}
	}
	require.Equal(t, []string{"/v1/http-apis/api-7/routes"}, asked)
}

func with(getenv func(string) string, more map[string]string) func(string) string {
	return func(name string) string {
		if value, ok := more[name]; ok {
			return value
		}
		return getenv(name)
	}
}
