package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// stream sends server-sent events.
type stream struct {
	w       http.ResponseWriter
	r       *http.Request
	control *http.ResponseController
}

func newStream(w http.ResponseWriter, r *http.Request) stream {
	w.Header().Set("Content-Type", "text/event-stream")
	s := stream{w, r, http.NewResponseController(w)}
	_ = s.control.Flush() // the headers; a page that is gone shows at the first event
	return s
}

// send sends a value as one event.
func (s stream) send(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.w, "data: %s\n\n", text); err != nil {
		return err
	}
	return s.control.Flush()
}

// pause waits, and reports whether the page is still there.
func (s stream) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.r.Context().Done():
		return false
	}
}
