package reference_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local"
	"aegis/shared/operations"
)

func TestTheOperationsOfTheFrontPageAreCurrent(t *testing.T) {
	for _, l := range languages() {
		t.Run(l.file, func(t *testing.T) { requirePart(t, l.file, "operations", l.overview()) })
	}
}

func TestTheReferenceIsCurrent(t *testing.T) {
	for _, l := range languages() {
		t.Run(l.file, func(t *testing.T) {
			path := filepath.Join("shared", "operations", l.file)
			requirePart(t, path, "operations", l.reference())
			requirePart(t, path, "errors", l.errors())
		})
	}
}

func TestTheFunctionsOfTheOperationsAreDocumented(t *testing.T) {
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	for _, l := range languages() {
		text, err := os.ReadFile(filepath.Join(root, "functions", l.file))
		require.NoError(t, err)
		require.Contains(t, string(text), l.functions())
	}
}

func TestTheSampleCallsAreCurrent(t *testing.T) {
	for _, o := range operations.All() {
		t.Run(o.Name, func(t *testing.T) { requireCurrent(t, filepath.Join("events", o.Function()+".json"), sampleCall(o)) })
	}
}

// overview is the table of the front page.
func (l in) overview() string {
	var b strings.Builder
	b.WriteString(l.say("| operation | parameters | rules | answer |\n", "| 接口 | 参数 | 规则 | 返回 |\n") + "|---|---|---|---|\n")
	for _, o := range operations.All() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", o.Name, l.parameters(o), l.of(o.Rules), l.answerNames(o))
	}
	return b.String()
}

// parameters lists those that a call must have, and then the others.
func (l in) parameters(o operations.Operation) string {
	var required, optional []string
	for _, p := range o.Parameters {
		switch {
		case p.Name == "OwnerId" || p.Name == "DryRun": // every operation has it, or every one that sells
		case p.Required:
			required = append(required, p.Name+l.values(p))
		default:
			optional = append(optional, p.Name+l.values(p))
		}
	}

	comma := l.say(", ", "、")
	text := strings.Join(required, comma)
	if len(optional) > 0 {
		if text != "" {
			text += l.say("; ", "；")
		}
		text += l.say("optional: ", "可选：") + strings.Join(optional, comma)
	}
	if text == "" {
		return "–"
	}
	return text
}

// values are a parameter's values or range, in brackets.
func (l in) values(p operations.Parameter) string {
	text := ""
	switch {
	case len(p.Values) > 0:
		text = strings.Join(p.Values, l.say(", ", "、"))
	case p.Max > 0:
		text = fmt.Sprintf(l.say("%d–%d", "%d~%d"), p.Min, p.Max)
	default:
		return ""
	}
	return l.say(" ("+text+")", "（"+text+"）")
}

func (l in) answerNames(o operations.Operation) string {
	var names []string
	for _, a := range o.Answers {
		names = append(names, a.Name)
	}
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, l.say(", ", "、"))
}

// functions is the row of functions/README.md about the operations.
func (l in) functions() string {
	var names []string
	for _, o := range operations.All() {
		names = append(names, "`"+o.Function()+"`")
	}
	return l.say("| "+strings.Join(names, ", ")+" | API Gateway | one operation each |", "| "+strings.Join(names, "、")+" | API 网关 | 每个函数提供一个接口 |")
}

// reference is everything that the table says about each operation.
func (l in) reference() string {
	var b strings.Builder
	for _, o := range operations.All() {
		fmt.Fprintf(&b, "\n### %s\n\n%s%s%s%s\n\n", o.Name, l.of(o.Text), l.say(". ", "。"), l.of(o.Rules), l.say(".", "。"))
		fmt.Fprintf(&b, "%s\n\n", l.conditions(o))
		b.WriteString(l.say("| parameter | type | required | values | default | meaning |\n", "| 参数 | 类型 | 必填 | 取值 | 默认值 | 含义 |\n") + "|---|---|---|---|---|---|\n")
		for _, p := range o.Parameters {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", p.Name, p.Type, l.yes(p.Required), strings.Trim(l.values(p), " ()（）"), p.Default, l.of(p.Text))
		}
		if len(o.Answers) > 0 {
			b.WriteString("\n" + l.say("| answer | type | example | meaning |\n", "| 返回 | 类型 | 示例 | 含义 |\n") + "|---|---|---|---|\n")
			l.answers(&b, "", o.Answers)
		}
		fmt.Fprintf(&b, "\n%s%s%s\n", l.say("Its errors: ", "错误码："), strings.Join(o.Errors, l.say(", ", "、")), l.say(".", "。"))
	}
	return b.String()
}

// conditions says who may call an operation and what a reseller does with it.
func (l in) conditions(o operations.Operation) string {
	kind := l.say("Changes the account.", "写操作。")
	if o.ReadOnly {
		kind = l.say("Changes nothing.", "只读。")
	}
	if o.Granted {
		kind += l.say(" Keys need a grant by name.", "密钥须按接口名称授权。")
	}
	rule := map[operations.Rule]string{
		operations.Forwarded: l.say("forwarded to the endpoint", "转发到上游"),
		operations.Local:     l.say("answered from its own records", "由本地记录回答"),
		operations.Refused:   l.say("refused with UnsupportedOperation", "返回 UnsupportedOperation"),
	}[o.Upstream]
	return kind + l.say(" At a reseller: "+rule+". ", "作为虚商时："+rule+"。") +
		fmt.Sprintf("[%s](reference/samples/%s.md)", l.say("Code samples", "示例代码"), o.Function())
}

func (l in) yes(required bool) string {
	if required {
		return l.say("yes", "是")
	}
	return ""
}

func (l in) answers(b *strings.Builder, prefix string, fields []operations.Answer) {
	for _, a := range fields {
		fmt.Fprintf(b, "| %s%s | %s | %s | %s |\n", prefix, a.Name, a.Type, a.Example, l.of(a.Text))
		if a.Type == operations.List {
			l.answers(b, a.Name+"."+a.Item+"[].", a.Fields)
		}
	}
}

// errors is the table of the codes.
func (l in) errors() string {
	var b strings.Builder
	b.WriteString(l.say("| code | HTTP | ours | message | cause | what to do |\n", "| 错误码 | HTTP | 自有 | 错误信息 | 原因 | 处理方法 |\n") + "|---|---|---|---|---|---|\n")
	for _, e := range operations.Errors() {
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s |\n", e.Code, e.Status, l.yes(e.Own), l.of(e.Message), l.of(e.Cause), l.of(e.Mend))
	}
	return b.String()
}

// sampleCall is the file of events/ of an operation.
func sampleCall(o operations.Operation) string {
	key := keyOf(o)
	var b strings.Builder
	fmt.Fprintf(&b, "{\n  \"function\": %q,\n  \"kind\": \"api-gateway\",\n  \"method\": %q,\n  \"path\": %q,\n", o.Function(), o.Method(), "/"+o.Name)
	fmt.Fprintf(&b, "  \"accessKey\": {\"id\": %q, \"secret\": %q},\n  \"parameters\": {\n    \"Action\": %q,\n    \"Version\": \"2016-11-11\",\n    \"Format\": \"JSON\"", key.id, key.secret, o.Name)
	for _, p := range sampleParameters(o) {
		value := p.Example
		switch p.Name {
		case "InstanceId":
			value = "put the InstanceId that CreateInstance answered here"
		case "OrderId":
			value = "put an OrderId here"
		}
		text, _ := json.Marshal(value) // a text
		fmt.Fprintf(&b, ",\n    %q: %s", p.Name, text)
	}
	b.WriteString("\n  }\n}\n")
	return b.String()
}

// key is a key of every local stack.
type key struct{ id, secret string }

func keyOf(o operations.Operation) key {
	if o.Granted {
		return key{local.FinanceKey, local.FinanceSecret}
	}
	return key{local.OwnerKey, local.OwnerSecret}
}

// sampleParameters are those that the samples send.
func sampleParameters(o operations.Operation) (sent []operations.Parameter) {
	for _, p := range o.Parameters {
		if p.Example != "" {
			sent = append(sent, p)
		}
	}
	return sent
}

func TestEveryCodeThatAnOperationNamesIsInTheTable(t *testing.T) {
	for _, o := range operations.All() {
		for _, code := range append(operations.Common(), o.Errors...) {
			_, ok := operations.FindError(code)
			require.True(t, ok, "%s of %s", code, o.Name)
		}
	}
}

func TestEveryTextIsInBothLanguages(t *testing.T) {
	both := func(where string, text operations.Text) {
		require.NotEmpty(t, text.English, where)
		require.NotEmpty(t, text.Chinese, where)
	}
	for _, o := range operations.All() {
		both(o.Name, o.Text)
		both(o.Name, o.Rules)
		require.NotEmpty(t, o.Upstream, o.Name)
		for _, p := range o.Parameters {
			both(o.Name+" "+p.Name, p.Text)
		}
		for _, a := range o.Answers {
			both(o.Name+" "+a.Name, a.Text)
		}
	}
	for _, e := range operations.Errors() {
		both(e.Code, e.Message)
		both(e.Code, e.Cause)
		both(e.Code, e.Mend)
	}
}
