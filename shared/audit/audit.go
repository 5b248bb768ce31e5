// Package audit keeps the log of administrative changes: who changed what, when, from
// where, why, and what it was before and after. Rows are only ever added.
//
// A change and its rows are in different partitions, so they are not one commit. The
// intent is written before the change, and the change is not made if that fails. The
// outcome is written after it, as a row of its own. So no change is missing from the
// log. An entry without an outcome says that the change may have been made: its tool
// stopped, or could not reach the log any more.
//
// Changes of money and instances are orders too, which package ledger commits together
// with the account. The log says who was at the keyboard.
//
// No entry holds a secret: callers describe states by what tools show of them.
package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/oklog/ulid/v2"

	"aegis/shared/store"
)

// Table returns the table of the log.
func Table() store.Table { return store.Table{Name: "audit", Partition: "log", Sort: "entry"} }

// Entry is one administrative change.
type Entry struct {
	ID         string    // sorts by time
	At         time.Time // of the intent
	Who        string    // the user of the tool's machine
	Credential string    // the AccessKeyId that opened the store; "" if a role did
	From       string    // the tool's machine
	What       string    // the command, such as "key rotate"
	Of         string    // what it changes, such as "key LTAI-x"
	Reason     string
	Before     string // the state before, as JSON

	Outcome string    // "done", or why it failed; "" while it is not known
	After   string    // the state after, as JSON
	Ended   time.Time // when the outcome was written
}

// Config wires a Log. Only Store must be set.
type Config struct {
	Store  store.Client
	Clock  func() time.Time // nil: time.Now
	Random io.Reader        // of ids; nil: crypto/rand
}

// Log reads and adds entries. It is safe for concurrent use.
type Log struct {
	store  store.Client
	clock  func() time.Time
	random io.Reader
}

// New makes a Log.
func New(c Config) (*Log, error) {
	if c.Store == nil {
		return nil, errors.New("make audit log: it needs a store")
	}
	l := &Log{store: c.Store, clock: c.Clock, random: c.Random}
	if l.clock == nil {
		l.clock = time.Now
	}
	if l.random == nil {
		l.random = rand.Reader
	}
	return l, nil
}

// Done is the outcome of a change that was made.
const Done = "done"

// partition holds the whole log. People make few changes, so it is never busy.
const partition = "changes"

const (
	intents  = "intent/"
	outcomes = "outcome/"
)

const (
	colAt         = "at" // epoch ms
	colWho        = "who"
	colCredential = "credential"
	colFrom       = "from"
	colWhat       = "what"
	colOf         = "of"
	colReason     = "reason"
	colState      = "state"
	colOutcome    = "outcome"
)

// maxText bounds a text of an entry, in bytes.
const maxText = 64 << 10

func row(prefix, id string) store.Key {
	return store.Key{Table: Table(), Partition: partition, Sort: prefix + id}
}

// Begin writes the intent of a change and returns its entry. After an error the change
// must not be made.
func (l *Log) Begin(ctx context.Context, e Entry) (Entry, error) {
	e.At = l.clock().Truncate(time.Millisecond)
	id, err := ulid.New(ulid.Timestamp(e.At), l.random)
	if err != nil {
		return Entry{}, fmt.Errorf("draw an id of an audit entry: %w", err)
	}
	e.ID = id.String()

	err = l.store.Commit(ctx, store.Insert(row(intents, e.ID), store.Columns{
		store.Int(colAt, e.At.UnixMilli()), store.String(colWho, e.Who), store.String(colCredential, e.Credential),
		store.String(colFrom, e.From), store.String(colWhat, e.What), store.String(colOf, e.Of),
		store.String(colReason, cut(e.Reason)), store.String(colState, cut(e.Before)),
	}))
	if err != nil {
		return Entry{}, fmt.Errorf("write the audit log, so nothing was changed: %w", err)
	}
	return e, nil
}

// End writes the outcome of a change.
func (l *Log) End(ctx context.Context, e Entry) error {
	err := l.store.Commit(ctx, store.Insert(row(outcomes, e.ID), store.Columns{
		store.Int(colAt, l.clock().UnixMilli()), store.String(colOutcome, cut(e.Outcome)), store.String(colState, cut(e.After)),
	}))
	if err != nil {
		return fmt.Errorf("write the outcome of audit entry %s: %w", e.ID, err)
	}
	return nil
}

func cut(text string) string {
	if len(text) > maxText {
		return text[:maxText] + " (cut)"
	}
	return text
}

// maxPage is how many outcomes are read at once.
const maxPage = 100

// List reads a page of entries, at most limit of them, newest first or oldest first.
// start is "" for the first page and then the last call's next; next is "" after the
// last page.
func (l *Log) List(ctx context.Context, start string, limit int, oldestFirst bool) (entries []Entry, next string, err error) {
	rows, next, err := l.store.Range(ctx, store.Range{
		Table: Table(), Partition: partition, Prefix: intents, Start: start, Backward: !oldestFirst, Limit: min(limit, maxPage),
	})
	if err != nil || len(rows) == 0 {
		return nil, next, err
	}

	keys := make([]store.Key, len(rows))
	for i, r := range rows {
		keys[i] = row(outcomes, r.Key.Sort[len(intents):])
	}
	ends, err := l.store.Read(ctx, keys...)
	if err != nil {
		return nil, "", err
	}
	for i, r := range rows {
		entries = append(entries, read(r, ends[i]))
	}
	return entries, next, nil
}

func read(intent, outcome store.Row) Entry {
	e := Entry{
		ID: intent.Key.Sort[len(intents):], At: time.UnixMilli(intent.Int(colAt)),
		Who: intent.String(colWho), Credential: intent.String(colCredential), From: intent.String(colFrom),
		What: intent.String(colWhat), Of: intent.String(colOf), Reason: intent.String(colReason), Before: intent.String(colState),
	}
	if outcome.Exists() {
		e.Outcome, e.After = outcome.String(colOutcome), outcome.String(colState)
		e.Ended = time.UnixMilli(outcome.Int(colAt))
	}
	return e
}
