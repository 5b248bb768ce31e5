package marketplace

import (
	"aegis/shared/pop"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// SMQ sends to a queue of Simple Message Queue (formerly MNS) through its HTTP API
// (version 2015-06-06, SendMessage).
type SMQ struct {
	url         *url.URL
	client      *http.Client
	credentials func(context.Context) pop.Credentials
	clock       func() time.Time
}

// SMQVersion is the API's version.
const SMQVersion = "2015-06-06"

// NewSMQ returns a sender for the queue at a URL such as
// https://1000000000000000.mns.cn-hangzhou.aliyuncs.com/queues/market-orders. It calls
// credentials for each message.
func NewSMQ(queueURL string, credentials func(context.Context) pop.Credentials) (*SMQ, error) {
	u, err := url.Parse(queueURL)
	if err != nil || u.Host == "" || !strings.HasPrefix(u.Path, "/queues/") {
		return nil, fmt.Errorf("open queue: the URL must be https://<endpoint>/queues/<name>")
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/messages"
	return &SMQ{url: u, client: &http.Client{Timeout: 5 * time.Second}, credentials: credentials, clock: time.Now}, nil
}

// SMQMessage is the request of SendMessage.
type SMQMessage struct {
	XMLName     xml.Name `xml:"Message"`
	MessageBody string
}

// SMQSent is the answer of SendMessage.
type SMQSent struct {
	XMLName        xml.Name `xml:"Message"`
	MessageID      string   `xml:"MessageId"`
	MessageBodyMD5 string
}

// Send implements Sender.
func (q *SMQ) Send(ctx context.Context, body []byte) (string, error) {
	text, err := xml.Marshal(SMQMessage{MessageBody: string(body)})
	if err != nil {
		return "", fmt.Errorf("encode a message: %w", err)
	}
	answer, status, err := q.call(ctx, http.MethodPost, "", append([]byte(xml.Header), text...))
	if err != nil {
		return "", fmt.Errorf("send a message: %w", err)
	}
	if status != http.StatusCreated {
		return "", fmt.Errorf("send a message: %d %s", status, errorCode(answer))
	}

	var sent SMQSent
	if err := xml.Unmarshal(answer, &sent); err != nil || sent.MessageID == "" {
		return "", errors.New("send a message: the answer has no MessageId")
	}
	return sent.MessageID, nil
}

// Peek returns the message that would be delivered next, and leaves it in the queue. ok is
// false if there is none. It is for tools, not for functions.
func (q *SMQ) Peek(ctx context.Context) (m SMQPeeked, ok bool, err error) {
	answer, status, err := q.call(ctx, http.MethodGet, "peekonly=true", nil)
	if err != nil {
		return m, false, fmt.Errorf("peek at a queue: %w", err)
	}
	if code := errorCode(answer); status == http.StatusNotFound && code == "MessageNotExist" {
		return m, false, nil
	}
	if status != http.StatusOK {
		return m, false, fmt.Errorf("peek at a queue: %d %s", status, errorCode(answer))
	}
	if err := xml.Unmarshal(answer, &m); err != nil || m.MessageID == "" {
		return m, false, errors.New("peek at a queue: the answer has no MessageId")
	}
	return m, true, nil
}

// SMQPeeked is the answer of PeekMessage, without the body.
type SMQPeeked struct {
	XMLName      xml.Name `xml:"Message"`
	MessageID    string   `xml:"MessageId"`
	EnqueueTime  int64    // in milliseconds
	DequeueCount int
}

// call sends a signed request to the queue's messages.
func (q *SMQ) call(ctx context.Context, method, query string, body []byte) (answer []byte, status int, err error) {
	target := *q.url
	target.RawQuery = query
	r, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}

	c := q.credentials(ctx)
	r.Header.Set("Content-Type", "text/xml;charset=utf-8")
	r.Header.Set("Date", q.clock().UTC().Format(http.TimeFormat))
	r.Header.Set("x-mns-version", SMQVersion)
	if c.SecurityToken != "" {
		r.Header.Set("security-token", c.SecurityToken)
	}
	r.Header.Set("Authorization", "MNS "+c.AccessKeyID+":"+SignSMQ(r, c.AccessKeySecret))

	response, err := q.client.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, 128<<10))
	return answer, response.StatusCode, err
}

// errorCode returns the Code of an error's answer, "" without one.
func errorCode(text []byte) string {
	var failure struct{ Code string }
	_ = xml.Unmarshal(text, &failure) // no XML has no code
	return failure.Code
}

// SignSMQ returns the signature of a request: HMAC-SHA1, in base64, of its method,
// Content-MD5, Content-Type, Date, x-mns- headers, and path with query ("Sign requests",
// SMQ).
func SignSMQ(r *http.Request, secret string) string {
	text := strings.Join([]string{
		r.Method, r.Header.Get("Content-MD5"), r.Header.Get("Content-Type"), r.Header.Get("Date"),
		"x-mns-version:" + r.Header.Get("x-mns-version"), r.URL.RequestURI(),
	}, "\n")
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
