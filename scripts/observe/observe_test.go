// Package observe_test holds the files for Log Service against the lines that the
// functions write.
package observe_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/api"
	"aegis/shared/app"
	"aegis/shared/ledger"
	"aegis/shared/local"
	"aegis/shared/marketplace"
	"aegis/shared/renewals"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

// schema is the fields of each kind of line, by its msg.
func schema(t *testing.T) map[string][]string {
	t.Helper()
	var s map[string][]string
	read(t, "schema.json", &s)
	return s
}

func read(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

// queries returns every query of the files, by file and name.
func queries(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	var saved []struct{ SavedsearchName, SearchQuery string }
	read(t, "queries.json", &saved)
	for _, s := range saved {
		all["queries "+s.SavedsearchName] = s.SearchQuery
	}
	var alerts []struct {
		Name          string
		Configuration struct{ QueryList []struct{ Query string } }
	}
	read(t, "alerts.json", &alerts)
	for _, a := range alerts {
		all["alerts "+a.Name] = a.Configuration.QueryList[0].Query
	}
	var dashboard struct {
		Charts []struct {
			Title  string
			Search struct{ Query string }
		}
	}
	read(t, "dashboard.json", &dashboard)
	for _, c := range dashboard.Charts {
		all["dashboard "+c.Title] = c.Search.Query
	}
	return all
}

func TestQueriesUseFieldsOfTheSchemaOnly(t *testing.T) {
	kinds := schema(t)
	all := queries(t)
	require.Len(t, all, 8+7+8)
	for name, query := range all {
		kind := regexp.MustCompile(`'\$\.msg'\) = '(\w+)'`).FindStringSubmatch(query)
		require.Len(t, kind, 2, name)
		fields := regexp.MustCompile(`'\$\.(\w+)'`).FindAllStringSubmatch(query, -1)
		require.NotEmpty(t, fields, name)
		for _, f := range fields {
			require.Contains(t, kinds[kind[1]], f[1], name)
		}
	}
}

func TestTheSchemaOfCallsIsThatOfTheCode(t *testing.T) {
	var fields []string
	for _, f := range api.LogFields() {
		fields = append(fields, f.Name)
	}
	require.Equal(t, fields, schema(t)["call"])
}

// requireLines holds the lines of a log against the schema. Together they have every
// field of the kind.
func requireLines(t *testing.T, log *bytes.Buffer, kind string) {
	t.Helper()
	var seen []string
	for line := range strings.Lines(log.String()) {
		var fields map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &fields))
		require.Equal(t, kind, fields["msg"], line)
		for name := range fields {
			seen = append(seen, name)
		}
	}
	require.Subset(t, schema(t)[kind], seen)
	require.Subset(t, seen, schema(t)[kind])
}

func TestTheSchemaOfTheMarketplacesLinesIsThatOfTheCode(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	gate, books := open(t, time.Now)
	log := &bytes.Buffer{}
	orders, err := marketplace.New(marketplace.Config{Store: gate, Ledger: books, Secret: local.MarketSecret, Log: log})
	require.NoError(t, err)
	for _, name := range []string{"1-createinstance.json", "poison.json"} {
		event, err := os.ReadFile(filepath.Join(root, "events", "marketorders", name))
		require.NoError(t, err)
		_, err = orders.Consume(t.Context(), event)
		require.NoError(t, err)
	}
	requireLines(t, log, "order")
}

func TestTheSchemaOfTheTimersLinesIsThatOfTheCode(t *testing.T) {
	now := time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)
	_, books := open(t, func() time.Time { return now })
	_, err := books.OpenAccount(t.Context(), sale.Account{Owner: "1", Verified: true, Machines: 1, Balance: 1000})
	require.NoError(t, err)
	command := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 1, AutoRenew: true, AutoRenewMonths: 1}
	_, err = books.Sell(t.Context(), sale.Purchase{Owner: "1", Token: "t", Command: command}, nil)
	require.NoError(t, err)

	log := &bytes.Buffer{}
	timer, err := renewals.New(renewals.Config{Ledger: books, Clock: func() time.Time { return now }, Log: log})
	require.NoError(t, err)
	now = time.Date(2026, 6, 20, 4, 0, 0, 0, time.UTC) // the balance is spent: the renewal is refused
	report, err := timer.Run(t.Context(), renewals.Due)
	require.NoError(t, err)
	require.Equal(t, 1, report.Refused)
	requireLines(t, log, "timer")
}

func open(t *testing.T, clock func() time.Time) (*store.Store, *ledger.Ledger) {
	t.Helper()
	gate, _ := storetest.Start(t, app.Tables()...)
	require.NoError(t, gate.EnsureIndexes(t.Context(), app.Indexes()...))
	books, err := ledger.New(ledger.Config{Store: gate, Clock: clock})
	require.NoError(t, err)
	return gate, books
}
