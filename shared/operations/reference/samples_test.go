package reference_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/operations"
	"aegis/shared/operations/reference"
	"aegis/shared/pop"
)

func TestTheCodeSamplesAreCurrent(t *testing.T) {
	for _, o := range operations.All() {
		t.Run(o.Name, func(t *testing.T) {
			requireCurrent(t, filepath.Join("shared", "operations", "reference", "samples", o.Function()+".md"), samples(o))
		})
	}
}

func TestSamplesQuoteWhatCallersWrite(t *testing.T) {
	all := reference.Samples(reference.Call{Action: "A", Method: "POST", Host: "h", Parameters: pop.Params{{Name: "Reason", Value: `it's "so" \ <b>`}}})
	for title, want := range map[string]string{
		"curl":                             `'Reason=it'\''s "so" \ <b>'`,
		"Go, alibaba-cloud-sdk-go":         `"it's \"so\" \\ <b>"`,
		"Java, aliyun-java-sdk-core 4":     `"it's \"so\" \\ <b>"`,
		"Python, aliyun-python-sdk-core 2": `'it\'s "so" \\ <b>'`,
		"Node.js, @alicloud/pop-core":      `Reason: 'it\'s "so" \\ <b>'`,
		"PHP, alibabacloud/client":         `'it\'s "so" \\ <b>'`,
		"aliyun CLI":                       `--Reason 'it'\''s "so" \ <b>'`,
	} {
		require.Contains(t, code(all, title), want, title)
	}
	require.Contains(t, code(all, "Python, aliyun-python-sdk-core 2"), "port=80", "an endpoint without a port")
}

// samples is the document of an operation.
func samples(o operations.Operation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s. %s。\n\nThe samples call a local stack. 示例调用本地环境。\n", o.Name, o.Text.English, o.Text.Chinese)
	for _, s := range reference.Samples(calledAs(o)) {
		fmt.Fprintf(&b, "\n## %s\n\n```%s\n%s```\n", s.Title, s.Language, s.Code)
	}
	return b.String()
}

// calledAs is the call of the samples.
func calledAs(o operations.Operation) reference.Call {
	c := reference.Call{Action: o.Name, Method: o.Method(), KeyID: keyOf(o).id, Secret: keyOf(o).secret, Host: "127.0.0.1:8080"}
	for _, p := range sampleParameters(o) {
		c.Parameters = append(c.Parameters, pop.Param{Name: p.Name, Value: p.Example})
	}
	return c
}

// sampleOf is the sample of an operation with this title.
func sampleOf(o operations.Operation, title string) string {
	return code(reference.Samples(calledAs(o)), title)
}

func code(all []reference.Sample, title string) string {
	for _, s := range all {
		if s.Title == title {
			return s.Code
		}
	}
	return ""
}
