package engine_test

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"aegis/shared/local/tablestore/internal/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const bucket = engine.Bucket(1)

func open(t testing.TB) *engine.Engine {
	e, err := engine.Open("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	require.NoError(t, e.Update(func(tx *engine.Tx) error { tx.Create(bucket); return nil }))
	return e
}

func put(key, value string) func(*engine.Tx) error {
	return func(tx *engine.Tx) error { tx.Put(bucket, []byte(key), []byte(value)); return nil }
}

func value(t testing.TB, e *engine.Engine, key string) string {
	var found string
	require.NoError(t, e.View(nil, func(tx *engine.Tx) error { found = string(tx.Get(bucket, []byte(key))); return nil }))
	return found
}

func TestUpdates(t *testing.T) {
	e := open(t)
	t.Run("an update that fails leaves nothing", func(t *testing.T) {
		refused := errors.New("refused")
		err := e.Update(func(tx *engine.Tx) error {
			tx.Put(bucket, []byte("k"), []byte("v"))
			return refused
		})
		require.ErrorIs(t, err, refused)
		require.Empty(t, value(t, e, "k"))
	})
	t.Run("an update sees what it staged and what came before", func(t *testing.T) {
		require.NoError(t, e.Update(put("a", "1")))
		require.NoError(t, e.Update(func(tx *engine.Tx) error {
			require.Equal(t, "1", string(tx.Get(bucket, []byte("a"))))
			tx.Delete(bucket, []byte("a"))
			require.Nil(t, tx.Get(bucket, []byte("a")))
			return nil
		}))
		require.Empty(t, value(t, e, "a"))
	})
	t.Run("sequences never repeat", func(t *testing.T) {
		var got []uint64
		for range 3 {
			require.NoError(t, e.Update(func(tx *engine.Tx) error {
				got = append(got, tx.NextSequence(bucket), tx.NextSequence(bucket))
				return nil
			}))
		}
		require.Equal(t, []uint64{1, 2, 3, 4, 5, 6}, got)
	})
	t.Run("a sequence staged long ago takes none back", func(t *testing.T) {
		staged := engine.NewWrites()
		require.NoError(t, e.View(staged, func(tx *engine.Tx) error { tx.NextSequence(bucket); return nil }))
		for range 5 {
			require.NoError(t, e.Update(func(tx *engine.Tx) error { tx.NextSequence(bucket); return nil }))
		}
		require.NoError(t, e.Update(func(tx *engine.Tx) error { tx.Absorb(staged); return nil }))
		require.NoError(t, e.Update(func(tx *engine.Tx) error {
			require.Equal(t, uint64(12), tx.NextSequence(bucket))
			return nil
		}))
	})
	t.Run("concurrent updates are serial", func(t *testing.T) {
		require.NoError(t, e.Update(put("n", "")))
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				_ = e.Update(func(tx *engine.Tx) error {
					tx.Put(bucket, []byte("n"), append(bytes.Clone(tx.Get(bucket, []byte("n"))), 'x'))
					return nil
				})
			})
		}
		wg.Wait()
		require.Len(t, value(t, e, "n"), 200)
	})
	t.Run("an update alone has run its after before the next begins", func(t *testing.T) {
		var wg sync.WaitGroup
		published := 0
		for range 50 {
			wg.Go(func() {
				_ = e.UpdateAlone(func(tx *engine.Tx) error {
					tx.Put(bucket, []byte("alone"), []byte("x"))
					before := published
					tx.AfterCommit(func() { published = before + 1 })
					return nil
				})
			})
			wg.Go(func() { _ = e.Update(put("beside", "x")) })
		}
		wg.Wait()
		require.Equal(t, 50, published)
	})
}

func TestClosing(t *testing.T) {
	e, err := engine.Open("")
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if err := e.Update(put("k", "v")); err != nil {
				require.ErrorIs(t, err, engine.ErrClosed)
			}
		})
	}
	require.NoError(t, e.Close())
	wg.Wait()
	require.ErrorIs(t, e.Update(put("k", "v")), engine.ErrClosed)
	require.ErrorIs(t, e.View(nil, func(*engine.Tx) error { return nil }), engine.ErrClosed)
	require.NoError(t, e.Close())
}

// TestRangesOverStagedWrites compares ranges over stored and staged values
// with the same ranges over a sorted list.
func TestRangesOverStagedWrites(t *testing.T) {
	letters := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g"})
	rapid.Check(t, func(rt *rapid.T) {
		e := open(t)
		model := map[string]string{}
		for _, k := range rapid.SliceOf(letters).Draw(rt, "stored") {
			model[k] = "stored"
			require.NoError(rt, e.Update(put(k, "stored")))
		}
		staged := engine.NewWrites()
		require.NoError(rt, e.View(staged, func(tx *engine.Tx) error {
			for _, k := range rapid.SliceOf(letters).Draw(rt, "put") {
				model[k] = "staged"
				tx.Put(bucket, []byte(k), []byte("staged"))
			}
			for _, k := range rapid.SliceOf(letters).Draw(rt, "deleted") {
				delete(model, k)
				tx.Delete(bucket, []byte(k))
			}
			start, end := letters.Draw(rt, "start"), letters.Draw(rt, "end")
			backward := rapid.Bool().Draw(rt, "backward")
			require.Equal(rt, expected(model, start, end, backward), walk(tx, start, end, backward))
			return nil
		}))
	})
}

func walk(tx *engine.Tx, start, end string, backward bool) []string {
	found := []string{}
	for k, v := range tx.Range(bucket, []byte(start), []byte(end), backward) {
		found = append(found, string(k)+"="+string(v))
	}
	return found
}

func expected(model map[string]string, start, end string, backward bool) []string {
	found := []string{}
	for k, v := range model {
		if !backward && k >= start && k < end || backward && k <= start && k > end {
			found = append(found, k+"="+v)
		}
	}
	slices.Sort(found)
	if backward {
		slices.Reverse(found)
	}
	return found
}
