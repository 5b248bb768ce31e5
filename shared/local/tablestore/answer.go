package tablestore

import (
	"encoding/binary"
	"encoding/hex"
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
	keys      *signer
	status    int
	code      ots.Code // of an error
	body      []byte
	half      bool // break off in the middle of the body
	tally     tally
}

// requestIDs numbers answers, unlike those of earlier runs. An ID has the
// service's form: the time in microseconds, and the number, as a UUID.
type requestIDs struct {
	start time.Time
	count atomic.Uint64
}

func (ids *requestIDs) next() string {
	id := binary.BigEndian.AppendUint64(make([]byte, 0, 16), uint64(ids.start.UnixMicro()))
	id = binary.BigEndian.AppendUint64(id, ids.count.Add(1))

	text := make([]byte, 0, 36)
	for i, size := range [...]int{4, 2, 2, 2, 6} {
		if i > 0 {
			text = append(text, '-')
		}
		text, id = hex.AppendEncode(text, id[:size]), id[size:]
	}

	return string(text)
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
	a.status, a.code, a.body = e.Status(), e.Code, body
}

func wireError(e *ots.Error) *otsprotocol.Error {
	return &otsprotocol.Error{Code: proto.String(string(e.Code)), Message: proto.String(e.Message)}
}

func (a *answer) send(w http.ResponseWriter) {
	a.head(w.Header())
	w.WriteHeader(a.status)
	if a.half {
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush() // best effort: the rest is missing either way
		drop()
	}
	_, _ = w.Write(a.body) // a client that has gone away misses nothing here
}

// head sets the headers. Their values share one array.
func (a *answer) head(h http.Header) {
	const contentType = "protocol buffer"
	sum, date := digest(a.body), a.now.UTC().Format("2006-01-02T15:04:05.000000Z")
	values := [...]string{string(sum[:]), contentType, date, a.requestID, "application/x-protobuf", strconv.Itoa(len(a.body)), ""}
	for i, name := range [...]string{headerDigest, "X-Ots-Contenttype", headerDate, "X-Ots-Requestid", "Content-Type", "Content-Length"} {
		h[name] = values[i : i+1 : i+1]
	}

	if a.keys != nil {
		values[6] = a.authorization(values[0], contentType, date)
		h["Authorization"] = values[6:]
	}
}

// authorization signs the headers, by name, and the path.
func (a *answer) authorization(sum, contentType, date string) string {
	header := append(append(append(make([]byte, 0, 96), "OTS "...), a.keys.AccessKeyID...), ':')
	return string(a.keys.sign(header, func(text []byte) []byte {
		for _, part := range [...]string{
			"x-ots-contentmd5:", sum, "\nx-ots-contenttype:", contentType,
			"\nx-ots-date:", date, "\nx-ots-requestid:", a.requestID, "\n", a.operation,
		} {
			text = append(text, part...)
		}
		return text
	}))
}
