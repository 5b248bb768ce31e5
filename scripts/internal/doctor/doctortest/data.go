package doctortest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"

	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/cloud/policies"
	"aegis/shared/local/queue"
	"aegis/shared/marketplace"
)

// startData serves Log Service and SMQ. Both verify each request's signature.
func (s *System) startData() {
	s.t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /logstores/functions", s.serveLogs)
	mux.HandleFunc("GET /queues/"+policies.DeadQueue+"/messages", s.servePeek)
	var sent atomic.Int64
	orders := queue.Handler{
		Queue: s.openQueue(), Letters: marketplace.NewDeadLetterStore(s.gate, marketplace.Queue, nil), KeyID: s.credentials().AccessKeyID, Secret: s.credentials().AccessKeySecret,
		NewID: func() string { return fmt.Sprintf("message-%d", sent.Add(1)) },
	}
	orders.Register(mux.Handle)
	server := httptest.NewServer(mux)
	s.t.Cleanup(server.Close)
	s.Data = server.URL
}

func (s *System) serveLogs(w http.ResponseWriter, r *http.Request) {
	c := s.credentials()
	if r.Header.Get("Authorization") != "LOG "+c.AccessKeyID+":"+cloud.SignLog(r, c.AccessKeySecret) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"errorCode":"SignatureNotMatch","errorMessage":"signature not match"}`)
		return
	}
	query := r.URL.Query().Get("query")
	found := s.lines.find(strings.Trim(query, `"`))
	if query == "functionName: aegis-renewals" && !s.TimerSilent.Load() {
		found = []map[string]string{{"functionName": "aegis-renewals"}}
	}
	if s.LogsLost.Load() {
		found = []map[string]string{}
	}
	_ = json.NewEncoder(w).Encode(found) // the client has gone
}

func (s *System) servePeek(w http.ResponseWriter, r *http.Request) {
	c := s.credentials()
	switch id := s.DeadMessage.Load(); {
	case r.Header.Get("Authorization") != "MNS "+c.AccessKeyID+":"+marketplace.SignSMQ(r, c.AccessKeySecret):
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<Error><Code>SignatureDoesNotMatch</Code></Error>")
	case r.URL.RawQuery != "peekonly=true":
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "<Error><Code>InvalidArgument</Code></Error>")
	case id == nil:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>MessageNotExist</Code></Error>")
	default:
		_, _ = io.WriteString(w, "<Message><MessageId>"+*id+"</MessageId><EnqueueTime>1700000000000</EnqueueTime></Message>")
	}
}
