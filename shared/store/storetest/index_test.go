package storetest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

func byDue() store.Index {
	return store.Index{Name: "things_by_due", Table: things(), Partition: "shard", Sort: "due", Strings: []string{"name"}, Integers: []string{"size"}}
}

// indexed is a store and a model with the same rows, some of them there before
// the store had its index.
func indexed(t *testing.T) (real *store.Store, model *storetest.Memory) {
	ctx := context.Background()
	real, _ = storetest.Start(t, things())
	model = storetest.NewMemory()
	fill := func(from, to int) {
		for i := from; i < to; i++ {
			row := store.Columns{
				store.String("shard", "s"), store.Int("due", i/2), store.String("name", fmt.Sprint("n", i)), store.Int("size", i), store.String("more", "not carried"),
			}
			insert := store.Insert(store.Key{Table: things(), Partition: fmt.Sprint("p", i%3), Sort: fmt.Sprint("s", i)}, row)
			require.NoError(t, real.Commit(ctx, insert))
			require.NoError(t, model.Commit(ctx, insert))
		}
	}
	fill(0, 5)
	require.NoError(t, real.EnsureIndexes(ctx, byDue()))
	require.NoError(t, real.EnsureIndexes(ctx, byDue()), "again changes nothing")
	fill(5, 10)
	return real, model
}

func TestAnIndexIsReadInPages(t *testing.T) {
	real, model := indexed(t)
	for _, limit := range []int{1, 3, 100} {
		mine, theirs := pages(t, model, limit), pages(t, real, limit)
		requireSameRows(t, theirs, mine)
		require.Len(t, mine, 8, "those below 4 only")
	}
}

func pages(t *testing.T, f store.IndexReader, limit int) (all []store.Row) {
	r := store.IndexRange{Index: byDue(), Partition: "s", Below: 4, Limit: limit}
	for {
		rows, next, err := f.Find(context.Background(), r)
		require.NoError(t, err)
		require.LessOrEqual(t, len(rows), limit)
		all = append(all, rows...)
		if next.Zero() {
			return all
		}
		r.Start = next
	}
}

func TestARowThatLosesItsPlaceLeavesTheIndex(t *testing.T) {
	ctx := context.Background()
	real, model := indexed(t)
	key := store.Key{Table: things(), Partition: "p0", Sort: "s0"}
	for _, f := range []interface {
		store.Client
		store.IndexReader
	}{real, model} {
		require.NoError(t, f.Commit(ctx, store.Update(key, store.Columns{store.None("shard"), store.None("due")}, "size", 0)))
		require.Len(t, pages(t, f, 100), 7)
	}
}
