package tablestore_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

func TestSnapshots(t *testing.T) {
	folder := t.TempDir()
	inFolder := tablestoretest.With(func(c *tablestore.Config) {
		c.Dir = folder
		c.BeforeSnapshot = func(to string) error { return os.WriteFile(filepath.Join(to, "queue.db"), []byte("then"), 0o600) }
	})
	f := start(t, inFolder)
	f.table("sales")
	f.put("sales", key("o", "1"), "v", "before")

	t.Run("are taken while rows are written, and hold what was acknowledged", func(t *testing.T) {
		var done atomic.Bool
		var writers sync.WaitGroup
		for w := range 4 {
			writers.Go(func() {
				for i := 0; !done.Load(); i++ {
					_ = f.tryPut("sales", key(fmt.Sprint(w), fmt.Sprint(i)), ignore, "pad", strings.Repeat("x", 300))
				}
			})
		}
		for i := range 6 { // odd and even commits
			_, err := f.store.Server().Snapshot(fmt.Sprint("busy", i))
			require.NoError(t, err)
		}
		done.Store(true)
		writers.Wait()
	})
	list, err := tablestore.Snapshots(folder)
	require.NoError(t, err)
	require.Len(t, list, 6)
	f.put("sales", key("o", "1"), "v", "after")

	t.Run("over HTTP, as JSON only", func(t *testing.T) {
		for contentType, status := range map[string]int{"application/json": 200, "text/plain": 400} {
			answer, err := http.Post(f.store.URL+"/snapshots", contentType, strings.NewReader(`{"name":"asked"}`))
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.Equal(t, status, answer.StatusCode)
		}
	})
	t.Run("of a name that is taken, or none, are refused", func(t *testing.T) {
		for name, because := range map[string]string{"busy1": "exists already", "../x": "want 1 to 100 letters", "": "want 1 to 100", ".x": "not starting"} {
			_, err := f.store.Server().Snapshot(name)
			require.ErrorContains(t, err, because)
		}
	})
	t.Run("are not restored under a running server", func(t *testing.T) {
		_, err := tablestore.Restore(folder, "busy1")
		require.ErrorContains(t, err, "in use by another process")
	})
	f.store.Close()

	t.Run("are restored, written to, and verified", func(t *testing.T) {
		for i := range 6 {
			require.NoError(t, os.WriteFile(filepath.Join(folder, "queue.db"), []byte("now"), 0o600))
			restored, err := tablestore.Restore(folder, fmt.Sprint("busy", i))
			require.NoError(t, err)
			g := start(t, inFolder)
			require.Equal(t, map[string]any{"v": "before"}, g.get("sales", key("o", "1")))
			for n := range i { // a different number of commits each
				g.put("sales", key("o", "1"), "v", fmt.Sprint(n))
			}
			g.store.Close()
			now, err := tablestore.Verify(folder)
			require.NoError(t, err)
			require.Equal(t, restored.Commit+uint64(i), now.Commit)
			queue, err := os.ReadFile(filepath.Join(folder, "queue.db"))
			require.NoError(t, err)
			require.Equal(t, "then", string(queue))
		}
	})
	t.Run("that are damaged are refused, and change nothing", func(t *testing.T) {
		file := filepath.Join(folder, "snapshots", "busy2", "tablestore.db")
		require.NoError(t, os.Truncate(file, 20000))
		before, err := tablestore.Verify(folder)
		require.NoError(t, err)
		_, err = tablestore.Restore(folder, "busy2")
		require.ErrorContains(t, err, "truncated")
		after, err := tablestore.Verify(folder)
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
	t.Run("can be taken of a store that does not run, which can be emptied", func(t *testing.T) {
		_, err := tablestore.SnapshotOf(folder, "offline", "queue.db", "none.db")
		require.NoError(t, err)
		require.FileExists(t, filepath.Join(folder, "snapshots", "offline", "queue.db"))
		require.NoError(t, tablestore.Reset(folder, "queue.db"))
		g := start(t, inFolder)
		list, err := g.client.ListTable()
		require.NoError(t, err)
		require.Empty(t, list.TableNames)
	})
}

func TestStoresInMemoryTakeNoSnapshots(t *testing.T) {
	f := start(t)
	_, err := f.store.Server().Snapshot("x")
	require.ErrorContains(t, err, "in memory")
}

func TestHealth(t *testing.T) {
	f := start(t)
	status := func() int {
		answer, err := http.Get(f.store.URL + "/healthz")
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	require.Equal(t, 200, status())
	require.NoError(t, f.store.Server().Close())
	require.Equal(t, 503, status())
}
