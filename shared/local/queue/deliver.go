package queue

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"aegis/shared/local/functions"
)

// maxEvent bounds the bodies of one event. Quoted as JSON they grow to six times as
// much at most, and to twice that when every message is delivered twice: less than
// the 4 MB that the consumer takes.
const maxEvent = 256 << 10

// Start begins to deliver, one batch at a time.
func (q *Queue) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	q.cancel, q.ended = cancel, make(chan struct{})
	go func() {
		defer close(q.ended)
		for q.next(ctx) {
		}
	}()
}

// Stop begins no new delivery. The one under way ends by itself.
func (q *Queue) Stop() { q.cancel() }

// next delivers one batch; false once the queue is stopped, or its file broken.
func (q *Queue) next(ctx context.Context) bool {
	batch, ok := q.collect(ctx)
	if !ok {
		return false
	}
	if !q.deliver(ctx, batch) {
		return false
	}
	return q.settle(batch) == nil
}

// collect waits for messages, and then for more until the batch is full or its
// window is over.
func (q *Queue) collect(ctx context.Context) (batch []Message, ok bool) {
	var window <-chan time.Time
	for {
		batch, err := q.take()
		if err != nil || ctx.Err() != nil {
			return nil, false
		}
		if window == nil && len(batch) > 0 {
			timer := time.NewTimer(q.config.Window)
			defer timer.Stop()
			window = timer.C
		}
		if len(batch) >= q.config.Count {
			return q.markInFlight(batch), true
		}
		select {
		case <-q.arrived:
		case <-window:
			return q.markInFlight(batch), true
		case <-ctx.Done():
			return nil, false
		}
	}
}

func (q *Queue) markInFlight(batch []Message) []Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inFlight = len(batch)
	return batch
}

// take reads the first messages, or any if the order does not matter: those of
// the next few batches, shuffled.
func (q *Queue) take() (batch []Message, err error) {
	most := q.config.Count
	if q.config.Reorder {
		most *= 3
	}

	size := 0
	err = q.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket([]byte(bucket)).Cursor()
		for k, v := c.First(); k != nil && len(batch) < most && size < maxEvent; k, v = c.Next() {
			m := Message{place: binary.BigEndian.Uint64(k)}
			if err := json.Unmarshal(v, &m); err != nil {
				return fmt.Errorf("read message %d: %w", m.place, err)
			}
			batch, size = append(batch, m), size+len(m.Body)
		}
		return nil
	})
	if q.config.Reorder {
		q.config.Random.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	}

	return batch[:min(len(batch), q.config.Count)], err
}

// deliver brings a batch to an end: the function has answered for it, or its
// messages are dead letters. false: the queue is stopped before.
func (q *Queue) deliver(ctx context.Context, batch []Message) bool {
	waits := q.config.Retry.waits(q.config.Random)
	for failures := 0; ; {
		err := q.config.Deliver(ctx, q.event(batch))
		switch {
		case err == nil && q.chance():
			continue // once more, although it has been done
		case err == nil:
			return true
		case failures == len(waits):
			return q.sendToDeadLetters(ctx, batch, failures+1)
		case !q.wait(ctx, waits[failures]):
			return false
		}
		failures++
	}
}

func (q *Queue) chance() bool {
	return q.config.Random.IntN(100) < q.config.Duplicates
}

// sendToDeadLetters hands a batch to the dead letters, for as long as they do not take it.
func (q *Queue) sendToDeadLetters(ctx context.Context, batch []Message, attempts int) bool {
	for _, m := range batch {
		for q.config.Dead(ctx, m, attempts) != nil {
			if !q.wait(ctx, 10*time.Second) {
				return false
			}
		}
	}
	return true
}

// wait waits for a scaled time; false if the queue is stopped before.
func (q *Queue) wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(time.Duration(float64(d) * q.config.RetryScale))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// event is a batch as EventBridge writes it.
func (q *Queue) event(batch []Message) []byte {
	sent := slices.Clone(batch)
	for _, m := range batch {
		if q.chance() {
			sent = append(sent, m)
		}
	}

	events := make([]map[string]any, len(sent))
	for i, m := range sent {
		body, _ := functions.BodyText(q.decoded(m.Body)) // which of both it is, the platform does not say
		events[i] = map[string]any{
			"id": m.ID, "source": "market-orders", "specversion": "1.0", "type": "mns:Queue:SendMessage",
			"datacontenttype": "application/json; charset=utf-8",
			"subject":         "acs:mns:cn-hangzhou:1000000000000000:queues/market-orders",
			"time":            m.At.UTC().Format(time.RFC3339Nano), "aliyunaccountid": "1000000000000000",
			"data": map[string]string{"requestId": m.ID, "messageId": m.ID, "messageBody": body},
		}
	}

	text, err := json.Marshal(events)
	if err != nil {
		panic("encode an event: " + err.Error()) // maps of strings
	}

	return text
}

// decoded returns a body as the trigger delivers it. A decoder that skips what is not
// base64, as the usual ones of Java do, makes rubbish of JSON and reports nothing.
func (q *Queue) decoded(body []byte) []byte {
	if !q.config.Decode {
		return body
	}

	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	letters := slices.DeleteFunc(slices.Clone(body), func(c byte) bool { return strings.IndexByte(alphabet, c) < 0 })
	if len(letters)%4 == 1 {
		letters = letters[:len(letters)-1]
	}
	plain, _ := base64.RawStdEncoding.DecodeString(string(letters)) // of nothing but letters
	return plain
}
