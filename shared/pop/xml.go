package pop

import "unicode/utf8"

// appendXML appends a document of one element with one child per field.
func appendXML(dst []byte, root string, fields []Field) []byte {
	dst = append(dst, "<?xml version='1.0' encoding='UTF-8'?><"...)
	dst = append(dst, root...)
	dst = append(dst, '>')

	for _, f := range fields {
		dst = appendXMLElement(dst, f)
	}

	dst = append(dst, "</"...)
	dst = append(dst, root...)
	return append(dst, '>')
}

func appendXMLElement(dst []byte, f Field) []byte {
	dst = append(dst, '<')
	dst = append(dst, f.Name...)
	dst = append(dst, '>')

	for _, r := range f.Value {
		dst = appendXMLRune(dst, r)
	}
	if f.List != nil {
		dst = appendXMLList(dst, f.List)
	}

	dst = append(dst, "</"...)
	dst = append(dst, f.Name...)
	return append(dst, '>')
}

func appendXMLList(dst []byte, l *List) []byte {
	for _, row := range l.Rows {
		dst = append(dst, '<')
		dst = append(dst, l.Item...)
		dst = append(dst, '>')
		for _, f := range row {
			dst = appendXMLElement(dst, f)
		}
		dst = append(dst, "</"...)
		dst = append(dst, l.Item...)
		dst = append(dst, '>')
	}
	return dst
}

// appendXMLRune escapes what markup is made of, and carriage returns, which a
// reader would turn into newlines. Characters that XML 1.0 (section 2.2)
// cannot hold at all become U+FFFD.
func appendXMLRune(dst []byte, r rune) []byte {
	switch r {
	case '&':
		return append(dst, "&amp;"...)
	case '<':
		return append(dst, "&lt;"...)
	case '>':
		return append(dst, "&gt;"...)
	case '\r':
		return append(dst, "&#13;"...)
	case '\n', '\t':
		return append(dst, byte(r))
	case '\uFFFE', '\uFFFF':
		r = utf8.RuneError
	}

	if r < ' ' {
		r = utf8.RuneError
	}
	return utf8.AppendRune(dst, r)
}
