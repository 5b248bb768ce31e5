package marketplace

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// envelope is the union of the objects in which platforms wrap a message: a
// CloudEvent, whose data is one of the others; a queue's message; a topic's, in
// both its forms; a RocketMQ message.
type envelope struct {
	ID          string          `json:"id"`
	SpecVersion string          `json:"specversion"`
	Time        string          `json:"time"`
	Data        json.RawMessage `json:"data"`

	MessageID   string          `json:"messageId"`
	MessageBody json.RawMessage `json:"messageBody"`

	TopicMessageID string          `json:"MessageId"`
	TopicName      string          `json:"TopicName"`
	PublishTime    json.Number     `json:"PublishTime"`
	Message        json.RawMessage `json:"Message"`

	Body             json.RawMessage `json:"body"`
	Attrs            json.RawMessage `json:"attrs"`
	Topic            string          `json:"topic"`
	SystemProperties struct {
		UniqKey string `json:"UNIQ_KEY"`
	} `json:"systemProperties"`
}

// Unwrap returns the messages in an event, however the platform wrapped them: an array
// of CloudEvents, one CloudEvent, an array of texts or of bare messages (RawData), a
// topic's text (STREAM) or object, or a bare call. What cannot be parsed counts as one
// message, so that it ends as a dead letter and is not lost.
func Unwrap(event []byte) []Message {
	event = bytes.TrimSpace(event)
	if items, ok := split(event); ok {
		messages := make([]Message, 0, len(items))
		for _, item := range items {
			messages = append(messages, unwrap(item, "", time.Time{}, maxWrappings))
		}
		return messages
	}

	return []Message{unwrap(event, "", time.Time{}, maxWrappings)}
}

// MaxBatch is how many messages a platform delivers in one event at most.
const MaxBatch = 10_000

// split parses an array. ok is false if the array is broken, or longer than any batch.
func split(event []byte) (items []json.RawMessage, ok bool) {
	if len(event) == 0 || event[0] != '[' || !json.Valid(event) {
		return nil, false
	}

	decoder := json.NewDecoder(bytes.NewReader(event))
	if _, err := decoder.Token(); err != nil {
		return nil, false
	}

	for decoder.More() {
		var item json.RawMessage
		if err := decoder.Decode(&item); err != nil || len(items) == MaxBatch {
			return nil, false
		}
		items = append(items, item)
	}

	return items, true
}

// maxWrappings is how many CloudEvents may be nested; a platform sends one. Each level
// costs a copy of the rest, so thousands would exhaust the memory.
const maxWrappings = 4

// unwrap parses one item. id and at are those of the enclosing object.
func unwrap(item []byte, id string, at time.Time, wrappings int) Message {
	var text string
	if json.Unmarshal(item, &text) == nil {
		if trimmed := bytes.TrimSpace([]byte(text)); len(trimmed) == 0 || trimmed[0] != '{' {
			return newMessage(id, []byte(text), at)
		}
		item = []byte(text)
	}

	var e envelope
	if err := unmarshalExact(item, &e); err != nil {
		return newMessage(id, item, at)
	}

	switch {
	case e.SpecVersion != "" && e.Data != nil && wrappings > 0:
		return unwrap(e.Data, first(id, e.ID), firstTime(at, e.Time), wrappings-1)
	case e.MessageBody != nil:
		return newMessage(first(e.MessageID, id), content(e.MessageBody), at)
	case e.TopicName != "" && e.Message != nil:
		return newMessage(first(e.TopicMessageID, id), content(e.Message), published(e.PublishTime, at))
	case e.Body != nil && (e.Attrs != nil || e.Topic != ""):
		return newMessage(first(e.SystemProperties.UniqKey, id), content(e.Body), at)
	}

	return newMessage(id, item, at)
}

// unmarshalExact reads an envelope with exact field names: messageId is not MessageId.
// encoding/json ignores case if no name matches exactly, so the fields are read through
// a map.
func unmarshalExact(item []byte, e *envelope) error {
	fields, err := envelopeFields(item)
	if err != nil {
		return err
	}

	text := func(name string) (s string) { _ = json.Unmarshal(fields[name], &s); return s }
	*e = envelope{
		ID: text("id"), SpecVersion: text("specversion"), Time: text("time"), Data: fields["data"],
		MessageID: text("messageId"), MessageBody: fields["messageBody"],
		TopicMessageID: text("MessageId"), TopicName: text("TopicName"), Message: fields["Message"],
		Body: fields["body"], Attrs: fields["attrs"], Topic: text("topic"),
	}
	_ = json.Unmarshal(fields["PublishTime"], &e.PublishTime)           // absent or odd: no time is known
	_ = json.Unmarshal(fields["systemProperties"], &e.SystemProperties) // absent or odd: no id is known
	return nil
}

// envelopeFields returns the fields that an envelope may have. It skips others one by
// one, so that an object of a million fields does not become a map of a million
// entries.
func envelopeFields(item []byte) (map[string]json.RawMessage, error) {
	if !json.Valid(item) {
		return nil, errors.New("not JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(item))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.Join(errors.New("not an object"), err)
	}

	fields := make(map[string]json.RawMessage)
	var value json.RawMessage
	for decoder.More() {
		name, err := decoder.Token()
		if err == nil {
			err = decoder.Decode(&value)
		}
		if err != nil {
			return nil, err
		}
		if isEnvelopeField(name) {
			fields[name.(string)], value = value, nil
		}
	}
	return fields, nil
}

func isEnvelopeField(name json.Token) bool {
	switch name {
	case "id", "specversion", "time", "data", "messageId", "messageBody", "MessageId", "TopicName", "Message",
		"PublishTime", "body", "attrs", "topic", "systemProperties":
		return true
	}
	return false
}

// content returns a body field: the text of a string, anything else unchanged.
func content(raw json.RawMessage) []byte {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []byte(text)
	}
	return raw
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func firstTime(at time.Time, text string) time.Time {
	if parsed, err := time.Parse(time.RFC3339, text); at.IsZero() && err == nil {
		return parsed
	}
	return at
}

// published returns a topic's publish time, which is in milliseconds, or at.
func published(ms json.Number, at time.Time) time.Time {
	if n, err := ms.Int64(); err == nil {
		return time.UnixMilli(n)
	}
	return at
}
