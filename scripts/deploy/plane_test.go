package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/scripts/internal/doctor"
	"aegis/scripts/internal/doctor/doctortest"
)

// startCloud starts a sound deployment, on which this tool's own requests are answered too.
func startCloud(t *testing.T) *doctortest.System {
	t.Helper()
	s := doctortest.Start(t)
	s.Plane.On("DeployHttpApi", doctortest.OK(map[string]string{"code": "Ok", "requestId": "r-1"}))
	s.Plane.On("ImportSwagger", doctortest.OK(map[string]any{"RequestId": "r-1"}))
	return s
}

// requireEdges requires that every route of the gateway was published, and that the import
// was checked before it was made.
func requireEdges(t *testing.T, plane *cloudtest.Server) {
	t.Helper()
	published := map[any]bool{}
	var dry []string
	for _, r := range plane.Requests() {
		switch r.Action {
		case "DeployHttpApi":
			published[r.Body.(map[string]any)["routeId"]] = true
		case "ImportSwagger":
			dry = append(dry, r.Query["DryRun"])
		}
	}
	require.Len(t, published, len(doctor.Routes()))
	require.Equal(t, []string{"true", ""}, dry)
}

func refuse(cloudtest.Request) (int, any) {
	return http.StatusForbidden, map[string]string{"Code": "NoPermission", "Message": "You are not authorized."}
}
