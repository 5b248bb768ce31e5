package pop

import "slices"

// unreserved marks with a 1 the bytes that stay as they are in POP's
// percent-encoding (RFC 3986, section 2.3): - . 0-9 A-Z _ a-z ~. A row is 32
// bytes wide.
const unreserved = "00000000000000000000000000000000" +
	"00000000000001101111111111000000" +
	"01111111111111111111111111100001" +
	"01111111111111111111111111100010" +
	none + none + none + none

const none = "00000000000000000000000000000000"

// worst is the maximum length of one byte that is encoded twice: % 2 5 X Y.
const worst = 5

// appendOnce appends s percent-encoded.
func appendOnce(dst []byte, s string) []byte {
	return appendEncoded(dst, s, false)
}

// appendTwice appends s percent-encoded twice. The second time only changes the percent
// signs of the first, so both take one pass and no intermediate text.
func appendTwice(dst []byte, s string) []byte {
	return appendEncoded(dst, s, true)
}

// appendEncoded reserves space once and then writes byte by byte. Names and values are
// short, and copying the stretches between escapes costs more.
func appendEncoded(dst []byte, s string, twice bool) []byte {
	const digits = "0123456789ABCDEF"
	dst = slices.Grow(dst, worst*len(s))
	n := len(dst)
	dst = dst[:n+worst*len(s)]

	for i := 0; i < len(s); i++ {
		b := s[i]
		if unreserved[b] == '1' {
			dst[n] = b
			n++
			continue
		}
		dst[n] = '%'
		if twice {
			dst[n+1], dst[n+2] = '2', '5'
			n += 2
		}
		dst[n+1], dst[n+2] = digits[b>>4], digits[b&15]
		n += 3
	}

	return dst[:n]
}

// appendQuery appends p as name=value&name=value in its order.
func appendQuery(dst []byte, p Params) []byte {
	for i := range p {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = appendOnce(dst, p[i].Name)
		dst = append(dst, '=')
		dst = appendOnce(dst, p[i].Value)
	}

	return dst
}
