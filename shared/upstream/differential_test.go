package upstream_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/aegis"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/upstream"
)

// request is one as an endpoint reads it: query and form are one set.
type request struct {
	method, path string
	params       url.Values
}

// recorder is an HTTP server that keeps the last request.
type recorder struct {
	*httptest.Server
	last request
}

func record(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		_ = in.ParseForm()
		r.last = request{in.Method, in.URL.Path, in.Form}
		_, _ = io.WriteString(w, `{"OrderId":"o","InstanceId":"i","RequestId":"r","TotalMachineNum":"5"}`)
	}))
	t.Cleanup(r.Close)
	return r
}

// ids are what callers send: the SDK takes any text.
func ids() *rapid.Generator[string] { return rapid.StringMatching(`[ -~]{1,64}`) }

func terms() *rapid.Generator[sale.Term] {
	return rapid.Custom(func(t *rapid.T) sale.Term {
		return sale.Term{
			Duration: rapid.IntRange(1, 36).Draw(t, "duration"),
			Cycle:    rapid.SampledFrom([]sale.Cycle{sale.Year, sale.Month, sale.Day, sale.Hour}).Draw(t, "cycle"),
		}
	})
}

// commands are every operation that is forwarded.
func commands() *rapid.Generator[sale.Command] {
	return rapid.Custom(func(t *rapid.T) sale.Command {
		id, machines, version := ids().Draw(t, "instance"), rapid.IntRange(1, 500).Draw(t, "machines"), rapid.IntRange(1, 4).Draw(t, "version")
		return rapid.SampledFrom([]sale.Command{
			sale.Create{Term: terms().Draw(t, "term"), VersionCode: version, VmNumber: machines},
			sale.Create{Term: terms().Draw(t, "term"), VersionCode: version, VmNumber: machines, AutoRenew: true, AutoRenewMonths: rapid.IntRange(1, 12).Draw(t, "months")},
			sale.Upgrade{InstanceID: id, VersionCode: version, VmNumber: machines},
			sale.Renew{InstanceID: id, Term: terms().Draw(t, "term"), VmNumber: machines},
			sale.Release{InstanceID: id},
		}).Draw(t, "command")
	})
}

// TestForwardsEqualTheSDKs sends the same sale through Alibaba Cloud's own SDK and
// through Client. The endpoint reads the same from both, and with the SDK's time and
// nonce the signatures are equal.
func TestForwardsEqualTheSDKs(t *testing.T) {
	endpoint := record(t)
	for name, key := range map[string]pop.Credentials{
		"access key": {AccessKeyID: "LTAI-operator", AccessKeySecret: "operators-secret"},
		"STS":        {AccessKeyID: "STS.operator", AccessKeySecret: "operators-secret", SecurityToken: "a+/= b"},
	} {
		t.Run(name, func(t *testing.T) {
			theirs := sdkClient(t, endpoint.URL, key)
			rapid.Check(t, func(t *rapid.T) {
				owner, token, command := strconv.Itoa(rapid.IntRange(1, 1<<40).Draw(t, "owner")), ids().Draw(t, "token"), commands().Draw(t, "command")
				require.NoError(t, sellWithSDK(theirs, owner, token, command))
				want := endpoint.last

				_, err := repeating(t, endpoint.URL, key, want.params).Prepare(context.Background(), owner, token, command)(context.Background())
				require.NoError(t, err)
				require.Equal(t, want, endpoint.last)
			})
		})
	}
}

func TestQueriesEqualTheSDKs(t *testing.T) {
	endpoint := record(t)
	key := pop.Credentials{AccessKeyID: "LTAI-operator", AccessKeySecret: "operators-secret"}
	r := requests.NewCommonRequest()
	r.Method, r.Scheme, r.Domain, r.Version, r.ApiName = http.MethodPost, "HTTP", endpoint.Listener.Addr().String(), "2016-11-11", "GetSummary"
	r.QueryParams["Format"], r.QueryParams["OwnerId"] = "JSON", "1"
	_, err := sdkClient(t, endpoint.URL, key).ProcessCommonRequest(r)
	require.NoError(t, err)
	want := endpoint.last

	_, err = repeating(t, endpoint.URL, key, want.params).Summary(context.Background(), "1")
	require.NoError(t, err)
	require.Equal(t, want, endpoint.last)
}

// repeating makes a client that signs at a request's time and with its nonce.
func repeating(t require.TestingT, endpoint string, key pop.Credentials, params url.Values) *upstream.Client {
	at, err := time.Parse(time.RFC3339, params.Get("Timestamp"))
	require.NoError(t, err)
	c, err := upstream.NewClient(upstream.ClientConfig{
		URL: endpoint, Credentials: func(context.Context) pop.Credentials { return key },
		Clock: func() time.Time { return at }, Nonce: func() string { return params.Get("SignatureNonce") },
	})
	require.NoError(t, err)
	return c
}

func sdkClient(t *testing.T, endpoint string, key pop.Credentials) *aegis.Client {
	t.Helper()
	u, err := url.Parse(endpoint)
	require.NoError(t, err)
	var credential auth.Credential = credentials.NewAccessKeyCredential(key.AccessKeyID, key.AccessKeySecret)
	if key.SecurityToken != "" {
		credential = credentials.NewStsTokenCredential(key.AccessKeyID, key.AccessKeySecret, key.SecurityToken)
	}
	c, err := aegis.NewClientWithOptions("cn-hangzhou", sdk.NewConfig().WithScheme("HTTP"), credential)
	require.NoError(t, err)
	c.Domain = u.Host
	return c
}

func sellWithSDK(c *aegis.Client, owner, token string, command sale.Command) error {
	switch p := command.(type) {
	case sale.Create:
		r := aegis.CreateCreateInstanceRequest()
		r.OwnerId, r.ClientToken = requests.Integer(owner), token
		r.Duration, r.PricingCycle = requests.NewInteger(p.Term.Duration), string(p.Term.Cycle)
		r.VersionCode, r.VmNumber = requests.NewInteger(p.VersionCode), requests.NewInteger(p.VmNumber)
		r.IsAutoRenew, r.AutoRenewDuration = requests.NewBoolean(p.AutoRenew), requests.NewInteger(p.AutoRenewMonths)
		_, err := c.CreateInstance(r)
		return err
	case sale.Upgrade:
		r := aegis.CreateUpgradeInstanceRequest()
		r.OwnerId, r.ClientToken, r.InstanceId = requests.Integer(owner), token, p.InstanceID
		r.VersionCode, r.VmNumber = requests.NewInteger(p.VersionCode), requests.NewInteger(p.VmNumber)
		_, err := c.UpgradeInstance(r)
		return err
	case sale.Renew:
		r := aegis.CreateRenewInstanceRequest()
		r.OwnerId, r.ClientToken, r.InstanceId = requests.Integer(owner), token, p.InstanceID
		r.Duration, r.PricingCycle, r.VmNumber = requests.NewInteger(p.Term.Duration), string(p.Term.Cycle), strconv.Itoa(p.VmNumber)
		_, err := c.RenewInstance(r)
		return err
	case sale.Release:
		r := aegis.CreateReleaseInstanceRequest()
		r.OwnerId, r.InstanceId = requests.Integer(owner), p.InstanceID
		_, err := c.ReleaseInstance(r)
		return err
	}
	return errors.New("the SDK has no such operation")
}

// Two calls with one fingerprint must be one request to the endpoint, which compares
// all that it is sent.
func TestEqualCallsAreForwardedEqual(t *testing.T) {
	endpoint := record(t)
	with3, with0 := create(), create()
	with3.AutoRenewMonths = 3 // which means nothing without AutoRenew
	require.Equal(t, with0.Parameters(), with3.Parameters())

	_, err := client(t, endpoint.URL).Prepare(context.Background(), "1", "t1", with0)(context.Background())
	require.NoError(t, err)
	want := endpoint.last.params
	require.Equal(t, "0", want.Get("AutoRenewDuration"))

	_, err = repeating(t, endpoint.URL, pop.Credentials{AccessKeyID: "LTAI-operator", AccessKeySecret: "operators-secret"}, want).Prepare(context.Background(), "1", "t1", with3)(context.Background())
	require.NoError(t, err)
	require.Equal(t, want, endpoint.last.params)
}

func TestFunctionsThatOnlySellDoNotLinkTheSDK(t *testing.T) {
	asks := []string{"marketorders", "renewals"} // they ask the Market OpenAPI
	folders, err := os.ReadDir("../../functions")
	require.NoError(t, err)
	for _, folder := range folders {
		if !folder.IsDir() || slices.Contains(asks, folder.Name()) {
			continue
		}
		c := exec.Command("go", "list", "-deps", "./functions/"+folder.Name())
		c.Dir = "../.."
		out, err := c.Output()
		require.NoError(t, err)
		require.Contains(t, string(out), "aegis/shared/upstream")
		for _, heavy := range []string{"github.com/aliyun/alibaba-cloud-sdk-go/sdk", "github.com/getkin/kin-openapi/openapi3", "aegis/shared/operations/reference"} {
			require.NotContains(t, strings.Fields(string(out)), heavy, folder.Name())
		}
	}
}
