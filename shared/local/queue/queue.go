package queue

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// Queue is the queue. It is safe for concurrent use.
type Queue struct {
	config Config
	db     *bbolt.DB
	dir    string // to be removed at the end

	arrived chan struct{} // something was sent since the task last looked
	cancel  context.CancelFunc
	ended   chan struct{}

	mu       sync.Mutex
	inFlight int
}

// Open opens the queue on its file. Nothing is delivered before Start.
func Open(c Config) (*Queue, error) {
	if c.Count == 0 {
		c.Count = 8
	}
	if c.Window == 0 {
		c.Window = 100 * time.Millisecond
	}
	if c.RetryScale == 0 {
		c.RetryScale = 1
	}
	if c.Random == nil {
		c.Random = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}

	q := &Queue{config: c, arrived: make(chan struct{}, 1), ended: make(chan struct{}), cancel: func() {}}
	close(q.ended)
	return q, q.open()
}

// bucket keeps the messages by the number of their arrival, which its sequence
// counts.
const bucket = "messages"

func (q *Queue) open() (err error) {
	dir := q.config.Dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "queue"); err != nil {
			return fmt.Errorf("open queue: %w", err)
		}
		q.dir = dir
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("open queue: %w", err)
	}

	options := &bbolt.Options{Timeout: time.Second, NoSync: q.dir != "", NoGrowSync: q.dir != ""}
	if q.db, err = bbolt.Open(filepath.Join(dir, File), 0o600, options); err != nil {
		return fmt.Errorf("open queue in %s: %w", dir, err)
	}

	return q.db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists([]byte(bucket))
		return err
	})
}

// Send takes a message in under an id. It is durable then. Callers that send at
// once share a commit.
func (q *Queue) Send(id string, body []byte) error {
	if len(body) > MaxMessage {
		return ErrTooLong
	}

	text, err := json.Marshal(Message{ID: id, Body: body, At: q.config.Clock()})
	if err != nil {
		return fmt.Errorf("take message %s: %w", id, err)
	}

	err = q.db.Batch(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		n, err := b.NextSequence()
		if err != nil {
			return err
		}
		return b.Put(binary.BigEndian.AppendUint64(nil, n), text)
	})
	if err != nil {
		return fmt.Errorf("take message %s: %w", id, err)
	}

	q.wake()
	return nil
}

func (q *Queue) wake() {
	select {
	case q.arrived <- struct{}{}:
	default:
	}
}

// Counts returns how many messages wait, are being delivered, and have been settled,
// of all that were ever sent.
type Counts struct{ Waiting, InFlight, Settled int }

// Counts counts.
func (q *Queue) Counts() (Counts, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var c Counts
	err := q.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		kept := b.Stats().KeyN
		c = Counts{Waiting: kept - q.inFlight, InFlight: q.inFlight, Settled: int(b.Sequence()) - kept}
		return nil
	})

	return c, err
}

// settle forgets delivered messages.
func (q *Queue) settle(batch []Message) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	err := q.db.Update(func(tx *bbolt.Tx) error {
		for _, m := range batch {
			if err := tx.Bucket([]byte(bucket)).Delete(binary.BigEndian.AppendUint64(nil, m.place)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("settle a batch: %w", err)
	}

	q.inFlight = 0
	return nil
}

// Close stops delivery, waits for the batch under way and closes the file.
func (q *Queue) Close() error {
	q.Stop()
	<-q.ended
	if q.db == nil {
		return nil
	}

	err := q.db.Close()
	if q.dir != "" {
		err = errors.Join(err, os.RemoveAll(q.dir))
	}

	return err
}
