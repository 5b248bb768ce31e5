package policies_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud/policies"
	"aegis/shared/app"
	"aegis/shared/local"
)

func place() policies.Place {
	return policies.Place{Region: "cn-hangzhou", Account: "1234567890123456", Instance: "Aegis", LogProject: "p", LogStore: "l", KMSKey: "k"}
}

// documents are all documents, by the names of their files.
func documents(p policies.Place) map[string]policies.Document {
	all := map[string]policies.Document{"kms": policies.KMS(p), "trust": policies.Trust(), "operator": policies.Operator().Document(p)}
	for _, g := range policies.Groups() {
		all[g.Name] = g.Document(p)
	}
	return all
}

func TestEveryFunctionHasOneRole(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	folders, err := os.ReadDir(filepath.Join(root, "functions"))
	require.NoError(t, err)
	deployment, err := os.ReadFile(filepath.Join(root, "s.yaml"))
	require.NoError(t, err)
	var want, got []string
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		want = append(want, f.Name())
		group, ok := policies.Of(f.Name())
		require.True(t, ok, "%s is in no group", f.Name())
		require.Regexp(t, `functionName: aegis-`+f.Name()+`\n.*\n +role: \$\{env\('`+group.Setting()+`'\)\}`, string(deployment))
	}
	for _, g := range policies.Groups() {
		got = append(got, g.Functions...)
	}
	require.ElementsMatch(t, want, got)
	_, ok := policies.Of("another")
	require.False(t, ok)
}

func TestEveryActionExists(t *testing.T) {
	text, err := os.ReadFile("testdata/actions.txt")
	require.NoError(t, err)
	known := strings.Split(string(text), "\n")
	for name, d := range documents(place()) {
		for _, s := range d.Statement {
			for _, action := range s.Action {
				require.Contains(t, known, action, "of %s", name)
			}
		}
	}
}

// A role of a function reaches no other resource and changes no schema.
func TestAFunctionsRoleIsNarrow(t *testing.T) {
	for _, g := range policies.Groups() {
		for _, s := range g.Document(place()).Statement {
			require.Len(t, s.Resource, 1)
			require.NotContains(t, s.Resource[0], "*", g.Name)
			for _, action := range s.Action {
				require.NotContains(t, action, "*", g.Name)
				require.Regexp(t, `^(ots:(BatchGetRow|BatchWriteRow|GetRange)|mns:SendMessage|log:PostLogStoreLogs)$`, action)
			}
		}
	}
}

func TestEveryTableAndIndexExists(t *testing.T) {
	var known []string
	for _, table := range app.Tables() {
		known = append(known, table.Name)
	}
	for _, index := range app.Indexes() {
		known = append(known, index.Name)
	}
	known = append(known, policies.DoctorTable, policies.DoctorIndexed, policies.DoctorIndex) // which the operator alone uses
	granted := map[string]bool{}
	for _, d := range documents(place()) {
		for _, s := range d.Statement {
			for _, r := range s.Resource {
				if _, table, ok := strings.Cut(r, "instance/aegis/table/"); ok {
					require.Contains(t, known, table)
					granted[table] = true
				}
			}
		}
	}
	for _, name := range known {
		require.True(t, granted[name], "nobody may use %s", name)
	}
}

func TestTheFilesOfTerraformAreCurrent(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	folder := filepath.Join(root, "scripts", "deploy", "1-foundation", "policies")
	var files []string
	for name, d := range documents(policies.Open()) {
		files = append(files, name+".json")
		path := filepath.Join(folder, name+".json")
		if os.Getenv("UPDATE") == "1" {
			require.NoError(t, os.MkdirAll(folder, 0o755))
			require.NoError(t, os.WriteFile(path, []byte(d.JSON()), 0o644))
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, d.JSON(), string(got), "write it again: UPDATE=1 go test ./scripts/internal/cloud/policies")
	}
	there, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, f := range there {
		require.Contains(t, files, f.Name(), "nothing makes it")
	}
}

func TestADocumentOfTheCloudIsComparedByWhatItSays(t *testing.T) {
	group, _ := policies.Of("marketspi")
	mine := group.Document(place())
	same := slices.Clone(mine.Statement)
	slices.Reverse(same)
	differences, err := mine.Differences(policies.Document{Version: "1", Statement: same}.JSON())
	require.NoError(t, err)
	require.Empty(t, differences)

	one := `{"Version":"1","Statement":{"Effect":"Allow","Action":"ots:*","Resource":"*"}}`
	_, err = mine.Differences(one)
	require.ErrorContains(t, err, "is not JSON")
	differences, err = mine.Differences(`{"Version":"1","Statement":[{"Effect":"Allow","Action":"ots:*","Resource":"*"}]}`)
	require.NoError(t, err)
	require.Contains(t, differences, "not expected: allow ots:* *")
	require.Contains(t, differences, "missing: allow mns:SendMessage acs:mns:cn-hangzhou:1234567890123456:/queues/market-orders/messages")

	differences, err = policies.Trust().Differences(`{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}]}`)
	require.NoError(t, err)
	require.Equal(t, []string{"missing: allow sts:AssumeRole Service fc.aliyuncs.com", "not expected: allow sts:AssumeRole Service ecs.aliyuncs.com"}, differences)
}
