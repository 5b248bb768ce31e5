package tablestoretest

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// clientAt is a client whose requests are dated by the clock: the SDK dates
// them by the system's, which a store whose clock a test has turned by more
// than 15 minutes refuses.
func (s *Store) clientAt(clock func() time.Time) *sdk.TableStoreClient {
	config := sdk.NewDefaultTableStoreConfig()
	config.Transport = &redated{clock: clock, next: s.http.Client().Transport}
	return sdk.NewClientWithConfig(s.URL, Instance, AccessKeyID, AccessKeySecret, "", config)
}

// redated dates and signs requests again.
type redated struct {
	clock func() time.Time
	next  http.RoundTripper
}

func (t *redated) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("x-ots-date", t.clock().UTC().Format(time.RFC3339))
	lines := make([]string, 0, len(r.Header))
	for name, values := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-ots-") && name != "x-ots-signature" {
			lines = append(lines, name+":"+strings.TrimSpace(values[0])+"\n")
		}
	}

	slices.Sort(lines)
	mac := hmac.New(sha1.New, []byte(AccessKeySecret))
	mac.Write([]byte(r.URL.Path + "\nPOST\n\n" + strings.Join(lines, "")))
	r.Header.Set("x-ots-signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return t.next.RoundTrip(r)
}
