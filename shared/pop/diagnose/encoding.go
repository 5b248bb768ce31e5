package diagnose

import (
	"strings"

	"aegis/shared/pop"
)

// style is a way to percent-encode. Its zero value is the right one.
type style struct {
	plus  bool   // a space is +
	raw   string // bytes left as they are that should not be
	more  string // bytes encoded that should not be
	lower bool   // escapes in lower case
}

func (s style) encode(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		s.encodeByte(&b, text[i])
	}
	return b.String()
}

func (s style) encodeByte(b *strings.Builder, c byte) {
	digits := "0123456789ABCDEF"
	if s.lower {
		digits = "0123456789abcdef"
	}

	switch {
	case c == ' ' && s.plus:
		b.WriteByte('+')
	case (unreserved(c) || strings.IndexByte(s.raw, c) >= 0) && strings.IndexByte(s.more, c) < 0:
		b.WriteByte(c)
	default:
		b.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~", c) >= 0
}

// query joins p, in its order.
func (s style) query(p pop.Params) string {
	pairs := make([]string, len(p))
	for i, param := range p {
		pairs[i] = s.encode(param.Name) + "=" + s.encode(param.Value)
	}
	return strings.Join(pairs, "&")
}

// styles are how the encoders at hand differ from POP's.
func styles() []candidate[style] {
	return []candidate[style]{
		{Mistake{canonical, Text{"A space was signed as +; it must be %20.", "签名时空格写成了 +，应为 %20。"}},
			func(s style) style { s.plus = true; return s }},
		{Mistake{canonical, Text{"* was signed as it is; it must be %2A.", "签名时 * 未编码，应为 %2A。"}},
			func(s style) style { s.raw += "*"; return s }},
		{Mistake{canonical, Text{"~ was signed as %7E; it must stay as it is.", "签名时 ~ 写成了 %7E，应保持不变。"}},
			func(s style) style { s.more += "~"; return s }},
		{Mistake{canonical, Text{"Values were signed as Java's URLEncoder writes them; + must become %20, * must become %2A, and %7E must become ~.", "签名时直接使用了 Java URLEncoder 的结果；应将 + 换成 %20，* 换成 %2A，%7E 换成 ~。"}},
			func(s style) style { s.plus, s.raw, s.more = true, s.raw+"*", s.more+"~"; return s }},
		{Mistake{canonical, Text{"' ( ) ! were signed as they are; they must be %27 %28 %29 %21.", "签名时 ' ( ) ! 未编码，应为 %27 %28 %29 %21。"}},
			func(s style) style { s.raw += "'()!"; return s }},
		{Mistake{canonical, Text{"Values were signed as JavaScript's encodeURIComponent writes them; ' ( ) ! * must be %27 %28 %29 %21 %2A.", "签名时直接使用了 JavaScript encodeURIComponent 的结果；' ( ) ! * 应为 %27 %28 %29 %21 %2A。"}},
			func(s style) style { s.raw += "'()!*"; return s }},
		{Mistake{canonical, Text{"/ was signed as it is, as Python's quote leaves it; it must be %2F.", "签名时 / 未编码（Python 的 quote 默认如此），应为 %2F。"}},
			func(s style) style { s.raw += "/"; return s }},
		{Mistake{canonical, Text{": was signed as it is; it must be %3A.", "签名时 : 未编码，应为 %3A。"}},
			func(s style) style { s.raw += ":"; return s }},
		{Mistake{canonical, Text{"Escapes were signed in lower case, like %3a; they must be upper case, like %3A.", "签名时转义使用了小写，如 %3a；应为大写，如 %3A。"}},
			func(s style) style { s.lower = true; return s }},
	}
}
