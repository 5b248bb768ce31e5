package pop

import "unicode/utf8"

// appendJSON appends an object. encoding/json is not used because the Java
// SDK's reader knows no \u escape: & < > and every other printable character
// must appear as themselves. Only the control characters that JSON has no
// other way to write become \u00XX; bytes that are not UTF-8 become U+FFFD.
func appendJSON(dst []byte, fields []Field) []byte {
	separator := byte('{')
	for _, f := range fields {
		dst = append(dst, separator)
		dst = appendJSONString(dst, f.Name)
		dst = append(dst, ':')
		dst = appendJSONValue(dst, f)
		separator = ','
	}

	if separator == '{' {
		dst = append(dst, '{')
	}
	return append(dst, '}')
}

func appendJSONValue(dst []byte, f Field) []byte {
	switch {
	case f.List != nil:
		return appendJSONList(dst, f.List)
	case f.Number && isWholeNumber(f.Value), f.Boolean && (f.Value == "true" || f.Value == "false"):
		return append(dst, f.Value...)
	}
	return appendJSONString(dst, f.Value)
}

func appendJSONList(dst []byte, l *List) []byte {
	dst = append(dst, '{')
	dst = appendJSONString(dst, l.Item)
	dst = append(dst, ":["...)
	for i, row := range l.Rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, row)
	}
	return append(dst, "]}"...)
}

func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		dst = appendJSONRune(dst, r)
	}
	return append(dst, '"')
}

func appendJSONRune(dst []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	switch {
	case r == '"' || r == '\\':
		return append(dst, '\\', byte(r))
	case r == '\n':
		return append(dst, '\\', 'n')
	case r == '\r':
		return append(dst, '\\', 'r')
	case r == '\t':
		return append(dst, '\\', 't')
	case r < ' ':
		return append(dst, '\\', 'u', '0', '0', digits[r>>4], digits[r&15])
	}

	return utf8.AppendRune(dst, r)
}

// isWholeNumber reports whether s is an integer as JSON writes it: no sign but
// minus, no leading zero.
func isWholeNumber(s string) bool {
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	if s == "" || s[0] == '0' && s != "0" {
		return false
	}

	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}

	return true
}
