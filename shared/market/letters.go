package market

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"aegis/shared/store"
)

// DeadLetters is the table of messages that could not be done.
func DeadLetters() store.Table {
	return store.Table{Name: "dead_letters", Partition: "queue", Sort: "item"}
}

// Letter is a dead letter.
type Letter struct {
	Message
	Reason   string
	Attempts int // deliveries that ended here
	First    time.Time
	Last     time.Time
	Cut      int    // bytes of the body in all if only its beginning is kept, else 0
	Hash     string // SHA-256 of the whole body
}

// ErrNoLetter: there is no dead letter of this id.
var ErrNoLetter = errors.New("no such dead letter")

// MaxKept is how much of a body a letter keeps: what a queue takes at most for a
// message. No order is as long.
const MaxKept = 64 << 10

// Letters keeps the dead letters of one queue.
type Letters struct {
	gate  store.Gate
	queue string
	clock func() time.Time
}

// NewLetters makes it. clock nil: time.Now.
func NewLetters(gate store.Gate, queue string, clock func() time.Time) *Letters {
	if clock == nil {
		clock = time.Now
	}
	return &Letters{gate, queue, clock}
}

const (
	letterPrefix = "letter/"

	colRev      = "rev"
	colReason   = "reason"
	colAttempts = "attempts"
	colBody     = "body"
	colSent     = "sent"
	colFirst    = "first"
	colLast     = "last"
	colCut      = "cut"
	colHash     = "sha256"
)

func (l *Letters) key(id string) store.Key {
	return store.Key{Table: DeadLetters(), Partition: l.queue, Sort: letterPrefix + id}
}

// Park keeps a message as a dead letter. One that is there already counts the
// attempts and has the new reason. After an error it may be parked or not.
func (l *Letters) Park(ctx context.Context, m Message, attempts int, reason string) error {
	err := l.gate.Commit(ctx, store.Insert(l.key(m.ID), l.columns(m, attempts, reason)))
	for range 8 { // others may park the same message, or discard it
		if !errors.Is(err, store.ErrCondition) {
			break
		}
		err = l.parkAgain(ctx, m, attempts, reason)
	}
	if err != nil {
		return fmt.Errorf("park message %s: %w", m.ID, err)
	}
	return nil
}

func (l *Letters) columns(m Message, attempts int, reason string) store.Columns {
	sum, now := sha256.Sum256(m.Body), l.clock().UnixMilli()
	c := store.Columns{
		store.Int(colRev, 1), store.String(colReason, reason), store.Int(colAttempts, attempts),
		store.Int(colFirst, now), store.Int(colLast, now), store.String(colHash, hex.EncodeToString(sum[:])),
		store.Bytes(colBody, m.Body[:min(len(m.Body), MaxKept)]),
	}
	if len(m.Body) > MaxKept {
		c = append(c, store.Int(colCut, len(m.Body)))
	}
	if !m.At.IsZero() {
		c = append(c, store.Int(colSent, m.At.UnixMilli()))
	}
	return c
}

func (l *Letters) parkAgain(ctx context.Context, m Message, attempts int, reason string) error {
	rows, err := l.gate.Read(ctx, l.key(m.ID))
	if err != nil {
		return err
	}
	old := rows[0]
	if !old.Exists() {
		return l.gate.Commit(ctx, store.Insert(l.key(m.ID), l.columns(m, attempts, reason)))
	}
	rev := old.Int(colRev)
	return l.gate.Commit(ctx, store.Update(l.key(m.ID), store.Columns{
		store.Int(colRev, rev+1), store.String(colReason, reason),
		store.Int(colAttempts, old.Int(colAttempts)+int64(attempts)), store.Int(colLast, l.clock().UnixMilli()),
	}, colRev, rev))
}

func readLetter(row store.Row) Letter {
	letter := Letter{
		Message: Message{ID: row.Key.Sort[len(letterPrefix):], Body: row.Bytes(colBody)},
		Reason:  row.String(colReason), Attempts: int(row.Int(colAttempts)), Cut: int(row.Int(colCut)), Hash: row.String(colHash),
		First: time.UnixMilli(row.Int(colFirst)), Last: time.UnixMilli(row.Int(colLast)),
	}
	if sent := row.Int(colSent); sent != 0 {
		letter.At = time.UnixMilli(sent)
	}
	return letter
}

// List reads a page of letters by their ids, at most limit of them. start is ""
// for the first page and then what next told; next is "" after the last.
func (l *Letters) List(ctx context.Context, start string, limit int) (letters []Letter, next string, err error) {
	rows, next, err := l.gate.Range(ctx, store.Range{Table: DeadLetters(), Partition: l.queue, Prefix: letterPrefix, Start: start, Limit: limit})
	if err != nil {
		return nil, "", fmt.Errorf("list the dead letters of %s: %w", l.queue, err)
	}
	for _, row := range rows {
		letters = append(letters, readLetter(row))
	}
	return letters, next, nil
}

// Find reads a letter; ErrNoLetter if there is none.
func (l *Letters) Find(ctx context.Context, id string) (Letter, error) {
	rows, err := l.gate.Read(ctx, l.key(id))
	if err != nil {
		return Letter{}, fmt.Errorf("find dead letter %s: %w", id, err)
	}
	if !rows[0].Exists() {
		return Letter{}, fmt.Errorf("find dead letter %s: %w", id, ErrNoLetter)
	}
	return readLetter(rows[0]), nil
}

// Discard removes a letter for good; ErrNoLetter if there is none.
func (l *Letters) Discard(ctx context.Context, id string) error {
	err := l.gate.Commit(ctx, store.Delete(l.key(id)))
	if errors.Is(err, store.ErrCondition) {
		err = ErrNoLetter
	}
	if err != nil {
		return fmt.Errorf("discard dead letter %s: %w", id, err)
	}
	return nil
}
