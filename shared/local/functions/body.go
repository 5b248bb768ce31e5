package functions

import (
	"encoding/base64"
	"unicode/utf8"
)

// BodyText returns a body as events carry it: text as it is, anything else in base64.
func BodyText(body []byte) (text string, isBase64 bool) {
	if utf8.Valid(body) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}
