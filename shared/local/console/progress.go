package console

import (
	"encoding/json"
	"net/http"
	"time"

	"aegis/shared/local/recorder"
)

// progress is how far a call of the marketplace has come.
type progress struct {
	Stage     string  `json:"stage"` // refused, answered, queue, again, held, dead or done
	Record    string  `json:"record"`
	RequestID string  `json:"requestId"`
	MessageID string  `json:"messageId"`
	Batches   []batch `json:"batches"` // that delivered the message, the newest first
	OrderID   string  `json:"orderId"`
	Letter    string  `json:"letter"` // id of the dead letter
}

// batch is one delivery of a message.
type batch struct {
	Seq     uint64    `json:"seq"` // of its record
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome"`
	OrderID string    `json:"orderId"`
	Error   string    `json:"error"`
}

// orderLine are the fields of the log lines of the SPI and of the consumer.
type orderLine struct{ Msg, RequestID, MessageID, Outcome, OrderID, Error string }

func orderLines(record recorder.Record) (all []orderLine) {
	for _, l := range record.Lines {
		var line orderLine
		if json.Unmarshal(l.Text, &line) == nil {
			all = append(all, line)
		}
	}
	return all
}

// progress follows a call of the SPI to its message, the batches and the order or the
// dead letter, by the logs of the functions.
func (s *console) progress(r *http.Request) (any, error) {
	record, ok := s.Recorder.ByRequestID(r.PathValue("id"))
	if !ok {
		return nil, notFound("gone", r.PathValue("id"))
	}

	p := progress{Record: record.ID, Stage: "answered"}
	if record.Answer != nil && record.Answer.Status != http.StatusOK {
		p.Stage = "refused"
	}
	for _, line := range orderLines(record) {
		if line.Msg == "call" && line.MessageID != "" {
			p.Stage, p.RequestID, p.MessageID = "queue", line.RequestID, line.MessageID
		}
	}
	if p.MessageID == "" {
		return p, nil
	}
	return p, s.follow(r, &p)
}

func (s *console) follow(r *http.Request, p *progress) (err error) {
	for _, summary := range s.Recorder.List(recorder.Filter{Function: "marketorders", Limit: 500}) {
		if record, ok := s.Recorder.Get(summary.Seq); ok {
			p.Batches = append(p.Batches, batchesOf(record, p.MessageID)...)
		}
	}
	if len(p.Batches) == 0 {
		return nil
	}
	p.Stage, p.OrderID = p.Batches[0].Outcome, p.Batches[0].OrderID
	if p.Stage == "dead" || p.Stage == "held" {
		p.Letter, err = s.letterOf(r.Context(), p.RequestID, p.MessageID)
	}
	return err
}

func batchesOf(record recorder.Record, messageID string) (all []batch) {
	for _, line := range orderLines(record) {
		if line.Msg == "order" && line.MessageID == messageID {
			all = append(all, batch{record.Seq, record.Began, line.Outcome, line.OrderID, line.Error})
		}
	}
	return all
}
