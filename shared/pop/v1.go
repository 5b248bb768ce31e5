package pop

import "encoding/base64"

// Signature version 1.0, which Alibaba Cloud's help pages call the RPC
// signature:
//
//	StringToSign = METHOD & %2F & pct( pct(n1)=pct(v1)&pct(n2)=pct(v2)… )
//	Signature    = base64( HMAC( secret "&", StringToSign ) )
//
// over all parameters but Signature, sorted by name.

// scratch is the stack space for computing a signature. A request that needs more uses
// the heap.
const scratch = 2 << 10

// Algorithm is the HMAC of a version 1.0 signature, and its SignatureMethod.
type Algorithm string

// The algorithms of version 1.0. Every published client sends HMACSHA1 unless
// it is given another.
const (
	HMACSHA1   Algorithm = "HMAC-SHA1"
	HMACSHA256 Algorithm = "HMAC-SHA256"
)

// appendStringToSign appends the StringToSign of params, which are sorted.
func appendStringToSign(dst []byte, method string, params Params) []byte {
	dst = append(dst, method...)
	dst = append(dst, "&%2F&"...)

	separator := ""
	for i := range params {
		if params[i].Name == "Signature" {
			continue
		}
		dst = append(dst, separator...)
		dst = appendTwice(dst, params[i].Name)
		dst = append(dst, "%3D"...)
		dst = appendTwice(dst, params[i].Value)
		separator = "%26"
	}

	return dst
}

// appendSignature appends the signature of the text in keyed, which begins
// after blockSize free bytes.
func (a Algorithm) appendSignature(dst []byte, secret string, keyed []byte) []byte {
	var space [2 * blockSize]byte
	key := append(append(space[:0], secret...), '&')
	if a == HMACSHA256 {
		sum := hmacSHA256(key, keyed)
		return base64.StdEncoding.AppendEncode(dst, sum[:])
	}
	sum := hmacSHA1(key, keyed)
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}
