package storetest_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

func things() store.Table { return store.Table{Name: "things", Partition: "p", Sort: "s"} }

// The simulations are worth what the model under them is worth: whatever is asked
// of both, Memory answers what Tablestore does.
func TestMemoryAnswersAsTablestoreDoes(t *testing.T) {
	real, _ := storetest.Start(t, things())
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		partition := strconv.Itoa(run) // a fresh one, also when rapid tries again
		model := storetest.NewMemory()
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			both(t, real, model, partition)
		}
	})
}

func both(t *rapid.T, real, model store.Client, partition string) {
	ctx := context.Background()
	switch rapid.IntRange(0, 3).Draw(t, "request") {
	case 0:
		key := drawKey(t, partition)
		mine, err := model.Read(ctx, key)
		require.NoError(t, err)
		theirs, err := real.Read(ctx, key)
		require.NoError(t, err)
		requireSameRows(t, theirs, mine)
	case 1:
		r := store.Range{
			Table: things(), Partition: partition, Prefix: rapid.SampledFrom([]string{"", "a", "a/"}).Draw(t, "prefix"),
			Backward: rapid.Bool().Draw(t, "backward"), Limit: rapid.IntRange(1, 4).Draw(t, "limit"),
		}
		mine, myNext, err := model.Range(ctx, r)
		require.NoError(t, err)
		theirs, theirNext, err := real.Range(ctx, r)
		require.NoError(t, err)
		requireSameRows(t, theirs, mine)
		require.Equal(t, theirNext, myNext)
	default:
		changes := drawChanges(t, partition)
		mine, theirs := model.Commit(ctx, changes...), real.Commit(ctx, changes...)
		if mine == nil {
			require.NoError(t, theirs)
		} else {
			require.ErrorIs(t, theirs, store.ErrCondition)
		}
	}
}

// requireSameRows does not look at the order of a row's columns.
func requireSameRows(t require.TestingT, want, got []store.Row) {
	require.Equal(t, len(want), len(got))
	for i := range want {
		require.Equal(t, want[i].Key, got[i].Key)
		require.Equal(t, want[i].Exists(), got[i].Exists())
		require.ElementsMatch(t, want[i].Columns, got[i].Columns)
	}
}

func drawKey(t *rapid.T, partition string) store.Key {
	return store.Key{Table: things(), Partition: partition, Sort: rapid.SampledFrom([]string{"a", "a/1", "a/2", "b"}).Draw(t, "sort")}
}

// drawChanges has each row once: what one batch with a row twice does is not ours
// to rely on.
func drawChanges(t *rapid.T, partition string) []store.Change {
	sorts := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "a/1", "a/2", "b"}), 1, 3, rapid.ID[string]).Draw(t, "sorts")
	var changes []store.Change
	for _, sort := range sorts {
		key := store.Key{Table: things(), Partition: partition, Sort: sort}
		columns := store.Columns{store.Int("rev", rapid.Int64Range(1, 2).Draw(t, "rev")), store.String("text", rapid.StringN(0, 3, 9).Draw(t, "text"))}
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			changes = append(changes, store.Insert(key, columns))
		case 1:
			if rapid.Bool().Draw(t, "removes") {
				columns[1] = store.None("text")
			}
			changes = append(changes, store.Update(key, columns, "rev", rapid.Int64Range(1, 2).Draw(t, "equals")))
		default:
			changes = append(changes, store.Delete(key))
		}
	}
	return changes
}
