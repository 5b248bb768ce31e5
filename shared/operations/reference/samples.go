package reference

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"

	"aegis/shared/pop"
)

// Call is a call to write samples of.
type Call struct {
	Action     string
	Method     string
	KeyID      string
	Secret     string
	Host       string // of the endpoint, with its port
	Parameters pop.Params
}

// Sample is the code of a call in one language.
type Sample struct {
	Title    string // the language and the SDK
	Language string // as Markdown names it
	Code     string
}

// Samples returns a call in every language.
func Samples(c Call) []Sample {
	return []Sample{
		{"curl", "sh", c.curl()},
		{"Go, alibaba-cloud-sdk-go", "go", c.coreSDK()},
		{"Go, darabonba-openapi/v2", "go", c.darabonba()},
		{"Java, aliyun-java-sdk-core 4", "java", c.java()},
		{"Python, aliyun-python-sdk-core 2", "python", c.python()},
		{"Node.js, @alicloud/pop-core", "js", c.node()},
		{"PHP, alibabacloud/client", "php", c.php()},
		{"aliyun CLI", "sh", c.cli()},
	}
}

// each writes a line for every parameter, of its name and its value, both quoted.
func (c Call) each(format string, quote func(string) string) string {
	var b strings.Builder
	for _, p := range c.Parameters {
		fmt.Fprintf(&b, format, quote(p.Name), quote(p.Value))
	}
	return b.String()
}

// double quotes for Go and Java, as JSON does: neither reads the escapes of the other,
// both read those of JSON.
func double(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string can always be encoded
	return strings.TrimSuffix(b.String(), "\n")
}

// single quotes for Python, JavaScript and PHP.
func single(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "\r", `\r`).Replace(text) + "'"
}

// shell quotes for a POSIX shell.
func shell(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// hostAndPort takes the endpoint apart for SDKs that take both on their own.
func (c Call) hostAndPort() (host, port string) {
	host, port, err := net.SplitHostPort(c.Host)
	if err != nil {
		return c.Host, "80"
	}
	return host, port
}
