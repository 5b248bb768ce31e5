package tablestore_test

import (
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

// hostile is a store with faults, and a client that never sends a request of
// its own accord again.
func hostile(t *testing.T) (*fixture, *tablestore.Faults) {
	faults := tablestore.NewFaults(1)
	f := start(t, tablestoretest.With(func(c *tablestore.Config) { c.Faults = faults }))
	f.table("sales")
	config := sdk.NewDefaultTableStoreConfig()
	config.RetryTimes = 0
	f.client = sdk.NewClientWithConfig(f.store.URL, "local", "local", "local", "", config)
	return f, faults
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		effect tablestore.Effect
		code   string // "": the connection breaks
		done   bool
	}{
		"busy":          {tablestore.Busy, "OTSServerBusy", false},
		"conflict":      {tablestore.Conflict, "OTSRowOperationConflict", false},
		"drop before":   {tablestore.DropBefore, "", false},
		"timeout after": {tablestore.TimeoutAfter, "OTSTimeout", true},
		"drop after":    {tablestore.DropAfter, "", true},
		"half after":    {tablestore.HalfAfter, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			f, faults := hostile(t)
			require.NoError(t, faults.Add(tablestore.Fault{Operation: "PutRow", Table: "sales", Nth: 1, Effect: c.effect}))
			err := f.tryPut("sales", key("o", "1"), ignore, "v", "1")
			if c.code != "" {
				requireCode(t, err, c.code)
			} else {
				require.ErrorContains(t, err, "EOF")
			}
			require.Equal(t, c.done, f.get("sales", key("o", "1")) != nil)
			require.NoError(t, f.tryPut("sales", key("o", "1"), ignore), "the second call is spared")
		})
	}
	t.Run("the SDK repeats a write whose answer was lost", func(t *testing.T) {
		f, faults := hostile(t)
		require.NoError(t, faults.Add(tablestore.Fault{Operation: "PutRow", Nth: 1, Effect: tablestore.DropAfter}))
		f.client = f.store.Client()
		f.store.ResetRequests()
		requireCode(t, f.tryPut("sales", key("o", "1"), mustMiss), mustFail)
		require.Equal(t, 2, f.store.Requests("PutRow"))
	})
	t.Run("a lost answer hides a refusal too", func(t *testing.T) {
		f, faults := hostile(t)
		require.NoError(t, faults.Add(tablestore.Fault{Operation: "PutRow", Nth: 1, Effect: tablestore.TimeoutAfter}))
		requireCode(t, f.tryPut("sales", key("o", "1"), mustBe), "OTSTimeout")
		require.Nil(t, f.get("sales", key("o", "1")))
	})
	t.Run("a delay lasts at least as long as it says", func(t *testing.T) {
		f, faults := hostile(t)
		require.NoError(t, faults.Add(tablestore.Fault{Effect: tablestore.Delay, Delay: 20 * time.Millisecond}))
		require.NoError(t, faults.Add(tablestore.Fault{Effect: tablestore.DelayAfter, Delay: 20 * time.Millisecond}))
		began := time.Now()
		f.put("sales", key("o", "1"))
		require.GreaterOrEqual(t, time.Since(began), 40*time.Millisecond)
	})
}

func TestFaultRules(t *testing.T) {
	failures := func(f *fixture, n int) []int {
		var failed []int
		for i := range n {
			if f.tryPut("sales", key("o", "1"), ignore) != nil {
				failed = append(failed, i+1)
			}
		}
		return failed
	}
	t.Run("from the n-th call, so many times", func(t *testing.T) {
		f, faults := hostile(t)
		require.NoError(t, faults.Add(tablestore.Fault{Nth: 3, Times: 2, Effect: tablestore.Busy}))
		require.Equal(t, []int{3, 4}, failures(f, 6))
		require.Equal(t, 2, faults.List()[0].Met)
	})
	t.Run("equal seeds lead to equal faults", func(t *testing.T) {
		var runs [][]int
		for range 2 {
			f, faults := hostile(t)
			require.NoError(t, faults.Add(tablestore.Fault{Probability: 0.5, Effect: tablestore.Conflict}))
			runs = append(runs, failures(f, 30))
		}
		require.Equal(t, runs[0], runs[1])
		require.Greater(t, len(runs[0]), 5)
		require.Less(t, len(runs[0]), 25)
	})
	t.Run("other operations and tables are spared", func(t *testing.T) {
		f, faults := hostile(t)
		require.NoError(t, faults.Add(tablestore.Fault{Operation: "DeleteRow", Effect: tablestore.Busy}))
		require.NoError(t, faults.Add(tablestore.Fault{Table: "audit", Effect: tablestore.Busy}))
		require.Empty(t, failures(f, 3))
	})
	t.Run("a batch meets the faults of each of its tables", func(t *testing.T) {
		f, faults := hostile(t)
		f.table("audit")
		require.NoError(t, faults.Add(tablestore.Fault{Table: "audit", Effect: tablestore.Busy}))
		_, err := f.tryBatch(false, putChange("sales", key("o", "1"), ignore), putChange("audit", key("o", "1"), ignore))
		requireCode(t, err, "OTSServerBusy")
	})
	t.Run("cleared rules spare everything", func(t *testing.T) {
		f, faults := hostile(t)
		require.NoError(t, faults.Add(tablestore.Fault{Effect: tablestore.Busy}))
		faults.Clear()
		require.Empty(t, failures(f, 3))
	})
	t.Run("rules that make no sense are refused", func(t *testing.T) {
		faults := tablestore.NewFaults(1)
		for _, fault := range []tablestore.Fault{{}, {Effect: "explode"}, {Effect: tablestore.Delay}, {Effect: tablestore.Busy, Probability: 2}, {Effect: tablestore.Busy, Nth: -1}} {
			require.Error(t, faults.Add(fault), "%+v", fault)
		}
	})
	t.Run("no faults are no faults", func(t *testing.T) {
		var none *tablestore.Faults
		none.Clear()
		require.Empty(t, none.List())
		require.Error(t, none.Add(tablestore.Fault{Effect: tablestore.Busy}))
	})
}
