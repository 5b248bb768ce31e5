package queue

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"aegis/shared/marketplace"
)

// Handler serves a queue over HTTP:
//
//	POST …/messages   takes a message, the body as it is, and answers its id; a
//	                  request with x-mns-version is SMQ's SendMessage
//	GET  …            counts messages: waiting, inflight, done, held, dead
//	GET  …/dead       lists the dead letters
type Handler struct {
	Queue   *Queue
	Letters *marketplace.DeadLetterStore
	NewID   func() string
	KeyID   string // that SMQ requests must be signed with
	Secret  string
}

// Register adds the routes under /queues/ and the queue's name.
func (f *Handler) Register(handle func(pattern string, h http.Handler)) {
	const base = "/queues/" + marketplace.Queue
	handle("POST "+base+"/messages", http.HandlerFunc(f.send))
	handle("GET "+base, http.HandlerFunc(f.counts))
	handle("GET "+base+"/dead", http.HandlerFunc(f.dead))
}

func (f *Handler) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8*MaxMessage))
	if err != nil {
		http.Error(w, ErrTooLong.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	if r.Header.Get("x-mns-version") != "" {
		f.sendSMQ(w, r, body)
		return
	}

	id := f.NewID()
	if !f.take(w, id, body) {
		return
	}

	answer(w, map[string]string{"id": id, "messageId": id})
}

func (f *Handler) take(w http.ResponseWriter, id string, body []byte) bool {
	err := f.Queue.Send(id, body)
	switch {
	case errors.Is(err, ErrTooLong):
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
	case err != nil:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
	return err == nil
}

// sendSMQ is SendMessage of SMQ's API, version 2015-06-06.
func (f *Handler) sendSMQ(w http.ResponseWriter, r *http.Request, body []byte) {
	want := "MNS " + f.KeyID + ":" + marketplace.SignSMQ(r, f.Secret)
	if subtle.ConstantTimeCompare([]byte(want), []byte(r.Header.Get("Authorization"))) == 0 {
		refuseSMQ(w, http.StatusForbidden, "SignatureDoesNotMatch")
		return
	}

	var m marketplace.SMQMessage
	if err := xml.Unmarshal(body, &m); err != nil {
		refuseSMQ(w, http.StatusBadRequest, "MalformedXML")
		return
	}

	id := f.NewID()
	if f.take(w, id, []byte(m.MessageBody)) {
		w.Header().Set("Content-Type", "text/xml;charset=utf-8")
		w.WriteHeader(http.StatusCreated)
		_ = xml.NewEncoder(w).Encode(marketplace.SMQSent{MessageID: id}) // the sender has gone: it sends again
	}
}

func refuseSMQ(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "text/xml;charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code></Error>")
}

// counts are the messages' ends and those on their way. A message that the
// function parked is settled for the queue and dead for us; one of a batch that
// is delivered again can be both for a while.
func (f *Handler) counts(w http.ResponseWriter, r *http.Request) {
	c, err := f.Queue.Counts()
	dead, held := 0, 0
	if err == nil {
		err = f.each(r.Context(), func(l marketplace.DeadLetter) {
			if l.State == marketplace.Held {
				held++
			} else {
				dead++
			}
		})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}

	answer(w, map[string]int{"waiting": c.Waiting, "inflight": c.InFlight, "done": max(c.Settled-dead-held, 0), "held": held, "dead": dead})
}

func (f *Handler) dead(w http.ResponseWriter, r *http.Request) {
	type letter struct {
		ID       string    `json:"id"`
		Reason   string    `json:"reason"`
		Attempts int       `json:"attempts"`
		First    time.Time `json:"first"`
		Last     time.Time `json:"last"`
		Message  string    `json:"message"`
	}
	letters := []letter{}
	err := f.each(r.Context(), func(l marketplace.DeadLetter) {
		letters = append(letters, letter{l.ID, l.Reason, l.Attempts, l.First, l.Last, strings.ToValidUTF8(string(l.Body), "\uFFFD")})
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}

	answer(w, letters)
}

// each goes through all dead letters.
func (f *Handler) each(ctx context.Context, do func(marketplace.DeadLetter)) error {
	for start := ""; ; {
		letters, next, err := f.Letters.List(ctx, start, 1000)
		if err != nil {
			return err
		}
		for _, l := range letters {
			do(l)
		}
		if start = next; next == "" {
			return nil
		}
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller has gone: nothing can be done
}
