package queue

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// MaxMessage is the longest message that is taken (SMQ: 64 KB).
const MaxMessage = 64 << 10

// ErrTooLong: the message is longer than MaxMessage.
var ErrTooLong = errors.New("a message is at most 64 KB long")

// Config says how messages are kept and delivered. Only Deliver and Dead must be
// set; both may be called again with what they had before.
type Config struct {
	Dir        string        // folder of the queue's file; "": one that goes with the process
	Count      int           // messages in a batch at most, 1 to 10,000; 0: 8, as s.yaml has it
	Window     time.Duration // how long a batch waits for more, up to 15 s; 0: 100 ms
	Retry      Retry         // zero: BackoffRetry
	RetryScale float64       // by which the waits between retries are multiplied; 0: 1
	Duplicates int           // percent of messages and of batches that are delivered twice
	Reorder    bool          // deliver in any order
	Decode     bool          // IsBase64Decode of the trigger; bodies that are not base64 arrive garbled
	Random     *rand.Rand    // for those two and the waits; nil: seeded by the system
	Clock      func() time.Time

	Deliver func(ctx context.Context, event []byte) error            // nil: the whole batch is settled
	Dead    func(ctx context.Context, m Message, attempts int) error // keeps what could not be delivered
}

// Message is a message as the queue keeps it.
type Message struct {
	ID   string    `json:"id"`
	Body []byte    `json:"body"`
	At   time.Time `json:"at"` // when it was taken in

	place uint64
}
