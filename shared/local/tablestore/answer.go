package tablestore

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/ots"
)

// answer is the response under construction. The Python and Java SDKs check
// its digest, date and signature, on errors too, so every answer has them; only
// one to an unknown key pair cannot be signed.
type answer struct {
	now       time.Time
	operation string // the request's path
	requestID string
	keys      *Credentials
	status    int
	body      []byte
	half      bool // break off in the middle of the body
	tally     tally
}

// requestIDs numbers answers, unlike those of earlier runs.
type requestIDs struct {
	start time.Time
	count atomic.Uint64
}

func (ids *requestIDs) next() string {
	id := strconv.AppendInt(make([]byte, 0, 32), ids.start.UnixMicro(), 16)
	return string(strconv.AppendUint(append(id, '-'), ids.count.Add(1), 16))
}

func (s *Server) newAnswer(r *http.Request) *answer {
	return &answer{now: s.clock(), operation: r.URL.Path, requestID: s.requests.next()}
}

func (a *answer) succeed(message proto.Message) {
	body, err := proto.Marshal(message)
	if err != nil {
		a.fail(ots.From(fmt.Errorf("encode the answer: %w", err)))
		return
	}
	a.status, a.body = http.StatusOK, body
}

func (a *answer) fail(e *ots.Error) {
	body, err := proto.Marshal(wireError(e))
	if err != nil { // a message that is not UTF-8
		body = nil
	}
	a.status, a.body = e.Status(), body
}

func wireError(e *ots.Error) *otsprotocol.Error {
	return &otsprotocol.Error{Code: proto.String(string(e.Code)), Message: proto.String(e.Message)}
}

func (a *answer) send(w http.ResponseWriter) {
	const contentType = "protocol buffer"
	sum, date := digest(a.body), a.now.UTC().Format("2006-01-02T15:04:05.000000Z")
	h := w.Header()
	h["X-Ots-Contentmd5"] = []string{sum}
	h["X-Ots-Contenttype"] = []string{contentType}
	h["X-Ots-Date"] = []string{date}
	h["X-Ots-Requestid"] = []string{a.requestID}
	h["Content-Type"] = []string{"application/x-protobuf"}
	h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	if a.keys != nil {
		text := "x-ots-contentmd5:" + sum + "\nx-ots-contenttype:" + contentType +
			"\nx-ots-date:" + date + "\nx-ots-requestid:" + a.requestID + "\n" + a.operation
		h["Authorization"] = []string{"OTS " + a.keys.AccessKeyID + ":" + string(sign(a.keys.AccessKeySecret, []byte(text)))}
	}
	w.WriteHeader(a.status)
	if a.half {
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush() // best effort: the rest is missing either way
		drop()
	}
	_, _ = w.Write(a.body) // a client that has gone away misses nothing here
}
