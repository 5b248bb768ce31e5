package reference

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"aegis/shared/operations"
	"aegis/shared/pop"
)

// page returns the page about a code: cause, mend and an example, in both languages.
func page(e operations.Error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<h1>%s</h1>\n<p>HTTP %d</p>\n", html.EscapeString(e.Code), e.Status)
	section(&b, "en", "Message", "Cause", "What to do", e.Message.English, e.Cause.English, e.Mend.English)
	section(&b, "zh-CN", "错误信息", "原因", "处理方法", e.Message.Chinese, e.Cause.Chinese, e.Mend.Chinese)
	fmt.Fprintf(&b, "<h2>Example 示例</h2>\n<pre>%s</pre>\n", html.EscapeString(example(e)))
	fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(strings.Join(answeredBy(e.Code), ", ")))
	return document(e.Code, b.String())
}

func section(b *strings.Builder, language, message, cause, mend string, texts ...string) {
	fmt.Fprintf(b, "<dl lang=%q>\n", language)
	for i, name := range []string{message, cause, mend} {
		fmt.Fprintf(b, "<dt>%s</dt><dd>%s</dd>\n", name, html.EscapeString(texts[i]))
	}
	b.WriteString("</dl>\n")
}

// example returns an answer with the code.
func example(e operations.Error) string {
	answer := pop.New(e.Code, e.Status, e.Message.English)
	if e.Own {
		answer = answer.WithPage("https://example.com" + ErrorPath + "/" + e.Code)
	}
	body := answer.Response(pop.JSON, "3EE8C1B8-83D3-44AF-A94F-4E0AD82FD6CF", "aegis.example.com").Body

	var indented strings.Builder
	encoder := json.NewEncoder(&indented)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(json.RawMessage(body)) // it is JSON
	return strings.TrimSpace(indented.String())
}

// answeredBy returns the operations that answer a code.
func answeredBy(code string) (names []string) {
	for _, o := range operations.All() {
		for _, c := range append(operations.Common(), o.Errors...) {
			if c == code {
				names = append(names, o.Name)
				break
			}
		}
	}
	return names
}

// index returns the list of all codes.
func index() string {
	var b strings.Builder
	b.WriteString("<h1>Error codes 错误码</h1>\n<table>\n")
	for _, e := range operations.Errors() {
		fmt.Fprintf(&b, "<tr><td><a href=%q>%s</a></td><td>%d</td><td>%s</td><td>%s</td></tr>\n",
			ErrorPath+"/"+e.Code, e.Code, e.Status, html.EscapeString(e.Cause.English), html.EscapeString(e.Cause.Chinese))
	}
	b.WriteString("</table>\n")
	return document("Error codes 错误码", b.String())
}

func document(title, body string) string {
	return "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" + html.EscapeString(title) + "</title>\n" + body + "</html>\n"
}
