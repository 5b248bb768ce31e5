// Package hostile makes events that cost a function as much memory as their size
// allows. Tests and the benchmark send them to the real functions.
package hostile

import (
	"bytes"
	"fmt"
	"strings"
)

// MaxPlatform is the size of the largest event that the platform delivers in a
// synchronous invocation.
const MaxPlatform = 32 << 20

// Event is one hostile event.
type Event struct {
	Name string
	Body []byte
}

// Requests returns HTTP events of at most size bytes.
func Requests(size int) []Event {
	return []Event{
		{"no JSON", bytes.Repeat([]byte("x"), size)},
		{"a long body", filled(`{"path":"/","httpMethod":"POST","headers":{"content-type":"application/x-www-form-urlencoded"},"body":"`, "x", `"}`, size)},
		{"a body in base64", filled(`{"path":"/","httpMethod":"POST","isBase64Encoded":true,"body":"`, "QUJD", `"}`, size)},
		{"a quoted body", filled(`{"path":"/","httpMethod":"POST","body":"`, `\u0001`, `"}`, size)},
		{"many headers", numbered(`{"path":"/","httpMethod":"GET","headers":{`, `"%d":"",`, `"z":""}}`, size)},
		{"many parameters", numbered(`{"path":"/","httpMethod":"GET","queryParameters":{`, `"%d":"",`, `"z":""}}`, size)},
		{"deep arrays", filled(`{"odd":`, "[", "", size)},
		{"a long Authorization", filled(`{"path":"/","httpMethod":"POST","headers":{"authorization":"ACS3-HMAC-SHA256 Credential=a,SignedHeaders=`, "a;", `,Signature=b"}}`, size)},
	}
}

// Batches returns events of the order queue of at most size bytes.
func Batches(size int) []Event {
	message := `{"id":"%d","specversion":"1.0","data":{"messageId":"m%d","messageBody":"` + strings.Repeat("x", 4000) + `"}},`
	return append(Requests(size),
		Event{"one long message", filled(`[{"specversion":"1.0","data":{"messageId":"m","messageBody":"`, "x", `"}}]`, size)},
		Event{"one quoted message", filled(`[{"specversion":"1.0","data":{"messageId":"m","messageBody":"`, `\u0001`, `"}}]`, size)},
		Event{"one message of nested quotes", filled(`["{\"messageBody\":\"`, `\\\"`, `\"}"]`, size)},
		Event{"many small messages", filled(`[`, `1,`, `1]`, size)},
		Event{"many dead messages", numbered(`[`, message, `1]`, size)},
		Event{"a call with many parameters", numbered(`[{"action":"createInstance",`, `"%d":"",`, `"z":""}]`, size)},
		Event{"events in events", nested(size)},
	)
}

// filled repeats a part between head and tail.
func filled(head, part, tail string, size int) []byte {
	n := (size - len(head) - len(tail)) / len(part)
	return []byte(head + strings.Repeat(part, n) + tail)
}

// numbered is filled with parts that have their number in place of each verb.
func numbered(head, part, tail string, size int) []byte {
	var b bytes.Buffer
	b.Grow(size)
	b.WriteString(head)
	for i := 0; ; i++ {
		text := strings.ReplaceAll(part, "%d", fmt.Sprint(i))
		if b.Len()+len(text)+len(tail) > size {
			break
		}
		b.WriteString(text)
	}

	b.WriteString(tail)
	return b.Bytes()
}

// nested wraps a long message in as many CloudEvents as JSON may be deep.
func nested(size int) []byte {
	const depth, head = 4500, `{"specversion":"1.0","data":`
	room := size - depth*(len(head)+1) - 2
	if room < 0 {
		return filled(head, "[", "", size)
	}
	return []byte(strings.Repeat(head, depth) + `"` + strings.Repeat("x", room) + `"` + strings.Repeat("}", depth))
}
