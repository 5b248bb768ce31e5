package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/scripts/internal/cloud/policies"
)

// deployed is a deployment on a control plane that has what it made.
func deployed(t *testing.T) (*deployment, *cloudtest.Server, *bytes.Buffer) {
	t.Helper()
	plane := startPlane(t)
	values := map[string]string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID": plane.Credentials.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": plane.Credentials.AccessKeySecret,
		"REGION": "cn-hangzhou", "DEPLOYMENT": "aegis-test",
	}
	var out bytes.Buffer
	d := &deployment{values: readValues(func(name string) string { return values[name] }), out: &out, clock: time.Now, account: testAccount}
	d.ControlPlane = plane.URL
	d.made = map[string]string{}
	for name, value := range environment(map[string]any{"name": "aegis-test", "region": "cn-hangzhou", "account": testAccount}) {
		d.made[name], _ = value.(string)
	}
	return d, plane, &out
}

func TestTheDoctorNamesWhatDiffers(t *testing.T) {
	d, _, _ := deployed(t)
	require.NoError(t, runDoctor(t.Context(), d))

	for of, change := range map[string]func(*cloudtest.Server){
		"network ACL of the store: seen [VPC], expected [CLASSIC INTERNET VPC]": func(plane *cloudtest.Server) {
			plane.On("GetInstance", answer(map[string]any{"NetworkTypeACL": []string{"VPC"}}))
		},
		"policy aegis-test-spi: seen not expected: allow ots:* *": func(plane *cloudtest.Server) {
			plane.On("GetPolicy", func(r cloudtest.Request) (int, any) {
				group := r.Query["PolicyName"][len("aegis-test-"):]
				for _, g := range policies.Groups() {
					if g.Name == group {
						document := g.Document(testPlace())
						if group == "spi" {
							document.Statement = append(document.Statement, policies.Statement{Effect: "Allow", Action: policies.List{"ots:*"}, Resource: policies.List{"*"}})
						}
						return http.StatusOK, map[string]any{"DefaultPolicyVersion": map[string]string{"PolicyDocument": document.JSON()}}
					}
				}
				return http.StatusNotFound, nil
			})
		},
		"role of aegis-renewals: seen acs:ram::1:role/admin, expected acs:ram::1234567890123456:role/aegis-test-timer": func(plane *cloudtest.Server) {
			plane.On("GetFunction", answer(map[string]string{"runtime": "go1", "role": "acs:ram::1:role/admin"}))
		},
		"runtime of aegis-pop: seen custom, expected go1": func(plane *cloudtest.Server) {
			plane.On("GetFunction", answer(map[string]string{"runtime": "custom", "role": "acs:ram::" + testAccount + ":role/aegis-test-sales"}))
		},
	} {
		d, plane, out := deployed(t)
		change(plane)
		require.ErrorContains(t, runDoctor(t.Context(), d), "differences between the cloud and what was deployed")
		require.Contains(t, out.String(), of)
	}
}

func TestTheDoctorEndsIfTheCloudCannotBeAsked(t *testing.T) {
	for _, action := range []string{"GetInstance", "GetPolicy", "GetFunction"} {
		d, plane, out := deployed(t)
		plane.On(action, func(cloudtest.Request) (int, any) {
			return http.StatusForbidden, map[string]string{"Code": "NoPermission", "Message": "You are not authorized."}
		})
		err := runDoctor(t.Context(), d)
		require.ErrorContains(t, err, action+": refused with 403 NoPermission")
		require.False(t, strings.Contains(err.Error()+out.String(), plane.Credentials.AccessKeySecret))
	}
}
