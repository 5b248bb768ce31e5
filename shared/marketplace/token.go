package marketplace

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// Sign returns the token of a call: the lower-case hex MD5 of all parameters but
// token, sorted by name, as name=value joined by &, and then &key= and the secret
// (the marketplace's SPI, section on the token).
func Sign(params map[string]string, secret string) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if name != "token" {
			text.WriteString(name + "=" + params[name] + "&")
		}
	}

	text.WriteString("key=" + secret)
	sum := md5.Sum([]byte(text.String()))
	return hex.EncodeToString(sum[:])
}

// Verify reports whether a call's token is right, in a time that does not depend on how
// many of its characters are. An Ambiguous call has no right token.
func Verify(params map[string]string, secret string) bool {
	return Ambiguous(params) == "" && subtle.ConstantTimeCompare([]byte(Sign(params, secret)), []byte(params["token"])) == 1
}

// Ambiguous returns the name of a parameter that can be read as two, "" if there is
// none. The signed text does not escape & and =, so skuId=a&vm_number=500 has the same
// token either way.
func Ambiguous(params map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if strings.ContainsAny(name, "&=") || hidesParameter(params[name]) {
			return name
		}
	}
	return ""
}

// hidesParameter reports whether a value contains what looks like another parameter.
func hidesParameter(value string) bool {
	_, rest, found := strings.Cut(value, "&")
	for found {
		var part string
		part, rest, found = strings.Cut(rest, "&")
		if strings.Contains(part, "=") {
			return true
		}
	}

	return false
}
