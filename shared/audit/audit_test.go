package audit_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/audit"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

func open(t *testing.T) (*audit.Log, *storetest.Faulty, *time.Time) {
	t.Helper()
	s, _ := storetest.Start(t, audit.Table())
	gate := &storetest.Faulty{Client: s}
	now := time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC)
	log, err := audit.New(audit.Config{Store: gate, Clock: func() time.Time { return now }})
	require.NoError(t, err)
	return log, gate, &now
}

func TestAnEntrySaysWhoChangedWhatAndWhatCameOfIt(t *testing.T) {
	log, _, now := open(t)
	ctx := context.Background()
	began, err := log.Begin(ctx, audit.Entry{
		Who: "alice", Credential: "LTAI", From: "desk", What: "key disable", Of: "key a", Reason: "leaked", Before: `{"disabled":false}`,
	})
	require.NoError(t, err)
	*now = now.Add(time.Second)
	began.Outcome, began.After = audit.Done, `{"disabled":true}`
	require.NoError(t, log.End(ctx, began))

	entries, next, err := log.List(ctx, "", 10, false)
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, entries, 1)
	require.True(t, now.Equal(entries[0].Ended))
	require.True(t, began.At.Equal(entries[0].At))
	began.At, began.Ended = entries[0].At, entries[0].Ended
	require.Equal(t, began, entries[0])
}

func TestAnEntryIsNotWrittenOver(t *testing.T) {
	log, _, _ := open(t)
	e, err := log.Begin(context.Background(), audit.Entry{What: "x"})
	require.NoError(t, err)
	e.Outcome = audit.Done
	require.NoError(t, log.End(context.Background(), e))
	e.Outcome = "something else"
	require.ErrorIs(t, log.End(context.Background(), e), store.ErrCondition)
}

func TestAChangeWhoseToolStoppedHasNoOutcome(t *testing.T) {
	log, _, _ := open(t)
	_, err := log.Begin(context.Background(), audit.Entry{What: "x"})
	require.NoError(t, err)
	entries, _, err := log.List(context.Background(), "", 10, false)
	require.NoError(t, err)
	require.Empty(t, entries[0].Outcome)
}

func TestWithoutALogNothingMayBeChanged(t *testing.T) {
	log, gate, _ := open(t)
	gate.BeforeCommit = func(int, []store.Change) error { return store.ErrNotApplied }
	_, err := log.Begin(context.Background(), audit.Entry{What: "x"})
	require.ErrorContains(t, err, "nothing was changed")
}

func TestTheLogIsReadPageByPageInBothDirections(t *testing.T) {
	log, _, now := open(t)
	ctx := context.Background()
	for n := range 250 {
		*now = now.Add(time.Second)
		_, err := log.Begin(ctx, audit.Entry{What: fmt.Sprint(n), Before: strings.Repeat("x", 10)})
		require.NoError(t, err)
	}
	for _, oldestFirst := range []bool{true, false} {
		var seen []string
		for start, first := "", true; first || start != ""; first = false {
			entries, next, err := log.List(ctx, start, 1000, oldestFirst)
			require.NoError(t, err)
			for _, e := range entries {
				seen = append(seen, e.What)
			}
			start = next
		}
		require.Len(t, seen, 250)
		require.Equal(t, oldestFirst, seen[0] == "0" && seen[249] == "249")
	}
}
