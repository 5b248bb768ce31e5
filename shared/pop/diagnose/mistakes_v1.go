package diagnose

import (
	"crypto/sha1"
	"crypto/sha256"
	"slices"
	"strings"

	"aegis/shared/pop"
)

// mistakes are those that do not depend on which parameters there are.
func mistakes(secret string, query, form pop.Params) []candidate[one] {
	all := []candidate[one]{
		{Mistake{key, Text{"The key was the secret alone; it must be the secret followed by &.", "签名密钥只用了 AccessKeySecret，应在其后加上 &。"}},
			func(a one) one { a.key = strings.TrimSuffix(a.key, "&"); return a }},
		{Mistake{key, Text{"The key was the secret followed by a newline; read it without.", "签名密钥是 AccessKeySecret 加换行符；读取时请去掉换行符。"}},
			func(a one) one { a.key = secret + "\n&"; return a }},
		{Mistake{key, Text{"The secret was put in without the white space around it, or the one here has some.", "签名时 AccessKeySecret 去掉了首尾空白，或者此处的 AccessKeySecret 带有空白。"}},
			func(a one) one { a.key = strings.TrimSpace(secret) + "&"; return a }},
		{Mistake{stringToSign, Text{"It was signed as a GET; it must begin with the method it is sent with.", "签名时方法写成了 GET，应与实际发送的方法一致。"}},
			func(a one) one { a.method = "GET"; return a }},
		{Mistake{stringToSign, Text{"It was signed as a POST; it must begin with the method it is sent with.", "签名时方法写成了 POST，应与实际发送的方法一致。"}},
			func(a one) one { a.method = "POST"; return a }},
		{Mistake{stringToSign, Text{"The method was signed in lower case.", "签名时方法使用了小写，应为大写。"}},
			func(a one) one { a.method = strings.ToLower(a.method); return a }},
		{Mistake{stringToSign, Text{"The path was signed as /; it must be %2F.", "签名时路径写成了 /，应为 %2F。"}},
			func(a one) one { a.slash = "/"; return a }},
		{Mistake{stringToSign, Text{"The canonical query was not percent-encoded as a whole before it was signed.", "规范化查询字符串没有再整体编码一次就参与了签名。"}},
			func(a one) one { a.after = false; return a }},
		{Mistake{canonical, Text{"Names and values were not percent-encoded before they were joined.", "参数名和参数值在拼接前没有编码。"}},
			func(a one) one { a.before = false; return a }},
		{Mistake{canonical, Text{"Values were percent-encoded once too often: they were encoded already when signing began.", "参数值多编码了一次：签名前它们已经是编码后的形式。"}},
			func(a one) one { a.params = encodedValues(a.params); return a }},
		{Mistake{canonical, Text{"The parameters were signed in the order they were sent; they must be sorted by name.", "签名时参数按发送顺序排列，应按参数名排序。"}},
			func(a one) one { a.order = asSent; return a }},
		{Mistake{canonical, Text{"The parameters were sorted without regard to case; they must be sorted byte by byte, capitals first.", "参数排序时忽略了大小写；应按字节排序，大写字母在前。"}},
			func(a one) one { a.order = ignoringCase; return a }},
		{Mistake{parameters, Text{"Parameters with an empty value were left out; they must be signed as Name=.", "签名时漏掉了空值参数，应写成 Name=。"}},
			func(a one) one { a.params = filled(a.params); return a }},
		{Mistake{parameters, Text{"The form was not signed; its parameters must be signed together with the query's.", "表单没有参与签名；表单参数应与查询参数一起签名。"}},
			func(a one) one { a.params = without(query, "Signature"); return a }},
		{Mistake{parameters, Text{"The query was not signed; its parameters must be signed together with the form's.", "查询参数没有参与签名；查询参数应与表单参数一起签名。"}},
			func(a one) one { a.params = without(form, "Signature"); return a }},
		{Mistake{output, Text{"It was made with HMAC-SHA256, but SignatureMethod says otherwise.", "签名使用了 HMAC-SHA256，但与 SignatureMethod 不一致。"}},
			func(a one) one { a.hash = sha256.New; return a }},
		{Mistake{output, Text{"It was made with HMAC-SHA1, but SignatureMethod says otherwise.", "签名使用了 HMAC-SHA1，但与 SignatureMethod 不一致。"}},
			func(a one) one { a.hash = sha1.New; return a }},
		{Mistake{output, Text{"It is written in hex; version 1.0 wants base64.", "签名写成了十六进制；1.0 版应为 Base64。"}},
			func(a one) one { a.text = lowerHex; return a }},
		{Mistake{output, Text{"It is written in hex; version 1.0 wants base64.", "签名写成了十六进制；1.0 版应为 Base64。"}},
			func(a one) one { a.text = upperHex; return a }},
	}

	for _, s := range styles() {
		all = append(all,
			candidate[one]{s.Mistake, func(a one) one { a.inner, a.outer = s.make(a.inner), s.make(a.outer); return a }},
			candidate[one]{s.Mistake, func(a one) one { a.inner = s.make(a.inner); return a }})
	}

	return all
}

// dropping are the mistakes of having signed without one of the parameters.
func (right one) dropping() (all []candidate[one]) {
	for _, p := range right.params {
		why := Text{
			p.Name + " was not signed: it was added afterwards. Sign all that is sent, but Signature.",
			p.Name + " 没有参与签名：它是签名之后才加上的。除 Signature 外，发送的参数都要签名。",
		}
		all = append(all, candidate[one]{Mistake{parameters, why},
			func(a one) one { a.params = without(a.params, p.Name); return a }})
	}
	return all
}

func encodedValues(p pop.Params) pop.Params {
	p = slices.Clone(p)
	for i := range p {
		p[i].Value = style{}.encode(p[i].Value)
	}
	return p
}

func filled(p pop.Params) pop.Params {
	return slices.DeleteFunc(slices.Clone(p), func(p pop.Param) bool { return p.Value == "" })
}
