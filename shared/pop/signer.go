package pop

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"time"
)

// Credentials are an access key, or a temporary one of STS. All clients of Alibaba Cloud
// in this system share them.
type Credentials struct {
	AccessKeyID, AccessKeySecret, SecurityToken string
}

// Signer signs requests of our own. Its zero value, with Credentials, works; it
// is a small value to be made again when credentials change. Its methods may be
// used in parallel if Clock and Nonce may.
type Signer struct {
	Credentials
	Algorithm Algorithm        // of version 1.0; empty means HMACSHA1
	Clock     func() time.Time // nil means time.Now
	Nonce     func() string    // nil means 32 random hex digits
}

// SignV1 returns params with the gateway's own added: AccessKeyId,
// SecurityToken, SignatureMethod, SignatureNonce, SignatureVersion, Timestamp
// and, at the end, Signature. Those already in params are replaced. The result
// is to be sent in the query, in the form, or split between them; Action,
// Version and Format are params like any other.
func (s *Signer) SignV1(method string, params Params) Params {
	var text strings.Builder
	text.Grow(96)
	signed := s.addOwn(make(Params, 0, len(params)+7), &text, params)
	signed.sortByName()
	var space [blockSize + scratch]byte
	var signature [blockSize]byte
	keyed := appendStringToSign(space[:blockSize], method, signed)
	value := appendText(&text, s.algorithm().appendSignature(signature[:0], s.AccessKeySecret, keyed))
	return append(signed, Param{"Signature", value})
}

// addOwn appends params and the signer's own, each about where sorting will
// want it.
func (s *Signer) addOwn(dst Params, text *strings.Builder, params Params) Params {
	dst = append(dst, Param{"AccessKeyId", s.AccessKeyID})
	for i := range params {
		if !signersOwn(params[i].Name) {
			dst = append(dst, params[i])
		}
	}

	if s.SecurityToken != "" {
		dst = append(dst, Param{"SecurityToken", s.SecurityToken})
	}
	return append(dst,
		Param{"SignatureMethod", string(s.algorithm())},
		Param{"SignatureNonce", s.nonce(text)},
		Param{"SignatureVersion", "1.0"},
		Param{"Timestamp", s.timestamp(text)})
}

func signersOwn(name string) bool {
	switch name {
	case "AccessKeyId", "SecurityToken", "Timestamp", "Signature",
		"SignatureMethod", "SignatureNonce", "SignatureVersion":
		return true
	}
	return false
}

func (s *Signer) algorithm() Algorithm {
	if s.Algorithm == "" {
		return HMACSHA1
	}
	return s.Algorithm
}

func (s *Signer) timestamp(text *strings.Builder) string {
	now := time.Now
	if s.Clock != nil {
		now = s.Clock
	}
	var space [len(timeLayout)]byte
	return appendText(text, now().UTC().AppendFormat(space[:0], time.RFC3339))
}

func (s *Signer) nonce(text *strings.Builder) string {
	if s.Nonce != nil {
		return s.Nonce()
	}
	var random [16]byte // new, but no secret: this generator is seeded by the system's, and far faster
	binary.NativeEndian.PutUint64(random[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(random[8:], rand.Uint64())
	var space [2 * len(random)]byte
	return appendText(text, hex.AppendEncode(space[:0], random[:]))
}

// appendText returns b as a string in the memory of text, which all strings of
// one signature share.
func appendText(text *strings.Builder, b []byte) string {
	start := text.Len()
	text.Write(b)
	return text.String()[start:]
}
