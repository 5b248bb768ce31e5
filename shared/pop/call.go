package pop

import (
	"crypto/subtle"
	"time"
)

// MaxSkew is how far a request's time may be from ours, either way. A nonce
// must be remembered for at least twice as long, and a little more.
const MaxSkew = 15 * time.Minute

// Call is a decoded request. Trust nothing in it before CheckTime and Verify have
// returned nil.
type Call struct {
	// What to do. Empty where the request does not say it. Only a caller that
	// finds the operation in a signed Path may do without an Action.
	Action, Version string

	// Who says so. SecurityToken is empty but for the temporary keys of STS.
	AccessKeyID, Nonce, SecurityToken string
	Timestamp                         time.Time

	// What an answer needs; right even where Decode failed.
	Format Format
	Host   string

	// Path is the request's. Only version 3 signs it: see SignsPath.
	Path string

	// Params are those of query and form together, sorted by name: the action's
	// own, and the gateway's own among them.
	Params Params

	method    string
	signature string    // as sent
	algorithm Algorithm // of version 1.0
	v3        *canonical
}

// SignsPath reports whether Verify covers the Path too, as version 3 does.
func (c *Call) SignsPath() bool { return c.v3 != nil }

// CheckTime refuses a request whose time is more than MaxSkew from now.
func (c *Call) CheckTime(now time.Time) error {
	if skew := now.Sub(c.Timestamp); skew > MaxSkew || skew < -MaxSkew {
		return InvalidTimeStampExpired()
	}
	return nil
}

// AcceptHosts names the hosts by which clients address this system, where something in
// front of it replaces the Host of a request. Version 3 signs the host: Verify accepts a
// signature over the request's own host or over one of these. The names must come from
// the operator. Those that a request forwards could be chosen by whoever sends it.
func (c *Call) AcceptHosts(hosts []string) {
	if c.v3 != nil {
		c.v3.otherHosts = hosts
	}
}

// Verify reports whether the request was signed with this secret. The error is an
// *Error: SignatureDoesNotMatch with the StringToSign we computed, or
// InvalidParameter where the body is not the one that was signed.
func (c *Call) Verify(secret string) error {
	if c.v3 != nil {
		return c.verifyV3(secret)
	}

	var space [blockSize + scratch]byte
	var own [blockSize]byte
	keyed := appendStringToSign(space[:blockSize], c.method, c.Params)
	if !sameText(c.algorithm.appendSignature(own[:0], secret, keyed), c.signature) {
		return SignatureDoesNotMatch(string(keyed[blockSize:]))
	}

	return nil
}

// VerifyUnknown refuses a request whose AccessKeyID does not exist. It does the same
// work as Verify, so that its duration reveals nothing. It always returns
// InvalidAccessKeyId.NotFound, as the real gateway does; a caller may decide to answer
// otherwise.
func (c *Call) VerifyUnknown() error {
	const decoy = "a secret of the usual length.."
	_ = c.Verify(decoy)
	return InvalidAccessKeyIDNotFound()
}

// sameText compares in a time that depends on the lengths only.
func sameText(own []byte, sent string) bool {
	return subtle.ConstantTimeCompare(own, []byte(sent)) == 1
}
