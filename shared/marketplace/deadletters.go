package marketplace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aegis/shared/store"
)

// DeadLetters returns the table of messages that could not be done.
func DeadLetters() store.Table {
	return store.Table{Name: "dead_letters", Partition: "queue", Sort: "item"}
}

// LetterState says what a dead letter waits for.
type LetterState string

const (
	Dead LetterState = "dead" // for an operator
	Held LetterState = "held" // for a moment, another message, the marketplace or an operator; tried again hourly
)

// DeadLetter is a message that could not be done.
type DeadLetter struct {
	Message
	State      LetterState
	Action     string // of the marketplace; "" if the message could not be read
	InstanceID string
	Owner      string // of a createInstance
	Reason     string
	Attempts   int // deliveries and retries that ended here
	First      time.Time
	Last       time.Time
	Cut        int    // bytes of the body in all if only its beginning is kept, else 0
	Hash       string // SHA-256 of the whole body
}

// Shown returns the body for people to read. The token of an unverified call is stored,
// because the secret may be wrong and be corrected, but it is not shown.
func (l DeadLetter) Shown() string {
	c, err := ParseCall(l.Body)
	if err != nil || c.Params["token"] == "" {
		return string(l.Body)
	}
	return strings.ReplaceAll(string(l.Body), c.Params["token"], "…")
}

// ErrNoLetter: there is no dead letter of this id.
var ErrNoLetter = errors.New("no such dead letter")

// MaxKept is how many bytes of a body a letter keeps: the maximum size of a queue's
// message. No order is as long.
const MaxKept = 64 << 10

// DeadLetterStore keeps the dead letters of one queue.
type DeadLetterStore struct {
	store store.Client
	queue string
	clock func() time.Time
}

// NewDeadLetterStore returns a DeadLetterStore. A nil clock is time.Now.
func NewDeadLetterStore(client store.Client, queue string, clock func() time.Time) *DeadLetterStore {
	if clock == nil {
		clock = time.Now
	}
	return &DeadLetterStore{client, queue, clock}
}

const (
	letterPrefix = "letter/"

	colRev      = "rev"
	colState    = "state"
	colAction   = "action"
	colInstance = "instance_id"
	colVerified = "verified"
	colReason   = "reason"
	colAttempts = "attempts"
	colBody     = "body"
	colSent     = "sent"
	colFirst    = "first"
	colLast     = "last"
	colCut      = "cut"
	colHash     = "sha256"
)

func (s *DeadLetterStore) key(id string) store.Key {
	return store.Key{Table: DeadLetters(), Partition: s.queue, Sort: letterPrefix + id}
}

// verified returns the message of a verified call for a dead letter. Its id is made of
// the parameters, so that repetitions by the marketplace are one letter. Its token,
// which would authenticate another call, is left out.
func (c Call) verified(m Message) Message {
	params := maps.Clone(c.Params)
	delete(params, "token")

	var content strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		fmt.Fprintf(&content, "%q=%q\n", name, params[name])
	}

	sum := sha256.Sum256([]byte(content.String()))
	body, _ := json.Marshal(map[string]any{"version": "1", "requestId": c.ID, "params": params}) // texts cannot fail
	return Message{ID: hex.EncodeToString(sum[:16]), Body: body, At: m.At, Verified: true}
}

// Put stores a message as a dead letter. If the letter exists, Put counts the attempt
// and updates reason and state. A write with an unknown outcome is tried again twice, and
// may count as two attempts: a letter that is not kept has its whole batch delivered again,
// with the paid orders in it. After an error it may be stored or not.
func (s *DeadLetterStore) Put(ctx context.Context, l DeadLetter, attempts int, reason string) error {
	l.Reason = reason

	err := s.store.Commit(ctx, store.Insert(s.key(l.ID), s.columns(l, attempts)))
	for again, unknown := 0, 0; again < 8; again++ { // others may put the same message, or discard it
		if errors.Is(err, store.ErrUnknown) {
			unknown++
		}
		if unknown > 2 || !errors.Is(err, store.ErrCondition) && !errors.Is(err, store.ErrUnknown) {
			break
		}
		err = s.putAgain(ctx, l, attempts)
	}

	if err != nil {
		return fmt.Errorf("keep message %s as a dead letter: %w", l.ID, err)
	}
	return nil
}

// Note sets the state and the reason of a letter that still exists. A letter that was
// discarded meanwhile stays discarded.
func (s *DeadLetterStore) Note(ctx context.Context, l DeadLetter, reason string) error {
	l.Reason = reason
	rows, err := s.store.Read(ctx, s.key(l.ID))
	if err == nil && rows[0].Exists() {
		err = s.update(ctx, l, rows[0], 1)
	}
	if err != nil && !errors.Is(err, store.ErrCondition) {
		return fmt.Errorf("note why message %s is a dead letter: %w", l.ID, err)
	}

	return nil
}

func (s *DeadLetterStore) columns(l DeadLetter, attempts int) store.Columns {
	sum := sha256.Sum256(l.Body)
	now := s.clock().UnixMilli()
	c := store.Columns{
		store.Int(colRev, 1), store.String(colState, l.State), store.String(colReason, l.Reason), store.Int(colAttempts, attempts),
		store.String(colAction, l.Action), store.String(colInstance, l.InstanceID), store.String(colOwner, l.Owner),
		store.Bool(colVerified, l.Verified),
		store.Int(colFirst, now), store.Int(colLast, now), store.String(colHash, hex.EncodeToString(sum[:])),
		store.Bytes(colBody, l.Body[:min(len(l.Body), MaxKept)]),
	}
	if len(l.Body) > MaxKept {
		c = append(c, store.Int(colCut, len(l.Body)))
	}
	if !l.At.IsZero() {
		c = append(c, store.Int(colSent, l.At.UnixMilli()))
	}

	return c
}

func (s *DeadLetterStore) putAgain(ctx context.Context, l DeadLetter, attempts int) error {
	rows, err := s.store.Read(ctx, s.key(l.ID))
	if err != nil {
		return err
	}

	old := rows[0]
	if !old.Exists() {
		return s.store.Commit(ctx, store.Insert(s.key(l.ID), s.columns(l, attempts)))
	}
	return s.update(ctx, l, old, attempts)
}

func (s *DeadLetterStore) update(ctx context.Context, l DeadLetter, old store.Row, attempts int) error {
	rev := old.Int(colRev)
	return s.store.Commit(ctx, store.Update(s.key(l.ID), store.Columns{
		store.Int(colRev, rev+1), store.String(colState, l.State), store.String(colReason, l.Reason),
		store.Int(colAttempts, old.Int(colAttempts)+int64(attempts)), store.Int(colLast, s.clock().UnixMilli()),
	}, colRev, rev))
}

func readLetter(row store.Row) DeadLetter {
	l := DeadLetter{
		Message: Message{ID: row.Key.Sort[len(letterPrefix):], Body: row.Bytes(colBody), Verified: row.Bool(colVerified)},
		State:   LetterState(row.String(colState)), Action: row.String(colAction), InstanceID: row.String(colInstance), Owner: row.String(colOwner),
		Reason: row.String(colReason), Attempts: int(row.Int(colAttempts)), Cut: int(row.Int(colCut)), Hash: row.String(colHash),
		First: time.UnixMilli(row.Int(colFirst)), Last: time.UnixMilli(row.Int(colLast)),
	}
	if l.State == "" {
		l.State = Dead // there was no other when it was written
	}
	if sent := row.Int(colSent); sent != 0 {
		l.At = time.UnixMilli(sent)
	}

	return l
}

// List reads a page of letters by their ids, at most limit of them. start is "" for
// the first page and then the last call's next; next is "" after the last page.
func (s *DeadLetterStore) List(ctx context.Context, start string, limit int) (letters []DeadLetter, next string, err error) {
	rows, next, err := s.store.Range(ctx, store.Range{Table: DeadLetters(), Partition: s.queue, Prefix: letterPrefix, Start: start, Limit: limit})
	if err != nil {
		return nil, "", fmt.Errorf("list the dead letters of %s: %w", s.queue, err)
	}
	for _, row := range rows {
		letters = append(letters, readLetter(row))
	}
	return letters, next, nil
}

// Find reads a letter; ErrNoLetter if there is none.
func (s *DeadLetterStore) Find(ctx context.Context, id string) (DeadLetter, error) {
	rows, err := s.store.Read(ctx, s.key(id))
	if err != nil {
		return DeadLetter{}, fmt.Errorf("find dead letter %s: %w", id, err)
	}
	if !rows[0].Exists() {
		return DeadLetter{}, fmt.Errorf("find dead letter %s: %w", id, ErrNoLetter)
	}
	return readLetter(rows[0]), nil
}

// Discard removes a letter for good; ErrNoLetter if there is none.
func (s *DeadLetterStore) Discard(ctx context.Context, id string) error {
	err := s.store.Commit(ctx, store.Delete(s.key(id)))
	if errors.Is(err, store.ErrCondition) {
		err = ErrNoLetter
	}
	if err != nil {
		return fmt.Errorf("discard dead letter %s: %w", id, err)
	}
	return nil
}
