package main

import (
	"net/http"
	"path"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/scripts/internal/cloud/policies"
)

const testAccount = "1234567890123456"

func testPlace() policies.Place {
	return policies.Place{Region: "cn-hangzhou", Account: testAccount, Instance: "aegis-test", LogProject: "aegis-test-" + testAccount, LogStore: "functions"}
}

// startPlane starts a control plane that has what a deployment of the tests makes.
func startPlane(t *testing.T) *cloudtest.Server {
	t.Helper()
	plane := cloudtest.Start(t)
	plane.On("GetCallerIdentity", answer(map[string]string{"AccountId": testAccount, "Arn": "acs:ram::" + testAccount + ":user/deployer"}))
	plane.On("GetInstance", answer(map[string]any{"NetworkTypeACL": []string{"VPC", "CLASSIC", "INTERNET"}, "NetworkSourceACL": []string{"TRUST_PROXY"}}))
	plane.On("DeployHttpApi", answer(map[string]string{"code": "Ok", "requestId": "r-1"}))
	plane.On("ImportSwagger", answer(map[string]any{"RequestId": "r-1"}))
	plane.On("GetPolicy", func(r cloudtest.Request) (int, any) {
		for _, g := range policies.Groups() {
			if g.Role("aegis-test") == r.Query["PolicyName"] {
				return http.StatusOK, map[string]any{"DefaultPolicyVersion": map[string]string{"PolicyDocument": g.Document(testPlace()).JSON()}}
			}
		}
		return http.StatusNotFound, map[string]string{"Code": "EntityNotExist.Policy"}
	})
	plane.On("GetFunction", func(r cloudtest.Request) (int, any) {
		group, ok := policies.Of(path.Base(r.Path)[len("aegis-"):])
		if !ok {
			return http.StatusNotFound, map[string]string{"Code": "FunctionNotFound"}
		}
		return http.StatusOK, map[string]string{"runtime": "go1", "role": "acs:ram::" + testAccount + ":role/" + group.Role("aegis-test")}
	})
	return plane
}

func answer(body any) cloudtest.Answer {
	return func(cloudtest.Request) (int, any) { return http.StatusOK, body }
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
	require.Len(t, published, len(routes()))
	require.Equal(t, []string{"true", ""}, dry)
}
