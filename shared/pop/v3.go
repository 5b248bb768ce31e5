package pop

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Signature version 3, ACS3-HMAC-SHA256 (Alibaba Cloud's help page "V3 request
// structure and signature"):
//
//	StringToSign = ACS3-HMAC-SHA256 \n hex(sha256(CanonicalRequest))
//	Signature    = hex(HMAC-SHA256(secret, StringToSign))

// canonical holds the parts of a CanonicalRequest.
type canonical struct {
	method   string
	path     string // empty means "/"
	host     string
	query    Params   // sorted
	header   Params   // all of the request's, in any case
	names    []string // of the signed headers: lower case, sorted
	signed   string   // the same names as the client joined them
	body     []byte
	bodyHash string // as sent

	otherHosts []string // that the client may have signed instead of host
}

// appendRequest appends the CanonicalRequest but for its end, the body's hash.
func (c *canonical) appendRequest(dst []byte) []byte {
	dst = append(append(dst, c.method...), '\n')
	if c.path == "" {
		dst = append(dst, '/')
	}

	dst = append(append(dst, c.path...), '\n')
	dst = append(appendQuery(dst, c.query), '\n')

	for _, name := range c.names {
		dst = append(append(dst, name...), ':')
		dst = append(c.appendValue(dst, name), '\n')
	}

	dst = append(dst, '\n')
	return append(append(dst, c.signed...), '\n')
}

// appendValue appends a header's value, or its values, sorted.
func (c *canonical) appendValue(dst []byte, name string) []byte {
	if name == "host" {
		return append(dst, c.host...)
	}
	value, count := c.header.header(name)
	if count == 1 {
		return append(dst, value...)
	}
	return append(dst, strings.Join(c.values(name), ",")...)
}

func (c *canonical) values(name string) []string {
	var values []string
	for _, h := range c.header {
		if strings.EqualFold(h.Name, name) {
			values = append(values, strings.Trim(h.Value, " \t"))
		}
	}
	slices.Sort(values)
	return values
}

// appendStringToSignV3 appends the StringToSign of a CanonicalRequest.
func appendStringToSignV3(dst, request []byte) []byte {
	sum := sha256.Sum256(request)
	dst = append(dst, algorithmV3+"\n"...)
	return hex.AppendEncode(dst, sum[:])
}

// appendSignatureV3 appends the signature of the text in keyed, which begins
// after blockSize free bytes.
func appendSignatureV3(dst []byte, secret string, keyed []byte) []byte {
	var space [blockSize]byte
	sum := hmacSHA256(append(space[:0], secret...), keyed)
	return hex.AppendEncode(dst, sum[:])
}

// appendBodyHash appends the hash of a body in hex. The hash of the empty body, which
// most requests have, is a constant.
func appendBodyHash(dst, body []byte) []byte {
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if len(body) == 0 {
		return append(dst, empty...)
	}
	sum := sha256.Sum256(body)
	return hex.AppendEncode(dst, sum[:])
}

func (c *Call) verifyV3(secret string) error {
	var hashSpace [2 * sha256.Size]byte
	bodyHash := appendBodyHash(hashSpace[:0], c.v3.body)
	if err := c.verifyV3Hosts(secret, bodyHash); err != nil {
		return err
	}

	if c.v3.bodyHash != string(bodyHash) {
		return InvalidParameter("x-acs-content-sha256", "It is not the SHA-256 of the body, in lower-case hex.")
	}
	return nil
}

// verifyV3Hosts verifies the signature with the request's own host, and then with the
// other hosts. The error is that of the request's own host.
func (c *Call) verifyV3Hosts(secret string, bodyHash []byte) error {
	err := c.verifyV3Host(secret, c.v3, bodyHash)
	for _, host := range c.v3.otherHosts {
		if err == nil {
			return nil
		}
		other := *c.v3
		other.host = host
		if c.verifyV3Host(secret, &other, bodyHash) == nil {
			return nil
		}
	}
	return err
}

func (c *Call) verifyV3Host(secret string, signed *canonical, bodyHash []byte) error {
	var own [2 * sha256.Size]byte
	var space [scratch]byte
	var keyedSpace [3 * blockSize]byte
	request := append(signed.appendRequest(space[:0]), bodyHash...)
	keyed := appendStringToSignV3(keyedSpace[:blockSize], request)
	if !sameText(appendSignatureV3(own[:0], secret, keyed), c.signature) {
		return SignatureDoesNotMatch(string(keyed[blockSize:]))
	}
	return nil
}
