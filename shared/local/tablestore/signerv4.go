package tablestore

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"aegis/shared/local/tablestore/internal/ots"
)

// derivedV4 is a key derived for one day and region. Its secret is text: the
// derived key in base64. The request is signed with HMAC-SHA256, the answer, as
// in version 1, with HMAC-SHA1.
type derivedV4 struct {
	day, region string
	*signer
}

// verifyV4 checks a signature of version 4. Its key is valid on the day, in
// UTC, that it was derived for.
func (s *signer) verifyV4(r *http.Request, now time.Time) (*signer, error) {
	derived := s.deriveV4(headerOf(r, headerSignDate), headerOf(r, headerSignRegion))

	if !hmac.Equal(derived.signV4(r), []byte(headerOf(r, headerSignatureV4))) {
		return derived.signer, ots.Errorf(ots.AuthFailed, "Signature mismatch.")
	}
	if !isDay(derived.day, now) {
		return derived.signer, ots.Errorf(ots.AuthFailed, "Mismatch between system time and x-ots-signdate: %s.", derived.day)
	}
	return derived.signer, nil
}

// isDay reports whether it is that day in UTC, or was or will be within the
// tolerance of a request's date.
func isDay(day string, now time.Time) bool {
	const layout = "20060102"
	utc := now.UTC()
	return day == utc.Add(-dateTolerance).Format(layout) || day == utc.Add(dateTolerance).Format(layout)
}

// deriveV4 returns the key of a day and region: the secret, hashed with each of
// what it is limited to.
func (s *signer) deriveV4(day, region string) *derivedV4 {
	if last := s.derived.Load(); last != nil && last.day == day && last.region == region {
		return last
	}

	key := []byte("aliyun_v4" + s.AccessKeySecret)
	for _, limit := range [...]string{day, region, "ots", "aliyun_v4_request"} {
		key = hmacSHA256(key, []byte(limit))
	}
	secret := base64.StdEncoding.EncodeToString(key)

	derived := &derivedV4{day, region, newSigner(Credentials{s.AccessKeyID, secret})}
	s.derived.Store(derived)
	return derived
}

// signV4 is the signature, in base64, of what the client signed.
func (d *derivedV4) signV4(r *http.Request) []byte {
	text := append(appendSigned(nil, r), "ots"...)
	sum := hmacSHA256([]byte(d.AccessKeySecret), text)
	return base64.StdEncoding.AppendEncode(make([]byte, 0, signatureV4Size), sum)
}

func hmacSHA256(key, text []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return mac.Sum(nil)
}
