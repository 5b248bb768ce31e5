package pop

// The bytes that stay as they are in POP's percent-encoding (RFC 3986,
// section 2.3: letters, digits, and - . _ ~), one bit each.
const (
	unreservedBelow64 uint64 = 1<<'-' | 1<<'.' | (1<<10-1)<<'0'
	unreservedFrom64  uint64 = (1<<26-1)<<('A'-64) | (1<<26-1)<<('a'-64) | 1<<('_'-64) | 1<<('~'-64)
)

// A percent sign as it stands after one encoding and after two.
const (
	once  = "%"
	twice = "%25"
)

func unreserved(b byte) bool {
	switch {
	case b < 64:
		return unreservedBelow64>>b&1 == 1
	case b < 128:
		return unreservedFrom64>>(b-64)&1 == 1
	}
	return false
}

// appendEncoded appends s percent-encoded once or twice. Twice differs from
// once only in its percent signs, since encoding leaves hex digits alone; so
// both take one pass and no intermediate text.
func appendEncoded(dst []byte, s, percent string) []byte {
	const digits = "0123456789ABCDEF"
	done := 0
	for i := 0; i < len(s); i++ {
		b := s[i]
		if unreserved(b) {
			continue
		}
		dst = append(dst, s[done:i]...)
		dst = append(dst, percent...)
		dst = append(dst, digits[b>>4], digits[b&15])
		done = i + 1
	}
	return append(dst, s[done:]...)
}

// appendQuery appends p as name=value&name=value in its order.
func appendQuery(dst []byte, p Params) []byte {
	for i := range p {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = appendEncoded(dst, p[i].Name, once)
		dst = append(dst, '=')
		dst = appendEncoded(dst, p[i].Value, once)
	}
	return dst
}
