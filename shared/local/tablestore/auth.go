package tablestore

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"aegis/shared/local/tablestore/internal/ots"
)

const (
	headerPrefix    = "x-ots-"
	signatureHeader = "x-ots-signature"

	// dateTolerance is how far a request's date may be off the server's clock.
	dateTolerance = 15 * time.Minute
)

// authenticate checks a request's headers, signature, date and body digest,
// and returns the instance it may use. Once the key pair is known the answer
// is signed with it, also when a later check fails.
func (s *Server) authenticate(r *http.Request, body []byte, a *answer) (instance string, err error) {
	for _, name := range requiredHeaders() {
		if r.Header.Get(name) == "" {
			return "", ots.Invalid("Missing header: %s.", name)
		}
	}
	instance = r.Header.Get("x-ots-instancename")
	keys, found := s.instances[instance]
	if !found {
		return "", ots.Errorf(ots.AuthFailed, "The instance does not exist: %s.", instance)
	}
	if r.Header.Get("x-ots-accesskeyid") != keys.AccessKeyID {
		return "", ots.Errorf(ots.AuthFailed, "The AccessKeyID does not exist.")
	}
	a.keys = &keys
	want := sign(keys.AccessKeySecret, stringToSign(r))
	if !hmac.Equal([]byte(want), []byte(r.Header.Get(signatureHeader))) {
		return "", ots.Errorf(ots.AuthFailed, "Signature mismatch.")
	}
	if err := checkDate(r.Header.Get("x-ots-date"), a.now); err != nil {
		return "", err
	}
	if r.Header.Get("x-ots-contentmd5") != digest(body) {
		return "", ots.Errorf(ots.AuthFailed, "Mismatch between MD5 value of request body and x-ots-contentmd5 in header.")
	}
	return instance, nil
}

func requiredHeaders() [6]string {
	return [...]string{
		"x-ots-date", "x-ots-apiversion", "x-ots-accesskeyid",
		"x-ots-contentmd5", "x-ots-instancename", signatureHeader,
	}
}

// stringToSign is what a client signs: path, method, an empty query, and every
// x-ots header that has a value, by name.
func stringToSign(r *http.Request) string {
	lines := make([]string, 0, 12)
	for name, values := range r.Header {
		name = strings.ToLower(name)
		if !strings.HasPrefix(name, headerPrefix) || name == signatureHeader || values[0] == "" {
			continue
		}
		lines = append(lines, name+":"+strings.TrimSpace(values[0])+"\n")
	}
	slices.Sort(lines)
	return r.URL.Path + "\n" + r.Method + "\n\n" + strings.Join(lines, "")
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

func sign(secret, text string) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func digest(body []byte) string {
	sum := md5.Sum(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}
