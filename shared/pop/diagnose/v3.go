package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	"aegis/shared/pop"
)

// three is an attempt at a signature of version 3, right or wrong.
type three struct {
	request  *pop.Request
	host     string
	method   string
	path     string
	query    pop.Params // in the order they came
	order    func(a, b pop.Param) int
	style    style
	signed   string
	gap      string // between headers and SignedHeaders
	bodyHash string
	key      string
	text     func([]byte) string
}

// V3 explains a signature of version 3: query and form are what was sent, in
// the order it came, decoded. It returns nothing where it does not know.
func V3(r *pop.Request, a pop.Authorization, query, form pop.Params, secret string) []Mistake {
	right := three{
		request: r, host: r.Host, method: r.Method, path: r.Path, query: query, order: byName,
		signed: a.SignedHeaders, gap: "\n", bodyHash: pop.BodyHash(r.Body), key: secret, text: hex.EncodeToString,
	}
	if right.path == "" {
		right.path = "/"
	}
	return search(right, mistakesV3(r, form, secret), func(t three) bool { return t.signature() == a.Signature })
}

func (t three) signature() string {
	sum := sha256.Sum256([]byte(t.canonical()))
	mac := hmac.New(sha256.New, []byte(t.key))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(sum[:])))
	return t.text(mac.Sum(nil))
}

func (t three) canonical() string {
	sorted := slices.Clone(t.query)
	slices.SortStableFunc(sorted, t.order)
	return t.method + "\n" + t.path + "\n" + t.style.query(sorted) + "\n" +
		t.headers() + t.gap + t.signed + "\n" + t.bodyHash
}

// headers takes the CanonicalHeaders out of a right CanonicalRequest.
func (t three) headers() string {
	request := *t.request
	request.Host, request.Path, request.Query, request.RawQuery = t.host, "", nil, ""
	text := pop.TraceV3("", &request, t.signed).Canonical
	text = strings.TrimPrefix(text, request.Method+"\n/\n\n")
	headers, _, _ := strings.Cut(text, "\n\n")
	return headers + "\n"
}

func mistakesV3(r *pop.Request, form pop.Params, secret string) []candidate[three] {
	hash, _ := r.Header.Get("x-acs-content-sha256")
	all := []candidate[three]{
		{Mistake{key, Text{"The key was the secret followed by &, as in version 1.0; version 3 wants the secret alone.", "签名密钥在 AccessKeySecret 后加了 &（1.0 版的做法）；V3 只用 AccessKeySecret。"}},
			func(t three) three { t.key = secret + "&"; return t }},
		{Mistake{key, Text{"The key was the secret followed by a newline; read it without.", "签名密钥是 AccessKeySecret 加换行符；读取时请去掉换行符。"}},
			func(t three) three { t.key = secret + "\n"; return t }},
		{Mistake{key, Text{"The secret was put in without the white space around it, or the one here has some.", "签名时 AccessKeySecret 去掉了首尾空白，或者此处的 AccessKeySecret 带有空白。"}},
			func(t three) three { t.key = strings.TrimSpace(secret); return t }},
		{Mistake{canonical, Text{"It was signed as a GET; it must begin with the method it is sent with.", "签名时方法写成了 GET，应与实际发送的方法一致。"}},
			func(t three) three { t.method = "GET"; return t }},
		{Mistake{canonical, Text{"It was signed as a POST; it must begin with the method it is sent with.", "签名时方法写成了 POST，应与实际发送的方法一致。"}},
			func(t three) three { t.method = "POST"; return t }},
		{Mistake{canonical, Text{"The path was left empty; it must be /.", "签名时路径为空，应为 /。"}},
			func(t three) three { t.path = ""; return t }},
		{Mistake{canonical, Text{"The path was signed as /; it must be the path that is sent.", "签名时路径写成了 /，应为实际发送的路径。"}},
			func(t three) three { t.path = "/"; return t }},
		{Mistake{canonical, Text{"The empty line between CanonicalHeaders and SignedHeaders is missing.", "CanonicalHeaders 与 SignedHeaders 之间缺少空行。"}},
			func(t three) three { t.gap = ""; return t }},
		{Mistake{canonical, Text{"The parameters were signed in the order they were sent; they must be sorted by name.", "签名时参数按发送顺序排列，应按参数名排序。"}},
			func(t three) three { t.order = asSent; return t }},
		{Mistake{canonical, Text{"Parameters with an empty value were left out; they must be signed as Name=.", "签名时漏掉了空值参数，应写成 Name=。"}},
			func(t three) three { t.query = filled(t.query); return t }},
		{Mistake{canonical, Text{"The query was not signed.", "查询参数没有参与签名。"}},
			func(t three) three { t.query = nil; return t }},
		{Mistake{canonical, Text{"The form's parameters were signed with the query; they are signed by the hash of the body.", "表单参数被当作查询参数签名；它们应通过请求体的哈希参与签名。"}},
			func(t three) three { t.query = append(slices.Clone(t.query), form...); return t }},
		{Mistake{canonical, Text{"Values were percent-encoded once too often: they were encoded already when signing began.", "参数值多编码了一次：签名前它们已经是编码后的形式。"}},
			func(t three) three { t.query = encodedValues(t.query); return t }},
		{Mistake{canonical, Text{"host was signed without its port; it must be as it is sent.", "签名时 host 缺少端口，应与实际发送的一致。"}},
			func(t three) three { t.host, _, _ = strings.Cut(t.host, ":"); return t }},
		{Mistake{canonical, Text{"The body was signed as empty.", "签名时请求体被当作空。"}},
			func(t three) three { t.bodyHash = pop.BodyHash(nil); return t }},
		{Mistake{canonical, Text{"The hash of another body was signed, the one in x-acs-content-sha256.", "签名使用的是另一个请求体的哈希，即 x-acs-content-sha256 中的值。"}},
			func(t three) three { t.bodyHash = hash; return t }},
		{Mistake{output, Text{"It is written in base64; version 3 wants hex.", "签名写成了 Base64；V3 应为十六进制。"}},
			func(t three) three { t.text = base64.StdEncoding.EncodeToString; return t }},
		{Mistake{output, Text{"It is written in upper case; version 3 wants lower-case hex.", "签名使用了大写；V3 应为小写十六进制。"}},
			func(t three) three { t.text = upperHex; return t }},
	}

	for _, s := range styles() {
		all = append(all, candidate[three]{s.Mistake, func(t three) three { t.style = s.make(t.style); return t }})
	}
	return all
}
