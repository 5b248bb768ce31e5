package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud/policies"
	"aegis/shared/local"
)

// schema is the provider's schema of the resources and data sources that are used.
type schema struct {
	Resources, Data map[string]schemaBlock
}

type schemaBlock struct {
	Attributes map[string]struct{ Required, Optional, Computed, Deprecated bool }
	Blocks     map[string]struct {
		schemaBlock
		Min, Max *int
	}
}

// readSchema reads the schema that TERRAFORM_SCHEMA names, or the one next to the
// project.
func readSchema(t *testing.T) schema {
	t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	path := os.Getenv("TERRAFORM_SCHEMA")
	if path == "" {
		path = filepath.Join(root, "..", "shared", "deploy", "schema-used.json")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("without the provider's schema its arguments are not checked: %v (set TERRAFORM_SCHEMA)", err)
	}
	var s schema
	require.NoError(t, json.Unmarshal(text, &s))
	require.NotEmpty(t, s.Resources)
	return s
}

// roots parses all files of the roots, by folder.
func roots(t *testing.T) map[string][]*hclsyntax.Block {
	t.Helper()
	all := map[string][]*hclsyntax.Block{}
	parser := hclparse.NewParser()
	for _, root := range []string{"0-activate", "1-foundation", "2-edge"} {
		files, err := filepath.Glob(filepath.Join(root, "*.tf"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, name := range files {
			file, problems := parser.ParseHCLFile(name)
			require.False(t, problems.HasErrors(), problems.Error())
			all[root] = append(all[root], file.Body.(*hclsyntax.Body).Blocks...)
		}
	}
	return all
}

func TestEveryArgumentIsOneThatTheProviderHas(t *testing.T) {
	s := readSchema(t)
	checked := 0
	for root, blocks := range roots(t) {
		for _, block := range blocks {
			of := map[string]map[string]schemaBlock{"resource": s.Resources, "data": s.Data}[block.Type]
			if of == nil {
				continue
			}
			known, ok := of[block.Labels[0]]
			require.True(t, ok, "%s: the schema has no %s %s", root, block.Type, block.Labels[0])
			require.Empty(t, misfits(known, block.Body, block.Labels[0], true), root)
			checked++
		}
	}
	require.Greater(t, checked, 20)
}

func TestAMisspeltArgumentIsFound(t *testing.T) {
	s := readSchema(t)
	parse := func(text string) *hclsyntax.Body {
		file, problems := hclparse.NewParser().ParseHCL([]byte(text), "test.tf")
		require.False(t, problems.HasErrors())
		return file.Body.(*hclsyntax.Body)
	}
	queue := s.Resources["alicloud_message_service_queue"]
	require.Equal(t, []string{"q.visibility_timout is not known"}, misfits(queue, parse("queue_name = 1\nvisibility_timout = 1"), "q", true))
	require.Equal(t, []string{"q.queue_name is required"}, misfits(queue, parse(""), "q", true))
	require.Equal(t, []string{"q.dlq_policy.max_count is not known"}, misfits(queue, parse("queue_name = 1\ndlq_policy {\n max_count = 1\n}"), "q", true))
	require.Equal(t, []string{"q.dead is no block"}, misfits(queue, parse("queue_name = 1\ndead {\n}"), "q", true))
	require.Equal(t, []string{"q.create_time is computed"}, misfits(queue, parse("queue_name = 1\ncreate_time = 1"), "q", true))
	require.Equal(t, []string{"p.document is deprecated"}, misfits(s.Resources["alicloud_ram_policy"], parse("document = 1"), "p", true))
	index := s.Resources["alicloud_log_store_index"]
	dynamic := "project = 1\nlogstore = 1\ndynamic \"field_search\" {\n for_each = []\n content {\n  nam = 1\n }\n}"
	require.ElementsMatch(t, []string{"i.field_search.nam is not known", "i.field_search.name is required"}, misfits(index, parse(dynamic), "i", true))
}

// misfits returns what a body has and the schema has not, or the other way round.
func misfits(known schemaBlock, body *hclsyntax.Body, path string, top bool) (wrong []string) {
	meta := []string{"for_each", "count", "depends_on", "provider"}
	for name := range body.Attributes {
		a, ok := known.Attributes[name]
		switch {
		case top && slices.Contains(meta, name):
		case !ok:
			wrong = append(wrong, path+"."+name+" is not known")
		case a.Deprecated:
			wrong = append(wrong, path+"."+name+" is deprecated")
		case a.Computed && !a.Optional:
			wrong = append(wrong, path+"."+name+" is computed")
		}
	}
	for name, a := range known.Attributes {
		if a.Required && body.Attributes[name] == nil {
			wrong = append(wrong, path+"."+name+" is required")
		}
	}
	return append(wrong, blockMisfits(known, body, path, top)...)
}

func blockMisfits(known schemaBlock, body *hclsyntax.Body, path string, top bool) (wrong []string) {
	seen := map[string]int{}
	for _, block := range body.Blocks {
		name, content := block.Type, block.Body
		if name == "dynamic" {
			name, content = block.Labels[0], block.Body.Blocks[0].Body
		}
		below, ok := known.Blocks[name]
		switch {
		case top && name == "lifecycle":
			continue
		case !ok:
			wrong = append(wrong, path+"."+name+" is no block")
			continue
		}
		seen[name]++
		wrong = append(wrong, misfits(below.schemaBlock, content, path+"."+name, false)...)
	}
	for name, below := range known.Blocks {
		if below.Min != nil && seen[name] < *below.Min || below.Max != nil && *below.Max > 0 && seen[name] > *below.Max {
			wrong = append(wrong, path+"."+name+" is there too seldom or too often")
		}
	}
	return wrong
}

// find returns a resource of a root.
func find(t *testing.T, root, kind, name string) *hclsyntax.Body {
	t.Helper()
	for _, block := range roots(t)[root] {
		if block.Type == "resource" && block.Labels[0] == kind && block.Labels[1] == name {
			return block.Body
		}
	}
	require.Fail(t, "there is no resource", "%s.%s in %s", kind, name, root)
	return nil
}

func source(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// The store has the customers' money: no plan may remove it. The provider sends the two
// lists of the ACL together, and without them the service shuts the Internet out.
func TestTheStoreIsNeverDestroyedAndHasBothAccessLists(t *testing.T) {
	store := find(t, "1-foundation", "alicloud_ots_instance", "store")
	require.Contains(t, store.Attributes, "network_type_acl")
	require.Contains(t, store.Attributes, "network_source_acl")
	var prevent *hclsyntax.Attribute
	for _, block := range store.Blocks {
		if block.Type == "lifecycle" {
			prevent = block.Body.Attributes["prevent_destroy"]
		}
	}
	require.NotNil(t, prevent)
	value, problems := prevent.Expr.Value(&hcl.EvalContext{})
	require.False(t, problems.HasErrors())
	require.True(t, value.True())
	require.Equal(t, "alicloud_ots_instance.store", kept, "destroy leaves it out")
}

// Terraform has the groups of the table, gives their documents every place, and hands
// their roles on by the names that s.yaml reads.
func TestTheRolesAreThoseOfTheTable(t *testing.T) {
	text := source(t, "1-foundation/roles.tf")
	var names, callers []string
	for _, g := range policies.Groups() {
		names = append(names, `"`+g.Name+`"`)
		if g.Callers {
			callers = append(callers, `"`+g.Name+`"`)
		}
		require.Equal(t, "FC_ROLE_"+strings.ToUpper(g.Name), g.Setting(), "as outputs.tf makes it")
	}
	require.Contains(t, text, "groups  = toset(["+strings.Join(names, ", ")+"])")
	require.Contains(t, text, ": toset(["+strings.Join(callers, ", ")+"])")

	for _, file := range []string{"sales", "orders", "operator", "kms"} {
		for _, match := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(source(t, "1-foundation/policies/"+file+".json"), -1) {
			require.Regexp(t, `(?m)^    `+match[1]+` +=`, text, "templatefile fills it in")
		}
	}
}

// No value of s.yaml that the foundation makes is missing from its output.
func TestTheFoundationMakesWhatTheDeploymentReads(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	d := &deployment{root: root}
	names, err := d.requiredBySYAML()
	require.NoError(t, err)
	outputs := source(t, "1-foundation/outputs.tf")
	for _, name := range names {
		if !strings.HasPrefix(name, "FC_ROLE_") {
			require.Regexp(t, `(?m)^      `+name+` +=`, outputs)
		}
	}
	require.Contains(t, outputs, `"FC_ROLE_${upper(group)}"`)
}

// The queues are those that the functions use.
func TestTheQueuesAreThoseOfTheFunctions(t *testing.T) {
	text := source(t, "1-foundation/queues.tf")
	for _, name := range []string{policies.Queue, policies.DeadQueue} {
		require.Contains(t, text, `"`+name+`"`)
	}
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	require.Contains(t, source(t, filepath.Join(root, "s.yaml")), "QueueName: "+policies.Queue+"\n")
}
