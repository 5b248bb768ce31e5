package app_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// allowed are the packages of ours that each package may import, tests aside. Imports
// point one way: functions → app → api, marketplace, renewals → ledger or upstream →
// tokenrow → sale; access, store and pop are below.
var allowed = map[string][]string{
	"shared/pop":                     {},
	"shared/pop/diagnose":            {"shared/operations", "shared/pop"},
	"shared/sale":                    {},
	"shared/laws":                    {},
	"shared/operations":              {"shared/pop", "shared/sale"},
	"shared/runtimeapi":              {},
	"shared/customruntime":           {},
	"shared/store":                   {"shared/pop"},
	"shared/access":                  {"shared/store"},
	"shared/audit":                   {"shared/store"},
	"shared/tokenrow":                {"shared/sale", "shared/store"},
	"shared/ledger":                  {"shared/laws", "shared/sale", "shared/store", "shared/tokenrow"},
	"shared/upstream":                {"shared/pop", "shared/sale", "shared/store", "shared/tokenrow"},
	"shared/marketplace":             {"shared/ledger", "shared/pop", "shared/sale", "shared/store"},
	"shared/marketplace/marketapi":   {"shared/marketplace", "shared/pop"},
	"shared/marketplace/marketbooks": {"shared/marketplace", "shared/sale"},
	"shared/renewals":                {"shared/ledger", "shared/marketplace", "shared/sale", "shared/store"},
	"shared/api":                     {"shared/access", "shared/marketplace", "shared/operations", "shared/pop", "shared/sale", "shared/store"},
	"shared/app": {
		"shared/access", "shared/api", "shared/audit", "shared/customruntime", "shared/ledger", "shared/marketplace", "shared/pop", "shared/renewals", "shared/runtimeapi",
		"shared/sale", "shared/store", "shared/tokenrow", "shared/upstream",
	},
}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "aegis/...").CombinedOutput()
	require.NoError(t, err, "%s", out)

	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		all := strings.Fields(line)
		name := strings.TrimPrefix(all[0], "aegis/")
		seen[name] = true
		for _, imported := range all[1:] {
			if of, ok := strings.CutPrefix(imported, "aegis/"); ok {
				requireAllowed(t, name, of)
			}
		}
	}
	for name := range allowed {
		require.True(t, seen[name], "there is no package %s", name)
	}
}

func requireAllowed(t *testing.T, name, imported string) {
	t.Helper()
	may, listed := allowed[name]
	switch {
	case listed:
		require.True(t, slices.Contains(may, imported), "%s must not import %s", name, imported)
	case isFunction(name):
		wiring := []string{"shared/api", "shared/app", "shared/marketplace/marketapi"}
		require.True(t, slices.Contains(wiring, imported), "%s must not import %s", name, imported)
	default:
		require.True(t, isForTests(name), "%s is not listed here", name)
	}
}

func isFunction(name string) bool { return strings.HasPrefix(name, "functions/") }

// isForTests reports the packages that are never deployed: tools, the local stack, and
// what helps tests.
func isForTests(name string) bool {
	if strings.HasPrefix(name, "scripts/") || strings.HasPrefix(name, "shared/local") || strings.HasPrefix(name, "shared/simulation") {
		return true
	}
	return slices.Contains([]string{"shared/operations/reference", "shared/ledger/ledgertest", "shared/store/storetest", "shared/pop/conformance", "shared/pop/conformance/darabonba"}, name)
}
