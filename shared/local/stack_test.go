package local_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/customer"
	"aegis/shared/local/localtest"
	"aegis/shared/local/sample"
)

func TestTheStack(t *testing.T) {
	folder := t.TempDir()
	t.Cleanup(func() { // after the stack is closed
		require.NoFileExists(t, filepath.Join(folder, local.DescriptionFile))
	})
	stack := localtest.Start(t, func(c *local.Config) { c.Describe = folder })

	t.Run("says where it is while it runs", func(t *testing.T) {
		written, err := local.ReadDescription(folder)
		require.NoError(t, err)
		require.Equal(t, stack.Describe(), written)
		require.Equal(t, os.Getpid(), written.PID)
		answered, err := local.FetchDescription(t.Context(), stack.URL)
		require.NoError(t, err)
		require.Equal(t, written, answered)
		require.Equal(t, stack.StoreURL, answered.Settings(os.Getenv)("TABLESTORE_ENDPOINT"))

		t.Run("with the clock as it is", func(t *testing.T) {
			moveClock(t, stack, "720h")
			defer moveClock(t, stack, "0s")
			written, err := local.ReadDescription(folder)
			require.NoError(t, err)
			require.Equal(t, "720h0m0s", written.ClockOffset)
			require.Equal(t, "720h0m0s", written.Settings(func(string) string { return "" })("CLOCK_OFFSET"))
			require.Equal(t, "1h", written.Settings(func(name string) string { return map[string]string{"CLOCK_OFFSET": "1h"}[name] })("CLOCK_OFFSET"))
		})
	})

	t.Run("sells to the published SDK", func(t *testing.T) {
		buyer := localtest.Owner(t, stack)
		order, instance, err := buyer.Create("create", 1, 3, 1) // the documentation's sample
		require.NoError(t, err)
		order2, instance2, err := buyer.Create("create", 1, 3, 1)
		require.NoError(t, err)
		require.Equal(t, order, order2)
		require.Equal(t, instance, instance2)
		upgraded, err := buyer.Upgrade("upgrade", instance, 2, 4)
		require.NoError(t, err)
		require.NotEqual(t, order, upgraded)
		_, err = buyer.Renew("renew too early", instance, 5, 1)
		requireCode(t, err, "InvalidVmNumber.ExceedsLicence")
		_, err = buyer.Upgrade("upgrade more", instance, 2, 5)
		require.NoError(t, err)
		renewed, err := buyer.Renew("renew", instance, 5, 1)
		require.NoError(t, err)
		require.NotEmpty(t, renewed)
		summary, err := buyer.Summary()
		require.NoError(t, err)
		require.Equal(t, 5, summary.Machines)
		require.Equal(t, instance, summary.InstanceID)
		require.True(t, summary.Expires.After(time.Now().AddDate(0, 1, 25)))
	})

	t.Run("tells the SDK's user that the secret is wrong", func(t *testing.T) {
		thief := localtest.Customer(t, customer.Config{URL: stack.URL, KeyID: local.OwnerKey, Secret: "guess"})
		_, _, err := thief.Create("x", 1, 3, 1)
		var failed *sdkerrors.ServerError
		require.ErrorAs(t, err, &failed)
		require.Contains(t, failed.Recommend(), "InvalidAccessKeySecret")
	})

	t.Run("keeps a reseller's owners apart", func(t *testing.T) {
		_, first, err := localtest.For(t, stack, local.ResellersOwners()[0]).Create("same token", 4, 5, 1)
		require.NoError(t, err)
		_, second, err := localtest.For(t, stack, local.ResellersOwners()[99]).Create("same token", 4, 5, 1)
		require.NoError(t, err)
		require.NotEqual(t, first, second)
		_, _, err = localtest.For(t, stack, local.Owner).Create("x", 4, 5, 1)
		requireCode(t, err, "Forbidden.RAM")
	})

	t.Run("has a route for every operation", func(t *testing.T) {
		for _, name := range []string{"createinstance", "upgradeinstance", "renewinstance", "getsummary", "pop"} {
			body := post(t, stack, name)
			require.Contains(t, body, "RequestId", name)
			require.NotContains(t, body, "Signature", name)
		}
		require.Contains(t, post(t, stack, "getsummary"), `"TotalMachineNum":"5"`)
	})

	t.Run("answers a killed function's caller and replaces the instance", func(t *testing.T) {
		buyer := localtest.Owner(t, stack)
		for _, pid := range stack.Runtime.Pids("pop") {
			kill(t, pid)
		}
		_, err := buyer.Summary()
		if err != nil { // it took the instance before its end was seen
			_, err = buyer.Summary()
		}
		require.NoError(t, err)
	})

	t.Run("is healthy", func(t *testing.T) {
		answer, err := http.Get(stack.URL + "/healthz")
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, 200, answer.StatusCode)
	})
}

func moveClock(t *testing.T, stack *local.Stack, offset string) {
	t.Helper()
	answer, err := http.Post(stack.URL+"/clock", "application/json", strings.NewReader(`{"offset":"`+offset+`"}`))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

func requireCode(t *testing.T, err error, code string) {
	t.Helper()
	var failed *sdkerrors.ServerError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, code, failed.ErrorCode())
}

func kill(t *testing.T, pid int) {
	t.Helper()
	p, err := os.FindProcess(pid)
	require.NoError(t, err)
	require.NoError(t, p.Kill())
}

// post sends a sample call and returns the answer's body.
func post(t *testing.T, stack *local.Stack, name string) string {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	call, err := sample.Load(root, name, nil)
	require.NoError(t, err)
	r, err := http.NewRequest(call.Method, call.URL(stack.URL, time.Now()), nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(body)
}

func TestAStackThatCannotStartSaysWhyInOneLine(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer busy.Close()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, c := range map[string]struct {
		config local.Config
		why    string
	}{
		"a busy port of the gateway": {local.Config{Listen: busy.Addr().String()}, "address already in use"},
		"a busy port of the store":   {local.Config{Tablestore: busy.Addr().String()}, "address already in use"},
		"a data folder that is none": {local.Config{Data: filepath.Join(file, "data")}, "not a directory"},
		"functions that are none":    {local.Config{Binaries: t.TempDir()}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := local.Start(context.Background(), c.config)
			require.ErrorContains(t, err, c.why)
			require.NotContains(t, err.Error(), "\n")
		})
	}
	t.Run("no toolchain", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := local.Start(context.Background(), local.Config{BuildDir: t.TempDir()})
		require.ErrorContains(t, err, "Go toolchain is not on the PATH")
	})
}

func TestWhereNoStackAnswersNoneIsDescribed(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for _, gateway := range []string{other.URL, "http://127.0.0.1:1"} {
		_, err := local.FetchDescription(t.Context(), gateway)
		require.ErrorIs(t, err, local.ErrNoStack)
		require.ErrorContains(t, err, gateway)
	}
}

func TestEverySampleIsAnswered(t *testing.T) {
	for _, name := range []string{"createinstance", "getsummary", "pop"} {
		t.Run(name, func(t *testing.T) {
			root, err := local.ModuleRoot()
			require.NoError(t, err)
			call, err := sample.Load(root, name, nil)
			require.NoError(t, err)
			event, err := call.Event(time.Now())
			require.NoError(t, err)
			one, err := local.StartFunction(context.Background(), local.FunctionConfig{
				Function: call.Function, Data: "", BuildDir: localtest.BuildDir(t), Getenv: func(string) string { return "" }, Logs: io.Discard,
			})
			require.NoError(t, err)
			defer func() { require.NoError(t, one.Close()) }()
			result, err := one.Invoke(context.Background(), event)
			require.NoError(t, err)
			require.Empty(t, result.ErrorType, string(result.Payload))
			require.Contains(t, string(result.Payload), `"statusCode":200`)
			require.NotContains(t, strings.ToLower(string(result.Log)), "secret")
		})
	}
}
