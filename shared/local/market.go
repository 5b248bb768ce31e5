package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"aegis/shared/local/functions"
	"aegis/shared/local/gateway"
	"aegis/shared/local/queue"
	"aegis/shared/marketplace"
)

const queuePath = "/queues/" + marketplace.Queue

// timeout is a function's, as s.yaml has it.
func timeout(function string) time.Duration {
	switch function {
	case "marketorders":
		return time.Minute
	case "renewals":
		return 5 * time.Minute
	}
	return 10 * time.Second
}

// OneThread returns the setting of functions with at most one vCPU, as s.yaml has
// it. Left alone, Go runs goroutines on two threads or more even under a quota of a
// tenth of a CPU, and pays for moving them between threads that hardly ever run at
// the same time.
func OneThread() []string { return []string{"GOMAXPROCS=1"} }

// openQueue opens the order queue before the functions start, so that it is
// closed when they are gone.
func (s *Stack) openQueue(c Config) (err error) {
	config := c.Queue
	config.Dir, config.Clock = c.Data, s.clock.now
	config.Deliver = func(ctx context.Context, event []byte) error {
		err := s.deliver(ctx, event)
		if err != nil {
			report(c.Progress, "queue: a batch comes again: %v", err)
		}
		return err
	}
	letters := marketplace.NewDeadLetterStore(s.gate, marketplace.Queue, s.clock.now)
	config.Dead = func(ctx context.Context, m queue.Message, attempts int) error {
		reason := fmt.Sprintf("The platform gave up after %d deliveries.", attempts)
		return letters.Put(ctx, marketplace.DeadLetter{Message: marketplace.Message{ID: m.ID, Body: m.Body, At: m.At}, State: marketplace.Dead}, attempts, reason)
	}
	if s.queue, err = queue.Open(config); err != nil {
		return err
	}

	s.copied.Store(s.queue)
	s.closers = append(s.closers, s.queue.Close)
	return nil
}

// deliver hands a batch to the consumer.
func (s *Stack) deliver(ctx context.Context, event []byte) error {
	result, err := s.Runtime.Invoke(ctx, "marketorders", functions.Invocation{RequestID: requestID(), Event: event})
	if err == nil && result.ErrorType != "" {
		err = errors.New(string(result.Payload))
	}
	return err
}

// startMarket begins to deliver orders and to fire the timer, and adds the routes
// of queue, timer and clock.
func (s *Stack) startMarket(g *gateway.Gateway, progress io.Writer) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.clock.fire(ctx, func() {
			if report, err := s.renew(ctx, ""); err != nil {
				fmt.Fprintf(progress, "timer: %v\n", err)
			} else {
				fmt.Fprintf(progress, "timer: %s\n", report)
			}
		})
	}()

	s.queue.Start()
	s.closers = append(s.closers, func() error {
		s.queue.Stop()
		cancel()
		return nil
	})
	front := queue.Handler{
		Queue: s.queue, Letters: marketplace.NewDeadLetterStore(s.gate, marketplace.Queue, s.clock.now), NewID: requestID,
		KeyID: roleCredentials().AccessKeyID, Secret: roleCredentials().AccessKeySecret,
	}
	front.Register(g.Handle)
	g.Handle("POST /timers/renewals", http.HandlerFunc(s.serveTimer))
	g.Handle("/clock", http.HandlerFunc(s.serveClock))
}

// renew fires the timer: the platform's event, with the payload given.
func (s *Stack) renew(ctx context.Context, payload string) (report []byte, err error) {
	event, err := json.Marshal(map[string]string{
		"triggerTime": s.clock.now().UTC().Format(time.RFC3339), "triggerName": "renewals", "payload": payload,
	})
	if err != nil {
		return nil, err
	}

	result, err := s.Runtime.Invoke(ctx, "renewals", functions.Invocation{RequestID: requestID(), Event: event})
	if err == nil && result.ErrorType != "" {
		err = errors.New(string(result.Payload))
	}

	return result.Payload, err
}

// serveTimer fires the timer and answers its report. ?anytime=true renews outside the
// renewal hours too, ?check=true compares the books with the marketplace's.
func (s *Stack) serveTimer(w http.ResponseWriter, r *http.Request) {
	payload := ""
	switch query := r.URL.Query(); {
	case query.Get("check") == "true":
		payload = "check"
	case query.Get("anytime") == "true":
		payload = "anytime"
	}

	report, err := s.renew(r.Context(), payload)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}

	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(report) // the caller has gone: the log has it
}

// serveClock answers the sale's time, and moves it by POST {"offset":"720h"}, which
// is ahead of the real time and not added to the offset before.
func (s *Stack) serveClock(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		var move struct {
			Offset string `json:"offset"`
		}
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&move)
		offset, bad := time.ParseDuration(move.Offset)
		if err = errors.Join(err, bad); err != nil {
			http.Error(w, `POST {"offset":"720h"}: `+err.Error(), http.StatusBadRequest)
			return
		}
		if err := s.moveClock(offset); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	case http.MethodGet:
	default:
		http.Error(w, "GET or POST", http.StatusMethodNotAllowed)
		return
	}

	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{ // the caller has gone: nothing can be done
		"offset": s.clock.offset().String(), "now": s.clock.now().Format(time.RFC3339),
	})
}

// moveClock sets by how much the sale's clock is ahead, for the stack and its functions.
func (s *Stack) moveClock(ahead time.Duration) error {
	s.clock.set(ahead)
	s.Runtime.Setenv("CLOCK_OFFSET", ahead.String())
	if s.described == "" {
		return nil
	}
	if err := s.Describe().write(s.described); err != nil {
		return fmt.Errorf("the clock is moved, %s is not: %w", DescriptionFile, err)
	}
	return nil
}
