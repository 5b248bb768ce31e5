package sale

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// mark starts every derived token. A caller's ClientToken is ASCII, so it can never
// equal a derived one.
const mark = "§"

// DerivedToken returns the token of an order that has no ClientToken. It is derived
// from what identifies the order, so that the same order always has the same token. It
// has at most 64 bytes; a longer one is hashed after its first part.
func DerivedToken(parts ...string) string {
	token := mark + strings.Join(parts, "/")
	if len(token) <= 64 {
		return token
	}
	sum := sha256.Sum256([]byte(token))
	return mark + parts[0] + "/" + hex.EncodeToString(sum[:20])
}

// CallersToken returns a token that a caller sent, and "" for a derived one.
func CallersToken(token string) string {
	if strings.HasPrefix(token, mark) {
		return ""
	}
	return token
}

// ReleaseToken returns the token of an instance's release. An instance is released
// once, by whichever of caller, marketplace and timer asks first.
func ReleaseToken(instanceID string) string { return DerivedToken("release", instanceID) }

// RenewalToken returns the token of the automatic renewal at one expiry. It contains
// the instance's change number, so that it differs when the same expiry comes back
// after a refund.
func RenewalToken(instanceID string, expiry time.Time, change int) string {
	return DerivedToken("renew", instanceID, millis(expiry), strconv.Itoa(change))
}

// ExpiryToken returns the token of marking an instance expired at one expiry.
func ExpiryToken(instanceID string, expiry time.Time, change int) string {
	return DerivedToken("expire", instanceID, millis(expiry), strconv.Itoa(change))
}

// DepositToken returns the token of a deposit: one reference is paid in once.
func DepositToken(reference string) string { return DerivedToken("deposit", reference) }

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
