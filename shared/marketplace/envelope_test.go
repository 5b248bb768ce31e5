package marketplace_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/marketplace"
)

// text quotes a body for JSON.
func text(body string) string {
	quoted, err := json.Marshal(body)
	if err != nil {
		panic(err) // a string
	}
	return string(quoted)
}

func cloudEvent(id, data string) string {
	return fmt.Sprintf(`{"id":%q,"source":"market-orders","specversion":"1.0","type":"mns:Queue:SendMessage","datacontenttype":"application/json",`+
		`"subject":"acs:mns:cn-hangzhou:1:queues/market-orders","time":"2026-06-01T00:00:01Z","aliyunaccountid":"1","data":%s}`, id, data)
}

func queued(body string) string {
	return fmt.Sprintf(`{"requestId":"r","messageId":"m-1","messageBody":%s}`, body)
}

func TestEveryEnvelopeIsTakenApart(t *testing.T) {
	body := `{"action":"x","n":1}`
	encoded := base64.StdEncoding.EncodeToString([]byte(body))
	at := time.Date(2026, 6, 1, 0, 0, 1, 0, time.UTC)
	rocket := fmt.Sprintf(`{"topic":"t","systemProperties":{"UNIQ_KEY":"u-1","CONSUME_START_TIME":1628577790396},"userProperties":{},"body":%s}`, text(body))
	for name, c := range map[string]struct {
		event string
		want  marketplace.Message
	}{
		"an array of CloudEvents":               {"[" + cloudEvent("e-1", queued(text(body))) + "]", marketplace.Message{ID: "m-1", Body: []byte(body), At: at}},
		"one CloudEvent":                        {cloudEvent("e-1", queued(text(body))), marketplace.Message{ID: "m-1", Body: []byte(body), At: at}},
		"with the body in base64":               {cloudEvent("e-1", queued(text(encoded))), marketplace.Message{ID: "m-1", Body: []byte(encoded), At: at}},
		"with the body as an object":            {cloudEvent("e-1", queued(body)), marketplace.Message{ID: "m-1", Body: []byte(body), At: at}},
		"whose data is a text":                  {cloudEvent("e-1", text(body)), marketplace.Message{ID: "e-1", Body: []byte(body), At: at}},
		"whose data is the message (RawData)":   {cloudEvent("e-1", body), marketplace.Message{ID: "e-1", Body: []byte(body), At: at}},
		"an array of texts of CloudEvents":      {"[" + text(cloudEvent("e-1", queued(text(body)))) + "]", marketplace.Message{ID: "m-1", Body: []byte(body), At: at}},
		"an array of bare messages":             {"[" + queued(text(body)) + "]", marketplace.Message{ID: "m-1", Body: []byte(body)}},
		"RocketMQ":                              {"[" + cloudEvent("e-1", rocket) + "]", marketplace.Message{ID: "u-1", Body: []byte(body), At: at}},
		"a topic's STREAM with attributes":      {fmt.Sprintf(`{"body":%s,"attrs":{"Extend":"x"}}`, text(body)), marketplace.Message{Body: []byte(body)}},
		"a topic's STREAM as text":              {body, marketplace.Message{Body: []byte(body)}},
		"a topic's STREAM as base64":            {encoded, marketplace.Message{Body: []byte(encoded)}},
		"an array of texts of bodies":           {"[" + text(body) + "]", marketplace.Message{Body: []byte(body)}},
		"an array of texts in base64":           {"[" + text(encoded) + "]", marketplace.Message{Body: []byte(encoded)}},
		"a topic's JSON":                        {fmt.Sprintf(`{"TopicOwner":"1","Message":%s,"Subscriber":"1","PublishTime":1780272001000,"SubscriptionName":"s","MessageMD5":"x","TopicName":"t","MessageId":"m-2"}`, text(body)), marketplace.Message{ID: "m-2", Body: []byte(body), At: at}},
		"not JSON":                              {`{"broken`, marketplace.Message{Body: []byte(`{"broken`)}},
		"a batch that breaks off":               {`[{"a":1},`, marketplace.Message{Body: []byte(`[{"a":1},`)}},
		"an object of a kind that nobody knows": {`{"odd":1}`, marketplace.Message{Body: []byte(`{"odd":1}`)}},
	} {
		t.Run(name, func(t *testing.T) {
			messages := marketplace.Unwrap([]byte(c.event))
			require.Len(t, messages, 1)
			m := messages[0]
			require.Equal(t, string(c.want.Body), string(m.Body))
			require.True(t, c.want.At.Equal(m.At), m.At)
			if c.want.ID == "" {
				require.Len(t, m.ID, 32, "a hash stands in for the id")
			} else {
				require.Equal(t, c.want.ID, m.ID)
			}
		})
	}
	require.Empty(t, marketplace.Unwrap([]byte("[]")))
	ones := func(n int) []byte { return []byte("[1" + strings.Repeat(",1", n-1) + "]") }
	require.Len(t, marketplace.Unwrap(ones(marketplace.MaxBatch)), marketplace.MaxBatch)
	require.Len(t, marketplace.Unwrap(ones(marketplace.MaxBatch+1)), 1, "no platform delivers so many")
	require.Len(t, marketplace.Unwrap(nil), 1)
}

func TestACallIsReadHoweverItIsWritten(t *testing.T) {
	bare := `{"action":"createInstance","trial":false,"vm_number":7}`
	wrapped := `{"version":"1","receivedAt":"2026-06-01T00:00:00Z","requestId":"r","params":` + bare + `}`
	for name, body := range map[string]string{
		"wrapped": wrapped, "bare": bare, "quoted": text(bare), "in base64": base64.StdEncoding.EncodeToString([]byte(wrapped)),
		"quoted and in base64": text(base64.StdEncoding.EncodeToString([]byte(bare))),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := marketplace.ParseCall([]byte(body))
			require.NoError(t, err)
			require.Equal(t, map[string]string{"action": "createInstance", "trial": "false", "vm_number": "7"}, c.Params)
		})
	}
	for body, why := range map[string]string{
		"":                   "empty",
		"no JSON at all":     "neither JSON nor base64",
		`[1]`:                "neither JSON nor base64",
		`{"a":`:              "not the JSON object",
		`{"params":{}}`:      "names no action",
		`{"action":{"a":1}}`: "not a text",
		`{"receivedAt":"soon","params":{"action":"x"}}`: "receivedAt is no time",
	} {
		t.Run("not "+body, func(t *testing.T) {
			_, err := marketplace.ParseCall([]byte(body))
			var dead *marketplace.PermanentError
			require.ErrorAs(t, err, &dead)
			require.Contains(t, dead.Reason, why)
		})
	}
}

// The vector was made with Python's hashlib.
func TestTokens(t *testing.T) {
	params := map[string]string{
		"action": "createInstance", "aliUid": "3000000000000007", "orderBizId": "biz-1", "orderId": "o-1",
		"productCode": "cmgj01", "skuId": "aegis-4", "trial": "false", "expiredOn": "2027-01-01 00:00:00",
	}
	const token = "dfb347d32de0316eaa8c54499390a7ab"
	require.Equal(t, token, marketplace.Sign(params, "local-market-secret"))
	params["token"] = token
	require.True(t, marketplace.Verify(params, "local-market-secret"))
	require.False(t, marketplace.Verify(params, "another"))
	params["skuId"] = "aegis-1"
	require.False(t, marketplace.Verify(params, "local-market-secret"))
}
