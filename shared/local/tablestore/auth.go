package tablestore

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"aegis/shared/local/tablestore/internal/ots"
)

// Headers, as net/http spells them.
const (
	headerPrefix    = "X-Ots-"
	headerDate      = "X-Ots-Date"
	headerVersion   = "X-Ots-Apiversion"
	headerKey       = "X-Ots-Accesskeyid"
	headerDigest    = "X-Ots-Contentmd5"
	headerInstance  = "X-Ots-Instancename"
	headerSignature = "X-Ots-Signature"

	// Those of signature version 4.
	headerSignatureV4 = "X-Ots-Signaturev4"
	headerSignDate    = "X-Ots-Signdate"
	headerSignRegion  = "X-Ots-Signregion"

	// dateTolerance is how far a request's date may be off the server's clock.
	dateTolerance = 15 * time.Minute
)

// authenticate checks a request's headers, signature, date and body digest,
// and returns the instance it may use. Once the key pair is known the answer
// is signed with it, also when a later check fails.
func (s *Server) authenticate(r *http.Request, body []byte, a *answer) (instance string, err error) {
	if err := checkHeaders(r); err != nil {
		return "", err
	}

	instance = headerOf(r, headerInstance)
	keys, found := s.instances[instance]
	if !found {
		return "", ots.Errorf(ots.AuthFailed, "The instance does not exist: %s.", instance)
	}
	if headerOf(r, headerKey) != keys.AccessKeyID {
		return "", ots.Errorf(ots.AuthFailed, "The AccessKeyID does not exist.")
	}

	if a.keys, err = keys.verify(r, a.now); err != nil {
		return "", err
	}
	if err := checkDate(headerOf(r, headerDate), a.now); err != nil {
		return "", err
	}
	if sum := digest(body); headerOf(r, headerDigest) != string(sum[:]) {
		return "", ots.Errorf(ots.AuthFailed, "Mismatch between MD5 value of request body and x-ots-contentmd5 in header.")
	}

	return instance, nil
}

// checkHeaders requires what a request is authenticated by.
func checkHeaders(r *http.Request) error {
	required := []string{headerDate, headerVersion, headerKey, headerDigest, headerInstance, headerSignature}
	if headerOf(r, headerSignatureV4) != "" {
		required = append(required[:len(required)-1], headerSignDate, headerSignRegion)
	}
	for _, name := range required {
		if headerOf(r, name) == "" {
			return ots.Invalid("Missing header: %s.", strings.ToLower(name))
		}
	}

	return nil
}

// headerOf is Header.Get without canonicalising the name again.
func headerOf(r *http.Request, name string) string {
	if values := r.Header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// appendSigned appends what a client signs: path, method, an empty query, and
// every x-ots header that has a value, by name; not the signature itself.
func appendSigned(text []byte, r *http.Request) []byte {
	names := make([]string, 0, 16)
	for name, values := range r.Header {
		if strings.HasPrefix(name, headerPrefix) && !strings.HasPrefix(name, headerSignature) && values[0] != "" {
			names = append(names, name)
		}
	}

	slices.SortFunc(names, compareFolded)
	text = append(append(append(append(text, r.URL.Path...), '\n'), r.Method...), "\n\n"...)
	for _, name := range names {
		text = append(appendLower(text, name), ':')
		text = append(append(text, strings.TrimSpace(r.Header[name][0])...), '\n')
	}

	return text
}

func compareFolded(a, b string) int {
	for i := range min(len(a), len(b)) {
		if order := int(lower(a[i])) - int(lower(b[i])); order != 0 {
			return order
		}
	}
	return len(a) - len(b)
}

func appendLower(dst []byte, name string) []byte {
	for i := range len(name) {
		dst = append(dst, lower(name[i]))
	}
	return dst
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// checkDate reads the date to the second: the Go SDK writes month, day and
// hour where the fraction of the second belongs.
func checkDate(date string, now time.Time) error {
	const layout = "2006-01-02T15:04:05"
	at, err := time.Parse(layout, date[:min(len(date), len(layout))])
	if err != nil || now.Sub(at).Abs() > dateTolerance {
		return ots.Errorf(ots.AuthFailed, "Mismatch between system time and x-ots-date: %s.", date)
	}
	return nil
}

// Sizes of hashes in base64.
const (
	signatureSize   = (sha1.Size + 2) / 3 * 4
	signatureV4Size = (sha256.Size + 2) / 3 * 4
	digestSize      = (md5.Size + 2) / 3 * 4
)

// digest is the MD5 of a body, in base64.
func digest(body []byte) (encoded [digestSize]byte) {
	sum := md5.Sum(body)
	base64.StdEncoding.Encode(encoded[:], sum[:])
	return encoded
}
