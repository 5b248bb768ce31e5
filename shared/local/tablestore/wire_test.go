package tablestore_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

func base64Of(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }

func hmacOf(secret, text string) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(text))
	return base64Of(mac.Sum(nil))
}

// otsLines are the x-ots headers but the signature, as they are signed.
func otsLines(h http.Header) []string {
	var lines []string
	for name, values := range h {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-ots-") && name != "x-ots-signature" {
			lines = append(lines, name+":"+values[0])
		}
	}
	slices.Sort(lines)
	return lines
}

// post sends a signed request after change has had its way with the headers;
// what change sets to "" is left out.
func post(t *testing.T, url, operation string, body []byte, change map[string]string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/"+operation, bytes.NewReader(body))
	require.NoError(t, err)
	sum := md5.Sum(body)
	for name, value := range map[string]string{
		"x-ots-date": time.Now().UTC().Format(time.RFC3339), "x-ots-apiversion": "2015-12-31",
		"x-ots-accesskeyid": "local", "x-ots-instancename": "local", "x-ots-contentmd5": base64Of(sum[:]),
	} {
		r.Header.Set(name, value)
	}
	for name, value := range change {
		r.Header.Set(name, value)
	}
	for name, values := range r.Header {
		if values[0] == "" {
			delete(r.Header, name)
		}
	}
	if _, given := change["x-ots-signature"]; !given {
		r.Header.Set("x-ots-signature", hmacOf("local", "/"+operation+"\nPOST\n\n"+strings.Join(otsLines(r.Header), "\n")+"\n"))
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, answer
}

func requireRefusal(t *testing.T, response *http.Response, body []byte, status int, code, message string) {
	t.Helper()
	var e otsprotocol.Error
	require.NoError(t, proto.Unmarshal(body, &e))
	require.Equal(t, code, e.GetCode(), e.GetMessage())
	require.Equal(t, message, e.GetMessage())
	require.Equal(t, status, response.StatusCode)
}

func TestRequestsAreAuthenticated(t *testing.T) {
	store := tablestoretest.Start(t)
	for name, c := range map[string]struct {
		header, value string
		status        int
		code, message string
	}{
		"a forged signature":  {"x-ots-signature", "AAAA", 403, "OTSAuthFailed", "Signature mismatch."},
		"no signature":        {"x-ots-signature", "", 400, "OTSParameterInvalid", "Missing header: x-ots-signature."},
		"no date":             {"x-ots-date", "", 400, "OTSParameterInvalid", "Missing header: x-ots-date."},
		"an unknown key":      {"x-ots-accesskeyid", "other", 403, "OTSAuthFailed", "The AccessKeyID does not exist."},
		"an unknown instance": {"x-ots-instancename", "other", 403, "OTSAuthFailed", "The instance does not exist: other."},
		"an old date":         {"x-ots-date", "2020-01-01T00:00:00Z", 403, "OTSAuthFailed", "Mismatch between system time and x-ots-date: 2020-01-01T00:00:00Z."},
		"a date that is none": {"x-ots-date", "yesterday", 403, "OTSAuthFailed", "Mismatch between system time and x-ots-date: yesterday."},
		"a wrong digest":      {"x-ots-contentmd5", "AAAA", 403, "OTSAuthFailed", "Mismatch between MD5 value of request body and x-ots-contentmd5 in header."},
	} {
		t.Run(name, func(t *testing.T) {
			response, body := post(t, store.URL, "ListTable", nil, map[string]string{c.header: c.value})
			requireRefusal(t, response, body, c.status, c.code, c.message)
		})
	}
	t.Run("an STS token is taken as part of what is signed", func(t *testing.T) {
		client := sdk.NewClientWithConfig(store.URL, "local", "local", "local", "token", nil)
		_, err := client.ListTable()
		require.NoError(t, err)
		response, body := post(t, store.URL, "ListTable", nil, map[string]string{
			"x-ots-ststoken": "added", "x-ots-signature": hmacOf("local", "/ListTable\nPOST\n\n"),
		})
		requireRefusal(t, response, body, 403, "OTSAuthFailed", "Signature mismatch.")
	})
	t.Run("an answer's ID has the service's form", func(t *testing.T) {
		response, _ := post(t, store.URL, "ListTable", nil, nil)
		require.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, response.Header.Get("x-ots-requestid"))
	})
	t.Run("a wrong secret is refused by the SDK's own signature", func(t *testing.T) {
		_, err := sdk.NewClient(store.URL, "local", "local", "wrong").ListTable()
		requireCode(t, err, "OTSAuthFailed", "Signature mismatch.")
	})
}

func TestInstancesAreApart(t *testing.T) {
	store := tablestoretest.Start(t, tablestoretest.With(func(c *tablestore.Config) {
		c.Instances = map[string]tablestore.Credentials{
			"local": {AccessKeyID: "local", AccessKeySecret: "local"},
			"other": {AccessKeyID: "ak", AccessKeySecret: "sk"},
		}
	}))
	f := &fixture{T: t, store: store, client: store.Client()}
	f.table("sales")
	list, err := sdk.NewClient(store.URL, "other", "ak", "sk").ListTable()
	require.NoError(t, err)
	require.Empty(t, list.TableNames)
	_, err = sdk.NewClient(store.URL, "other", "local", "local").ListTable()
	requireCode(t, err, "OTSAuthFailed", "The AccessKeyID does not exist.")
}

func TestAnswersAreSigned(t *testing.T) {
	store := tablestoretest.Start(t)
	for _, operation := range []string{"ListTable", "GetRow"} { // a success, a refusal
		response, body := post(t, store.URL, operation, nil, nil)
		h := response.Header
		sum := md5.Sum(body)
		require.Equal(t, base64Of(sum[:]), h.Get("x-ots-contentmd5"))
		require.Equal(t, "protocol buffer", h.Get("x-ots-contenttype"))
		require.NotEmpty(t, h.Get("x-ots-requestid"))
		at, err := time.Parse("2006-01-02T15:04:05.000000Z", h.Get("x-ots-date"))
		require.NoError(t, err)
		require.Less(t, time.Since(at).Abs(), 15*time.Minute)
		text := strings.Join(otsLines(h), "\n") + "\n/" + operation
		require.Equal(t, "OTS local:"+hmacOf("local", text), h.Get("Authorization"))
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	store := tablestoretest.Start(t)
	t.Run("another method", func(t *testing.T) {
		response, err := http.Get(store.URL + "/ListTable")
		require.NoError(t, err)
		defer response.Body.Close()
		require.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
	})
	t.Run("an operation that does not exist", func(t *testing.T) {
		response, body := post(t, store.URL, "Nonsense", nil, nil)
		requireRefusal(t, response, body, 400, "OTSUnsupportOperation", "Unsupported operation: Nonsense.")
	})
	t.Run("an operation this server leaves out", func(t *testing.T) {
		response, body := post(t, store.URL, "SQLQuery", nil, nil)
		requireRefusal(t, response, body, 400, "OTSUnsupportOperation", "Unsupported operation: SQLQuery. This server has no SQL.")
	})
	t.Run("a body that is too large", func(t *testing.T) {
		response, body := post(t, store.URL, "PutRow", make([]byte, 8<<20+1), nil)
		requireRefusal(t, response, body, 413, "OTSRequestBodyTooLarge", "The size of POST data is too large.")
	})
	t.Run("a body that is no message", func(t *testing.T) {
		response, body := post(t, store.URL, "PutRow", []byte{0xFF}, nil)
		var e otsprotocol.Error
		require.NoError(t, proto.Unmarshal(body, &e))
		require.Equal(t, "OTSParameterInvalid", e.GetCode())
		require.Equal(t, 400, response.StatusCode)
	})
}
