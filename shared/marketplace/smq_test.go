package marketplace_test

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/marketplace"
	"aegis/shared/pop"
)

func role(context.Context) pop.Credentials {
	return pop.Credentials{AccessKeyID: "id", AccessKeySecret: "secret", SecurityToken: "sts"}
}

// smq answers one SendMessage and notes it.
func smq(t *testing.T, status int, answer string) (sender *marketplace.SMQ, got *http.Request, body *string) {
	t.Helper()
	got, body = &http.Request{}, new(string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		*got, *body = *r, string(text)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	sender, err := marketplace.NewSMQ(server.URL+"/queues/market-orders", role)
	require.NoError(t, err)
	return sender, got, body
}

func TestAMessageIsSentAsSMQTakesIt(t *testing.T) {
	sender, r, body := smq(t, http.StatusCreated, `<?xml version="1.0"?><Message xmlns="http://mns.aliyuncs.com/doc/v1/"><MessageId>m-1</MessageId><MessageBodyMD5>X</MessageBodyMD5></Message>`)
	id, err := sender.Send(context.Background(), []byte(`{"a":"<&>"}`))
	require.NoError(t, err)
	require.Equal(t, "m-1", id)
	require.Equal(t, "POST", r.Method)
	require.Equal(t, "/queues/market-orders/messages", r.URL.Path)
	require.Equal(t, "2015-06-06", r.Header.Get("x-mns-version"))
	require.Equal(t, "sts", r.Header.Get("security-token"))
	require.Equal(t, "MNS id:"+marketplace.SignSMQ(r, "secret"), r.Header.Get("Authorization"))
	var m marketplace.SMQMessage
	require.NoError(t, xml.Unmarshal([]byte(*body), &m))
	require.Equal(t, `{"a":"<&>"}`, m.MessageBody)
}

// The vector was made with Python's hmac: POST, no Content-MD5, the header values
// below and the path.
func TestTheSignatureOfSMQ(t *testing.T) {
	r := httptest.NewRequest("POST", "http://1.mns.cn-hangzhou.aliyuncs.com/queues/market-orders/messages", nil)
	r.Header.Set("Content-Type", "text/xml;charset=utf-8")
	r.Header.Set("Date", "Mon, 23 Nov 2026 12:00:00 GMT")
	r.Header.Set("x-mns-version", "2015-06-06")
	require.Equal(t, "oiXf6GGJK+v+xRWsQmC1B1Oog3A=", marketplace.SignSMQ(r, "secret"))
}

func TestWhatSMQRefusesIsAnErrorWithItsCode(t *testing.T) {
	sender, _, _ := smq(t, http.StatusForbidden, `<Error><Code>AccessDenied</Code></Error>`)
	_, err := sender.Send(context.Background(), []byte("x"))
	require.ErrorContains(t, err, "AccessDenied")
	require.NotContains(t, err.Error(), "secret")
	sender, _, _ = smq(t, http.StatusCreated, "")
	_, err = sender.Send(context.Background(), []byte("x"))
	require.ErrorContains(t, err, "no MessageId")
	for _, bad := range []string{"", "https://host", "https://host/queue/x", "::"} {
		_, err := marketplace.NewSMQ(bad, role)
		require.Error(t, err, bad)
	}
}

func TestSkusAreChecked(t *testing.T) {
	sku := func(change string) string {
		return `{"skus":[{"skuId":"s","versionCode":4,"vmNumber":5,"duration":1,"pricingCycle":"Month"` + change + `}]}`
	}
	skus, err := marketplace.ParseSkus([]byte(sku("")))
	require.NoError(t, err)
	require.Equal(t, 4, skus["s"].VersionCode)
	for name, text := range map[string]string{
		"no JSON": "x", "an unknown field": sku(`,"price":1`), "no id": sku(`,"skuId":""`), "no edition": sku(`,"versionCode":0`),
		"no machines": sku(`,"vmNumber":0`), "too many": sku(`,"vmNumber":501`), "no term": sku(`,"duration":0`), "an odd term": sku(`,"pricingCycle":"Week"`),
		"one twice": `{"skus":[{"skuId":"s","versionCode":4,"vmNumber":5,"duration":1,"pricingCycle":"Month"},{"skuId":"s","versionCode":4,"vmNumber":5,"duration":1,"pricingCycle":"Month"}]}`,
	} {
		_, err := marketplace.ParseSkus([]byte(text))
		require.Error(t, err, name)
	}
}

func TestAPeekLeavesTheMessageInTheQueue(t *testing.T) {
	peeker, got, _ := smq(t, http.StatusOK, `<?xml version="1.0"?><Message xmlns="http://mns.aliyuncs.com/doc/v1/"><MessageId>5F290C926D472878-2</MessageId><EnqueueTime>1250700979248</EnqueueTime><DequeueCount>5</DequeueCount><MessageBody>x</MessageBody></Message>`)
	m, ok, err := peeker.Peek(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, []any{"5F290C926D472878-2", int64(1250700979248), 5}, []any{m.MessageID, m.EnqueueTime, m.DequeueCount})
	require.Equal(t, "GET /queues/market-orders/messages?peekonly=true", got.Method+" "+got.URL.RequestURI())
	require.Equal(t, "MNS id:"+marketplace.SignSMQ(got, "secret"), got.Header.Get("Authorization"), "the query is signed too")
}

func TestAnEmptyQueueIsToldFromAnError(t *testing.T) {
	peeker, _, _ := smq(t, http.StatusNotFound, `<Error><Code>MessageNotExist</Code></Error>`)
	_, ok, err := peeker.Peek(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	for answer, want := range map[string]string{
		`<Error><Code>QueueNotExist</Code></Error>`: "peek at a queue: 404 QueueNotExist",
		``: "peek at a queue: 404 ",
	} {
		peeker, _, _ = smq(t, http.StatusNotFound, answer)
		_, _, err = peeker.Peek(t.Context())
		require.EqualError(t, err, want)
	}
	peeker, _, _ = smq(t, http.StatusOK, `<Message/>`)
	_, _, err = peeker.Peek(t.Context())
	require.ErrorContains(t, err, "no MessageId")
}
