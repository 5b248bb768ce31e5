package pop_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAnswer(t *testing.T) {
	fields := []pop.Field{
		{Name: "OrderId", Value: "<a&b>"},
		{Name: "ExpireDateTimestamp", Value: "1479830400000", Number: true},
	}
	t.Run("JSON is one flat object with the RequestId", func(t *testing.T) {
		r := pop.Answer(pop.JSON, "CreateInstance", requestID, fields...)
		require.Equal(t, 200, r.Status)
		require.Equal(t, "application/json;charset=utf-8", r.ContentType)
		require.Equal(t, pop.Params{{Name: "x-acs-request-id", Value: requestID}}, r.Header)
		require.Equal(t, `{"RequestId":"`+requestID+`","OrderId":"<a&b>","ExpireDateTimestamp":1479830400000}`, string(r.Body))
	})
	t.Run("XML has the action's root", func(t *testing.T) {
		r := pop.Answer(pop.XML, "CreateInstance", requestID, fields...)
		require.Equal(t, "text/xml;charset=utf-8", r.ContentType)
		root, got := readXML(t, r.Body)
		require.Equal(t, "CreateInstanceResponse", root)
		require.Equal(t, map[string]string{"RequestId": requestID, "OrderId": "<a&b>", "ExpireDateTimestamp": "1479830400000"}, got)
	})
	t.Run("a number that is none stays text", func(t *testing.T) {
		for _, value := range []string{"", "-", "01", "-01", "1e3", "1.5", "0x1", "١", "1 "} {
			r := pop.Answer(pop.JSON, "A", requestID, pop.Field{Name: "N", Value: value, Number: true})
			var got map[string]string
			require.NoError(t, json.Unmarshal(r.Body, &got), value)
			require.Equal(t, value, got["N"])
		}
		for _, value := range []string{"0", "-1", "-0", "10", "9223372036854775807"} {
			r := pop.Answer(pop.JSON, "A", requestID, pop.Field{Name: "N", Value: value, Number: true})
			require.Contains(t, string(r.Body), `"N":`+value+`}`)
		}
	})
}

func TestAListIsAnObjectOfItsItems(t *testing.T) {
	list := pop.Field{Name: "OrderList", List: &pop.List{Item: "Order", Rows: [][]pop.Field{
		{{Name: "OrderId", Value: "<1>"}, {Name: "VmNumber", Value: "5", Number: true}, {Name: "Auto", Value: "true", Boolean: true}},
		{{Name: "OrderId", Value: "2"}},
	}}}
	t.Run("in JSON", func(t *testing.T) {
		want := `{"RequestId":"r","OrderList":{"Order":[{"OrderId":"<1>","VmNumber":5,"Auto":true},{"OrderId":"2"}]}}`
		require.Equal(t, want, string(pop.Answer(pop.JSON, "A", "r", list).Body))
	})
	t.Run("in XML", func(t *testing.T) {
		want := `<OrderList><Order><OrderId>&lt;1&gt;</OrderId><VmNumber>5</VmNumber><Auto>true</Auto></Order><Order><OrderId>2</OrderId></Order></OrderList>`
		require.Contains(t, string(pop.Answer(pop.XML, "A", "r", list).Body), want)
	})
	t.Run("empty", func(t *testing.T) {
		list.List = &pop.List{Item: "Order"}
		require.Equal(t, `{"RequestId":"r","OrderList":{"Order":[]}}`, string(pop.Answer(pop.JSON, "A", "r", list).Body))
	})
	t.Run("a truth value that is none stays text", func(t *testing.T) {
		require.Contains(t, string(pop.Answer(pop.JSON, "A", "r", pop.Field{Name: "B", Value: "True", Boolean: true}).Body), `"B":"True"`)
	})
}

func TestACodeOfOursLeadsToOurPage(t *testing.T) {
	e := pop.New("InstanceAlreadyExists", 409, "m")
	require.Contains(t, string(e.WithPage("http://here/errors/x").Response(pop.JSON, "r", "h").Body), `"Recommend":"http://here/errors/x"`)
	require.Contains(t, string(e.WithPage("").Response(pop.JSON, "r", "h").Body), `"Recommend":""`)
	require.Contains(t, string(e.Response(pop.JSON, "r", "h").Body), "https://api.aliyun.com/troubleshoot?q=InstanceAlreadyExists")
}

func TestAnyTextSurvivesAnAnswer(t *testing.T) {
	t.Run("JSON", rapid.MakeCheck(func(t *rapid.T) {
		value := rapid.String().Draw(t, "value")
		body := pop.Answer(pop.JSON, "A", requestID, pop.Field{Name: "V", Value: value}).Body
		var got map[string]string
		require.NoError(t, json.Unmarshal(body, &got))
		require.Equal(t, value, got["V"])
	}))
	t.Run("XML, but for what XML cannot hold", rapid.MakeCheck(func(t *rapid.T) {
		value := rapid.String().Draw(t, "value")
		response := pop.Answer(pop.XML, "A", requestID, pop.Field{Name: "V", Value: value})
		want := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
				return 0xFFFD
			}
			return r
		}, value)
		require.Equal(t, want, xmlValue(t, response.Body, "V"))
	}))
	t.Run("what XML cannot hold is replaced", func(t *testing.T) {
		body := string(pop.Answer(pop.XML, "A", requestID, pop.Field{Name: "V", Value: "\x00\x1f\uFFFE\uFFFF\xff\r"}).Body)
		require.Contains(t, body, "<V>\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD&#13;</V>")
	})
	t.Run("only control characters are escaped by number in JSON", func(t *testing.T) {
		body := string(pop.Answer(pop.JSON, "A", requestID, pop.Field{Name: "V", Value: "<>&'\u2028\u2029\u007f安骑士\"\\\n\r\t\x01\xff"}).Body)
		require.Contains(t, body, `"V":"<>&'`+"\u2028\u2029\u007f安骑士"+`\"\\\n\r\t\u0001`+"\uFFFD"+`"}`)
	})
}

func xmlValue(t *rapid.T, body []byte, name string) string {
	text := string(body)
	_, text, _ = strings.Cut(text, "<"+name+">")
	text, _, _ = strings.Cut(text, "</"+name+">")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#13;", "\r", "&amp;", "&").Replace(text)
}

func TestRequestID(t *testing.T) {
	t.Run("it is an upper-case UUID of version 4", func(t *testing.T) {
		id, err := pop.NewRequestID(bytes.NewReader([]byte("\x00\x11\x22\x33\x44\x55\xff\x77\xff\x99\xaa\xbb\xcc\xdd\xee\xff")))
		require.NoError(t, err)
		require.Equal(t, "00112233-4455-4F77-BF99-AABBCCDDEEFF", id)
	})
	t.Run("randomness that fails is told", func(t *testing.T) {
		broken := errors.New("no entropy")
		_, err := pop.NewRequestID(iotest.ErrReader(broken))
		require.ErrorIs(t, err, broken)
	})
}
