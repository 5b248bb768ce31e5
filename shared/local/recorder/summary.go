package recorder

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"time"
)

// Summary is a line of the list of requests.
type Summary struct {
	Seq       uint64    `json:"seq"`
	ID        string    `json:"id"`        // of the invocation
	RequestID string    `json:"requestId"` // of the answer; "": it has none
	At        time.Time `json:"at"`
	Micros    int64     `json:"us"`
	Function  string    `json:"function"`
	Operation string    `json:"operation"`
	Owner     string    `json:"owner"`
	Key       string    `json:"key"`
	TokenHash string    `json:"tokenHash"`
	Code      string    `json:"code"` // OK, the code of the refusal, or the type of the failure
	Status    int       `json:"status"`
	OrderID   string    `json:"orderId"`
	Replayed  bool      `json:"replayed"`
	Charged   int64     `json:"charged"` // fen
	Trips     int       `json:"trips"`
	Cold      bool      `json:"cold"`
}

// TokenHash returns the hash by which logs and lists name a ClientToken.
func TokenHash(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:8])
}

// Summarize makes the summary of a record from the log line of the call, and without one
// from the request and the answer.
func (r Record) Summarize() Summary {
	s := Summary{
		Seq: r.Seq, ID: r.ID, At: r.Began, Micros: r.Took.Microseconds(), Function: r.Function,
		Trips: len(r.Trips), Cold: r.Cold,
	}
	s.readAnswer(r)
	s.readRequest(r)
	s.readLog(r.Lines)
	if s.Code == "" && r.Failure != "" {
		s.Code = r.Failure
	}
	return s
}

func (s *Summary) readAnswer(r Record) {
	if r.Answer == nil {
		if r.Failure == "" {
			s.Code = "OK"
		}
		return
	}

	s.Status = r.Answer.Status
	s.RequestID = r.Answer.Header.Get("x-acs-request-id")
	if s.Status == 200 {
		s.Code = "OK"
		return
	}
	s.Code = codeOf(r.Answer.Body)
}

// codeOf returns the code of a refusal, in JSON or in XML.
func codeOf(body []byte) string {
	var refusal struct{ Code string }
	if json.Unmarshal(body, &refusal) == nil {
		return refusal.Code
	}
	_, rest, _ := bytes.Cut(body, []byte("<Code>"))
	code, _, found := bytes.Cut(rest, []byte("</Code>"))
	if !found {
		return ""
	}
	return string(code)
}

func (s *Summary) readRequest(r Record) {
	if r.Request == nil {
		return
	}
	parameters := r.Request.Parameters()
	s.Operation, s.Owner, s.Key = parameters.Get("Action"), parameters.Get("OwnerId"), parameters.Get("AccessKeyId")
	if action := r.Request.Header.Get("x-acs-action"); action != "" {
		s.Operation = action
	}
	s.TokenHash = TokenHash(parameters.Get("ClientToken"))
}

// Parameters returns the parameters of the query and of the form. What cannot be read is
// left out.
func (r Request) Parameters() url.Values {
	_, query, _ := strings.Cut(r.URI, "?")
	parameters, _ := url.ParseQuery(query)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, _ := url.ParseQuery(string(r.Body))
		for name, values := range form {
			parameters[name] = append(parameters[name], values...)
		}
	}
	return parameters
}

// logged are the fields of a call's log line that the list shows.
type logged struct {
	Msg, RequestID, Operation, AccessKeyID, Owner, TokenHash, Outcome, OrderID string
	Replayed                                                                   bool
	Charged                                                                    int64
}

func (s *Summary) readLog(lines []Line) {
	for _, line := range lines {
		var l logged
		if json.Unmarshal(line.Text, &l) != nil || l.Msg != "call" {
			continue
		}
		s.RequestID, s.Code, s.OrderID = l.RequestID, l.Outcome, l.OrderID
		s.Replayed, s.Charged = l.Replayed, l.Charged
		s.Operation, s.Owner = cmp.Or(l.Operation, s.Operation), cmp.Or(l.Owner, s.Owner)
		s.Key, s.TokenHash = cmp.Or(l.AccessKeyID, s.Key), cmp.Or(l.TokenHash, s.TokenHash)
	}
}
