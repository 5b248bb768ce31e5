package cloud_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/shared/pop"
)

func start(t *testing.T) (*cloudtest.Server, *cloud.Client) {
	t.Helper()
	s := cloudtest.Start(t)
	return s, &cloud.Client{Credentials: s.Credentials, Region: "cn-hangzhou", Endpoint: s.URL}
}

func ok(body any) cloudtest.Answer {
	return func(cloudtest.Request) (int, any) { return http.StatusOK, body }
}

// calls are all calls there are, with values that need escaping.
func calls() []cloud.Call {
	return []cloud.Call{
		cloud.GetCallerIdentity(), cloud.GetRole("aegis-sales"), cloud.ListPoliciesForRole("aegis-sales"), cloud.GetPolicy("aegis-sales"),
		cloud.DescribeKey("key-1"), cloud.ListEventStreamings("aegis marketorders+*"), cloud.ListEventStreamings(""), cloud.GetQueueAttributes("market-orders"),
		cloud.ImportSwagger("group", `{"swagger": "2.0", "a": "ü&=+%"}`, true), cloud.ImportSwagger("group", "{}", false),
		cloud.GetInstance("aegis"), cloud.GetFunction("aegis-pop"), cloud.GetFunction("a b/ü+c"), cloud.ListTriggers("aegis-pop"),
		cloud.GetConcurrencyConfig("aegis-pop"), cloud.GetAsyncInvokeConfig("aegis-pop", "LATEST"), cloud.GetCustomDomain("api.example.com"),
		cloud.ListHTTPAPIRoutes("api-1"), cloud.DeployHTTPAPIRoute("api-1", "hr-1"),
	}
}

func TestEveryCallIsAsThePublishedMetadataHasIt(t *testing.T) {
	s, client := start(t)
	for _, call := range calls() {
		s.On(call.Action, ok(map[string]string{"Arn": "yes"}))
		var answer struct{ Arn string }
		require.NoError(t, client.Do(t.Context(), call, &answer), call.Action)
		require.Equal(t, "yes", answer.Arn)
	}
	require.Len(t, s.Requests(), len(calls()))
}

// The fake must refuse what the real one would: each of these differs in one thing.
func TestARequestThatTheMetadataDoesNotHaveIsFound(t *testing.T) {
	change := func(c cloud.Call, change func(*cloud.Call)) cloud.Call {
		change(&c)
		return c
	}
	for problem, call := range map[string]cloud.Call{
		"the version is":                    change(cloud.GetFunction("f"), func(c *cloud.Call) { c.Product = cloud.RAM }),
		"the method is POST":                change(cloud.GetFunction("f"), func(c *cloud.Call) { c.Method = "" }),
		"the path is":                       change(cloud.GetFunction("f"), func(c *cloud.Call) { c.Path += "s" + c.Path }),
		"there is no parameter query Role":  change(cloud.GetRole("r"), func(c *cloud.Call) { c.Query = map[string]string{"Role": "r"} }),
		"query InstanceName is missing":     cloud.GetInstance(""),
		"formData Limit is no integer":      change(cloud.ListEventStreamings("a"), func(c *cloud.Call) { c.Form["Limit"] = "many" }),
		"query DryRun is no boolean":        change(cloud.ImportSwagger("g", "{}", false), func(c *cloud.Call) { c.Query["DryRun"] = "perhaps" }),
		"body has no property RouteId":      change(cloud.DeployHTTPAPIRoute("a", "r"), func(c *cloud.Call) { c.Body = map[string]string{"RouteId": "r"} }),
		"body.routeId is no string":         change(cloud.DeployHTTPAPIRoute("a", "r"), func(c *cloud.Call) { c.Body = map[string]int{"routeId": 1} }),
		"metadata.json has no such action":  change(cloud.GetRole("r"), func(c *cloud.Call) { c.Action = "DeleteRole" }),
		"the parameter body body is no obj": change(cloud.DeployHTTPAPIRoute("a", "r"), func(c *cloud.Call) { c.Body = "r" }),
	} {
		t.Run(problem, func(t *testing.T) {
			s, err := cloudtest.New()
			require.NoError(t, err)
			client := serve(t, s)
			require.Error(t, client.Do(t.Context(), call, nil))
			require.Len(t, s.Problems(), 1)
			require.ErrorContains(t, s.Problems()[0], problem)
		})
	}
}

func TestASignatureOfOtherCredentialsOrAnotherTimeIsFound(t *testing.T) {
	s, err := cloudtest.New()
	require.NoError(t, err)
	client := serve(t, s)
	client.Credentials.AccessKeySecret = "another"
	require.Error(t, client.Do(t.Context(), cloud.GetCallerIdentity(), nil))
	client.Credentials = pop.Credentials{AccessKeyID: s.Credentials.AccessKeyID, AccessKeySecret: s.Credentials.AccessKeySecret, SecurityToken: "token"}
	require.Error(t, client.Do(t.Context(), cloud.GetCallerIdentity(), nil))
	client.Credentials = s.Credentials
	client.Clock = func() time.Time { return time.Now().Add(-16 * time.Minute) }
	require.Error(t, client.Do(t.Context(), cloud.GetCallerIdentity(), nil))
	require.Len(t, s.Problems(), 3)
}

func TestARefusalSaysWhatTheServiceSaid(t *testing.T) {
	s, client := start(t)
	s.On("GetRole", func(cloudtest.Request) (int, any) {
		return 404, map[string]string{"Code": "EntityNotExist.Role", "Message": "The role does not exist.", "RequestId": "r-1"}
	})
	err := client.Do(t.Context(), cloud.GetRole("aegis-sales"), nil)
	require.EqualError(t, err, "Ram GetRole: refused with 404 EntityNotExist.Role: The role does not exist. (request r-1)")
	require.True(t, cloud.IsNotFound(err))
	require.False(t, cloud.IsForbidden(err))

	s.On("ListHttpApiRoutes", func(cloudtest.Request) (int, any) {
		return 403, map[string]string{"code": "Forbidden.NoPermission", "message": "No.", "requestId": "r-2"}
	})
	err = client.Do(t.Context(), cloud.ListHTTPAPIRoutes("a"), nil)
	require.ErrorContains(t, err, "(request r-2)")
	require.True(t, cloud.IsForbidden(err))
	require.False(t, cloud.IsNotFound(err))

	s.On("GetInstance", ok("no object"))
	require.ErrorContains(t, client.Do(t.Context(), cloud.GetInstance("a"), &struct{}{}), "is not JSON of its form")
}

func TestNoErrorHoldsASecretOrAParameter(t *testing.T) {
	client := &cloud.Client{Credentials: pop.Credentials{AccessKeyID: "id", AccessKeySecret: "the-secret"}, Region: "cn-hangzhou", Endpoint: "http://127.0.0.1:1"}
	err := client.Do(t.Context(), cloud.DescribeKey("the-key"), nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "the-secret")
	require.NotContains(t, err.Error(), "the-key")

	client.Endpoint = "nowhere"
	require.ErrorContains(t, client.Do(t.Context(), cloud.GetCallerIdentity(), nil), `"nowhere" is no URL`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	client.Endpoint = "http://127.0.0.1:1"
	require.ErrorIs(t, client.Do(ctx, cloud.GetCallerIdentity(), nil), context.Canceled)
}

// Without an endpoint of its own a client asks each product's in its region.
func TestEachProductIsAskedWhereItIs(t *testing.T) {
	for _, call := range calls() {
		var host string
		client := &cloud.Client{Region: "cn-shanghai", HTTP: &http.Client{Transport: roundTrip(func(r *http.Request) { host = r.URL.Host })}}
		require.Error(t, client.Do(t.Context(), call, nil))
		require.True(t, strings.HasSuffix(host, ".aliyuncs.com"), host)
		require.Equal(t, call.Product != cloud.RAM, strings.Contains(host, ".cn-shanghai."), "%s: only RAM is one for all regions", host)
	}
}
