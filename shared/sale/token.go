package sale

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// mark leads every token that this system derives by itself. A caller's
// ClientToken is ASCII, so that none is ever one of these.
const mark = "§"

// DerivedToken makes the token of an order that nobody sent a ClientToken for, of
// what the order is: the same order, however often it is asked for, has the same
// token. It is at most 64 bytes; what would be longer is hashed behind its first
// part.
func DerivedToken(parts ...string) string {
	token := mark + strings.Join(parts, "/")
	if len(token) <= 64 {
		return token
	}
	sum := sha256.Sum256([]byte(token))
	return mark + parts[0] + "/" + hex.EncodeToString(sum[:20])
}

// ReleaseToken is the token of an instance's release. An instance is released
// once, whoever asks first: caller, marketplace or timer.
func ReleaseToken(instanceID string) string { return DerivedToken("release", instanceID) }

// RenewalToken is the token of the automatic renewal at one expiry.
func RenewalToken(instanceID string, expiry time.Time) string {
	return DerivedToken("renew", instanceID, millis(expiry))
}

// ExpiryToken is the token of marking an instance expired at one expiry.
func ExpiryToken(instanceID string, expiry time.Time) string {
	return DerivedToken("expire", instanceID, millis(expiry))
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
