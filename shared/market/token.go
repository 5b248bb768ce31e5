package market

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// Sign makes the token of a call: the lower-case hex MD5 of all parameters but
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

// Verify tells whether a call's token is right, in a time that does not depend on
// how much of it is.
func Verify(params map[string]string, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(Sign(params, secret)), []byte(params["token"])) == 1
}
