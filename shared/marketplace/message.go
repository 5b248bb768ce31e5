package marketplace

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Message is one message as a queue delivers it.
type Message struct {
	ID       string    // the queue's; without one, a hash of the body
	Body     []byte    // as it was sent: JSON, or base64 of it
	At       time.Time // when the queue took it; zero: it does not say
	Verified bool      // of a dead letter: its token was verified before it was kept, and not kept
}

func newMessage(id string, body []byte, at time.Time) Message {
	if id == "" {
		sum := sha256.Sum256(body)
		id = hex.EncodeToString(sum[:16])
	}
	return Message{ID: id, Body: body, At: at}
}

// Call is a call of the marketplace as a message carries it.
type Call struct {
	ID       string            // which call it was: the SPI's RequestId; "": not known
	Params   map[string]string // by name, action and token among them
	Received time.Time         // when the SPI took it; zero: not known
}

// PermanentError means that a message can never succeed as it is.
type PermanentError struct{ Reason string }

// Error returns the reason.
func (r *PermanentError) Error() string { return r.Reason }

func permanent(format string, args ...any) error {
	return &PermanentError{fmt.Sprintf(format, args...)}
}

// maxCall is the maximum size of a call. SMQ takes messages of 64 KB, and parsing many
// small parameters costs many times their size.
const maxCall = 512 << 10

// ParseCall reads a message's body: the object that SPI sends, or the bare
// parameters; as JSON or as base64 of that. The error is a *PermanentError.
func ParseCall(body []byte) (Call, error) {
	if len(body) > maxCall {
		return Call{}, permanent("The message has %d bytes: an order's has at most %d.", len(body), maxCall)
	}

	text, err := plain(body)
	if err != nil {
		return Call{}, err
	}

	var wrapped struct {
		ReceivedAt, RequestID string
		Params                map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &wrapped); err != nil {
		return Call{}, permanent("The message is not the JSON object of a call.")
	}

	if wrapped.Params == nil {
		wrapped.ReceivedAt, wrapped.RequestID = "", ""
		if err := json.Unmarshal(text, &wrapped.Params); err != nil {
			return Call{}, permanent("The message is not the JSON object of a call.")
		}
	}
	c, err := newCall(wrapped.Params, wrapped.ReceivedAt)
	c.ID = wrapped.RequestID
	return c, err
}

func newCall(params map[string]json.RawMessage, receivedAt string) (c Call, err error) {
	c.Params = make(map[string]string, len(params))
	for name, raw := range params {
		if c.Params[name], err = value(raw); err != nil {
			return Call{}, permanent("Parameter %.64q is not a text.", name)
		}
	}

	if c.Params["action"] == "" {
		return Call{}, permanent("The message names no action.")
	}
	if receivedAt == "" {
		return c, nil
	}
	if c.Received, err = time.Parse(time.RFC3339, receivedAt); err != nil {
		return Call{}, permanent("receivedAt is no time: %.64q.", receivedAt)
	}
	return c, nil
}

// value returns a parameter's text. Parameters are strings on the wire, but may have
// become numbers or truth values in JSON.
func value(raw json.RawMessage) (string, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err == nil {
		return text, nil
	}
	if len(raw) == 0 || bytes.ContainsAny(raw[:1], "{[") {
		return "", errors.New("not a text")
	}
	return string(raw), nil
}

// plain returns a body as JSON. The body may be base64 (from a queue that is not set to
// decode), or a JSON string.
func plain(body []byte) ([]byte, error) {
	for range 3 { // a quoted, encoded object at most
		body = bytes.TrimSpace(body)
		if len(body) == 0 {
			return nil, permanent("The message is empty.")
		}
		var text string
		decoded, err := base64.StdEncoding.DecodeString(string(body))
		switch {
		case body[0] == '{':
			return body, nil
		case json.Unmarshal(body, &text) == nil:
			body = []byte(text)
		case err == nil:
			body = decoded
		default:
			return nil, permanent("The message is neither JSON nor base64 of JSON.")
		}
	}

	return nil, permanent("The message is neither JSON nor base64 of JSON.")
}
