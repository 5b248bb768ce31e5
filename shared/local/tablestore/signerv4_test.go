package tablestore_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

// What the Java SDK 5.17.7 makes of the pair local/local on 2026-01-02 in
// cn-hangzhou: the derived key, and the signature of ListTable with headersV4.
const (
	javaKeyV4       = "7uVKfxhFWqezjJo1CmcSZ/1bu88m8ltdmyQUWxGTpiE="
	javaSignatureV4 = "vZpep6/BhutEurZS6F6ie4CfJW3vTd7mVz3lGxB35Ao="
)

func headersV4(date string) map[string]string {
	return map[string]string{
		"x-ots-date": date, "x-ots-apiversion": "2015-12-31", "x-ots-accesskeyid": "local", "x-ots-instancename": "local",
		"x-ots-contentmd5": "1B2M2Y8AsgTpgAmY7PhCfg==", "x-ots-signdate": "20260102", "x-ots-signregion": "cn-hangzhou",
		"x-ots-signature": "",
	}
}

// signV4 signs ListTable with the derived key.
func signV4(headers map[string]string) string {
	text := "/ListTable\nPOST\n\n"
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if headers[name] != "" {
			text += name + ":" + headers[name] + "\n"
		}
	}
	mac := hmac.New(sha256.New, []byte(javaKeyV4))
	mac.Write([]byte(text + "ots"))
	return base64Of(mac.Sum(nil))
}

// listAt posts a ListTable, signed unless it is already, to a store at a time.
func listAt(t *testing.T, at string, headers map[string]string) (*http.Response, []byte) {
	t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	require.NoError(t, err)
	store := tablestoretest.Start(t, tablestoretest.With(func(c *tablestore.Config) { c.Clock = func() time.Time { return now } }))
	if headers["x-ots-signaturev4"] == "" {
		headers["x-ots-signaturev4"] = signV4(headers)
	}
	return post(t, store.URL, "ListTable", nil, headers)
}

func TestSignaturesOfVersion4(t *testing.T) {
	t.Run("the Java SDK's signature is accepted, and the answer is signed with the derived key", func(t *testing.T) {
		headers := headersV4("2026-01-02T03:04:05.000Z")
		headers["x-ots-signaturev4"] = javaSignatureV4
		response, _ := listAt(t, "2026-01-02T03:04:05Z", headers)
		require.Equal(t, 200, response.StatusCode)

		want := hmacOf(javaKeyV4, strings.Join(otsLines(response.Header), "\n")+"\n/ListTable")
		require.Equal(t, "OTS local:"+want, response.Header.Get("Authorization"))
	})

	t.Run("a changed header is refused", func(t *testing.T) {
		headers := headersV4("2026-01-02T03:04:06.000Z")
		headers["x-ots-signaturev4"] = javaSignatureV4
		response, body := listAt(t, "2026-01-02T03:04:05Z", headers)
		requireRefusal(t, response, body, 403, "OTSAuthFailed", "Signature mismatch.")
	})

	t.Run("a key of another region is refused", func(t *testing.T) {
		headers := headersV4("2026-01-02T03:04:05.000Z")
		headers["x-ots-signregion"] = "cn-beijing"
		response, body := listAt(t, "2026-01-02T03:04:05Z", headers)
		requireRefusal(t, response, body, 403, "OTSAuthFailed", "Signature mismatch.")
	})

	t.Run("a signature without the day of its key is refused", func(t *testing.T) {
		headers := headersV4("2026-01-02T03:04:05.000Z")
		headers["x-ots-signdate"] = ""
		response, body := listAt(t, "2026-01-02T03:04:05Z", headers)
		requireRefusal(t, response, body, 400, "OTSParameterInvalid", "Missing header: x-ots-signdate.")
	})

	t.Run("a key ends with its day", func(t *testing.T) {
		response, _ := listAt(t, "2026-01-03T00:10:00Z", headersV4("2026-01-03T00:10:00.000Z"))
		require.Equal(t, 200, response.StatusCode, "clocks may differ")

		response, body := listAt(t, "2026-01-03T00:20:00Z", headersV4("2026-01-03T00:20:00.000Z"))
		requireRefusal(t, response, body, 403, "OTSAuthFailed", "Mismatch between system time and x-ots-signdate: 20260102.")
	})
}
