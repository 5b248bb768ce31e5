package reference_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/local/localtest"
	"aegis/shared/operations"
	"aegis/shared/pop"
	"aegis/shared/pop/conformance"
)

// get reads a page of the stack.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text)
}

func TestTheStackServesTheReferenceAndRunsTheSamples(t *testing.T) {
	stack := localtest.Start(t)
	t.Run("openapi.json", func(t *testing.T) {
		status, body := get(t, stack.URL+"/openapi.json")
		require.Equal(t, 200, status)
		file, err := os.ReadFile("openapi.json")
		require.NoError(t, err)
		require.Equal(t, string(file), body)
	})
	t.Run("a page for each error code", func(t *testing.T) {
		_, index := get(t, stack.URL+"/errors/")
		for _, e := range operations.Errors() {
			require.Contains(t, index, "/errors/"+e.Code)
			status, body := get(t, stack.URL+"/errors/"+e.Code)
			require.Equal(t, 200, status, e.Code)
			require.Contains(t, body, e.Mend.Chinese)
			require.Contains(t, body, "&#34;Code&#34;: &#34;"+e.Code+"&#34;")
		}
		status, _ := get(t, stack.URL+"/errors/NoSuchCode")
		require.Equal(t, 404, status)
	})
	t.Run("a refusal's Recommend leads there", func(t *testing.T) { leadsToItsPage(t, stack) })
	t.Run("answers fit the OpenAPI document", func(t *testing.T) { answersFit(t, stack) })
	t.Run("samples in Go", func(t *testing.T) { runGo(t, stack) })
	t.Run("samples in Go with darabonba", compileDarabonba)
	t.Run("samples for curl", func(t *testing.T) { runCurl(t, stack) })
	t.Run("samples in Node.js", func(t *testing.T) { runNode(t, stack) })
}

// call sends a signed call to an operation's own route.
func call(t *testing.T, stack *local.Stack, k key, o operations.Operation, parameters ...string) string {
	t.Helper()
	all := pop.Params{{Name: "Action", Value: o.Name}, {Name: "Version", Value: "2016-11-11"}, {Name: "Format", Value: "JSON"}}
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		all = append(all, pop.Param{Name: name, Value: value})
	}
	signer := pop.Signer{Credentials: pop.Credentials{AccessKeyID: k.id, AccessKeySecret: k.secret}}
	_, body := get(t, stack.URL+"/"+o.Name+"?"+signer.SignV1(http.MethodGet, all).Encode())
	return body
}

func leadsToItsPage(t *testing.T, stack *local.Stack) {
	o := operations.CreateInstance()
	body := call(t, stack, keyOf(o), o, "ClientToken=page", "Duration=1", "PricingCycle=Month", "VersionCode=1", "VmNumber=1", "MaxAmount=0.01")
	found := regexp.MustCompile(`"Recommend":"([^"]*)"`).FindStringSubmatch(body)
	require.Len(t, found, 2, body)
	require.Equal(t, stack.URL+"/errors/InvalidAmount.Exceeded", found[1])
	status, page := get(t, found[1])
	require.Equal(t, 200, status)
	require.Contains(t, page, "InvalidAmount.Exceeded")
}

// answersFit calls every operation that succeeds on a new stack.
func answersFit(t *testing.T, stack *local.Stack) {
	reseller := key{local.ResellerKey, local.ResellerSecret}
	owner := "OwnerId=" + local.ResellersOwners()[7]
	fits := func(o operations.Operation, parameters ...string) string {
		t.Helper()
		k := reseller
		if o.Granted {
			k = keyOf(o)
		}
		body := call(t, stack, k, o, append(parameters, owner)...)
		require.NotContains(t, body, `"Code"`)
		requireFits(t, o, body)
		return body
	}
	term := []string{"Duration=1", "PricingCycle=Month", "VmNumber=5"}
	fits(operations.GetSummary())
	bought := fits(operations.CreateInstance(), append(term, "ClientToken=fits", "VersionCode=1")...)
	instance := "InstanceId=" + field(t, bought, "InstanceId")
	fits(operations.UpgradeInstance(), "ClientToken=fits-u", "VersionCode=2", "VmNumber=5", instance)
	fits(operations.RenewInstance(), append(term, "ClientToken=fits-r", instance)...)
	fits(operations.GetSummary())
	fits(operations.SetRenewal(), instance, "RenewalStatus=AutoRenewal", "RenewalPeriod=1")
	fits(operations.QueryPrice(), append(term, "OrderType=Renewal", instance)...)
	fits(operations.QueryOrders())
	fits(operations.QueryOrders(), "ClientToken=fits")
	fits(operations.GetOrderDetail(), "OrderId="+field(t, bought, "OrderId"))
	fits(operations.SetMachineNumber(), "MachineNumber=6")
	fits(operations.DepositBalance(), "Amount=1", "Reference=fits")
	fits(operations.AdjustBalance(), "ClientToken=fits-a", "Amount=-1", "Reason=fits")
}

func field(t *testing.T, body, name string) string {
	t.Helper()
	found := regexp.MustCompile(`"` + name + `":"([^"]*)"`).FindStringSubmatch(body)
	require.Len(t, found, 2, body)
	return found[1]
}

// at is a sample's code for a stack at another address.
func at(code string, stack *local.Stack) string {
	address := strings.TrimPrefix(stack.URL, "http://")
	return strings.ReplaceAll(code, "127.0.0.1:8080", address)
}

// write writes a sample's code into a folder of its own.
func write(t *testing.T, o operations.Operation, name, code string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), o.Function(), name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(code), 0o644))
	return path
}

// requireOutcome requires an answer, or the refusal of an instance or an order that no
// sample can know.
func requireOutcome(t *testing.T, o operations.Operation, out string) {
	t.Helper()
	want := "RequestId"
	for _, p := range sampleParameters(o) {
		switch p.Name {
		case "InstanceId":
			want = "InvalidInstanceId.NotFound"
		case "OrderId":
			want = "InvalidOrderId.NotFound"
		}
	}
	require.Contains(t, out, want, "%s: %s", o.Name, out)
}

// runGo compiles every sample, and runs a sale and a query.
func runGo(t *testing.T, stack *local.Stack) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	requireCompiles(t, root, "Go, alibaba-cloud-sdk-go")
	for _, o := range []operations.Operation{operations.CreateInstance(), operations.QueryOrders()} {
		run := exec.Command("go", "run", write(t, o, "main.go", at(sampleOf(o, "Go, alibaba-cloud-sdk-go"), stack)))
		run.Dir = root
		out, err := run.CombinedOutput()
		require.NoError(t, err, "%s: %s", o.Name, out)
		requireOutcome(t, o, string(out))
	}
}

// compileDarabonba compiles every sample in the module that has darabonba.
func compileDarabonba(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	module := filepath.Join(root, "shared", "pop", "conformance", "darabonba")
	download := exec.Command("go", "mod", "download")
	download.Dir = module
	if out, err := download.CombinedOutput(); err != nil {
		t.Skipf("the modules of darabonba-openapi cannot be had: %v\n%s", err, out)
	}
	requireCompiles(t, module, "Go, darabonba-openapi/v2")
}

// requireCompiles compiles the samples of all operations at once, as packages that an
// overlay puts into a module. go list -export compiles and does not link.
func requireCompiles(t *testing.T, module, title string) {
	t.Helper()
	overlay := map[string]string{}
	list := []string{"list", "-export", "-overlay", filepath.Join(t.TempDir(), "overlay.json")}
	for _, o := range operations.All() {
		overlay[filepath.Join(module, "samples", o.Function(), "main.go")] = write(t, o, "main.go", sampleOf(o, title))
		list = append(list, "./samples/"+o.Function())
	}
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(list[3], text, 0o600))

	c := exec.Command("go", list...)
	c.Dir = module
	out, err := c.CombinedOutput()
	require.NoError(t, err, string(out))
}

// runCurl runs every sample, with scripts/sign built once.
func runCurl(t *testing.T, stack *local.Stack) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skipf("the samples need curl: %v", err)
	}
	sign := filepath.Join(t.TempDir(), "sign")
	build := exec.Command("go", "build", "-o", sign, "./scripts/sign")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	for _, o := range operations.All() {
		out, err := exec.Command("sh", "-c", strings.Replace(sampleOf(o, "curl"), "go run ./scripts/sign", sign+" -endpoint "+stack.URL, 1)).CombinedOutput()
		require.NoError(t, err, "%s: %s", o.Name, out)
		requireOutcome(t, o, string(out))
	}
}

// runNode runs every sample with the clients that the conformance tests install.
func runNode(t *testing.T, stack *local.Stack) {
	modules := conformance.NodeModules(t)
	for _, o := range operations.All() {
		node := exec.Command("node", write(t, o, "sample.js", at(sampleOf(o, "Node.js, @alicloud/pop-core"), stack)))
		node.Env = append(os.Environ(), "NODE_PATH="+modules)
		out, _ := node.CombinedOutput() // a refusal ends it with 1
		requireOutcome(t, o, string(out))
	}
}
