package doctor

import (
	"context"
	"errors"
	"time"

	"aegis/shared/store"
)

// How late an index may be. The timer finds what is due through one.
const (
	lagWarns = 5 * time.Second
	lagFails = time.Minute
)

// checkIndex writes a row and measures how long the index takes to have it.
func checkIndex(ctx context.Context, e *exam) finding {
	if err := e.ensure(ctx); err != nil {
		return failed(err, mendStore)
	}
	row := key(Indexed(), e.id, "entry")
	err := e.Store.Commit(ctx, store.Insert(row, store.Columns{store.String("of", e.id), store.Int("at", e.Clock().UnixMilli())}))
	if err != nil {
		return failed(err, mendStore)
	}
	began := e.Clock()
	found, err := e.until(ctx, lagFails, func() (bool, error) {
		rows, _, err := e.Store.Find(ctx, store.IndexRange{Index: By(), Partition: e.id, Below: 1 << 62, Limit: 1})
		return len(rows) == 1, err
	})
	lag := e.Clock().Sub(began).Round(time.Millisecond)
	if err == nil {
		err = e.Store.Commit(ctx, store.Delete(row))
	}
	switch {
	case err != nil:
		return failed(err, mendStore)
	case !found:
		return bad("ask the support of Tablestore: without its index the timer finds nothing that is due", "the index does not have a row after %s", lagFails)
	case lag > lagWarns:
		return warn("the timer acts later by as much; repeat the check in a quiet hour", "the index follows after %s", lag)
	}
	return good("the index follows after %s", lag)
}

// slack is how long after its TTL a row may still be there.
const slack = 24 * time.Hour

// checkTTL looks for the row that an earlier run wrote. It notes in the table without a
// TTL which row that is, and writes the next one once there is an answer.
func checkTTL(ctx context.Context, e *exam) finding {
	if err := e.ensure(ctx); err != nil {
		return failed(err, mendStore)
	}
	rows, err := e.Store.Read(ctx, key(Indexed(), "ttl", "written"))
	if err != nil {
		return failed(err, mendStore)
	}
	noted := rows[0]
	if !noted.Exists() {
		return e.begin(ctx, noted, skip("the first run: repeat the check after %s", e.Clock().Add(ttl()).UTC().Format(time.RFC3339)))
	}

	over := time.UnixMilli(noted.Int("at")).Add(ttl())
	if e.Clock().Before(over) {
		return skip("the row of the last run lives until %s", over.UTC().Format(time.RFC3339))
	}
	rows, err = e.Store.Read(ctx, key(Expiring(), noted.String("written_by"), "expires"))
	switch {
	case err != nil:
		return failed(err, mendStore)
	case !rows[0].Exists():
		return e.begin(ctx, noted, good("the row of %s is gone", over.Add(-ttl()).UTC().Format(time.RFC3339)))
	case e.Clock().After(over.Add(slack)):
		return bad("compare TimeToLive of the table in the console: nonces are never removed either", "a row is there %s after its TTL", e.Clock().Sub(over).Round(time.Hour))
	}
	return skip("the row of the last run is to go until %s", over.Add(slack).UTC().Format(time.RFC3339))
}

func ttl() time.Duration { return time.Duration(Expiring().TTLSeconds) * time.Second }

// begin writes the row that the next runs look for, and returns the finding. Of two runs at
// the same time one notes its row.
func (e *exam) begin(ctx context.Context, noted store.Row, f finding) finding {
	now := e.Clock().UnixMilli()
	note := store.Columns{store.Int("at", now), store.String("written_by", e.id)}
	change := store.Insert(key(Indexed(), "ttl", "written"), note)
	if noted.Exists() {
		change = store.Update(change.Key, note, "at", noted.Int("at"))
	}
	err := e.Store.Commit(ctx, store.Insert(key(Expiring(), e.id, "expires"), store.Columns{store.Int("at", now)}))
	if err == nil {
		err = e.Store.Commit(ctx, change)
	}
	if err != nil && !errors.Is(err, store.ErrCondition) {
		return failed(err, mendStore)
	}
	return f
}
