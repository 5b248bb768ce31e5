package tablestore_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
)

// clock is a clock that tests turn.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func on(c *clock) tablestoretest.Option {
	return tablestoretest.With(func(config *tablestore.Config) { config.Clock = c.now })
}

// history is the column's values, newest first, as the criteria select them.
func (f *fixture) history(table string, k *sdk.PrimaryKey, change func(*sdk.SingleRowQueryCriteria)) []any {
	f.Helper()
	c := &sdk.SingleRowQueryCriteria{TableName: table, PrimaryKey: k}
	change(c)
	response, err := f.client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: c})
	require.NoError(f, err)
	values := []any{}
	for _, column := range response.Columns {
		values = append(values, column.Value)
	}
	return values
}

func newest(n int32) func(*sdk.SingleRowQueryCriteria) {
	return func(c *sdk.SingleRowQueryCriteria) { c.MaxVersion = n }
}

func TestVersions(t *testing.T) {
	now := newClock()
	f := start(t, on(now))
	f.table("sales", versions(3))
	write := func(item string, values ...int64) {
		for _, v := range values {
			change := updateChange("sales", key("o", item))
			change.PutColumn("v", v)
			f.update(change)
		}
	}
	t.Run("writes within one millisecond keep their versions", func(t *testing.T) {
		write("same", 1, 2, 3)
		require.Equal(t, []any{int64(3), int64(2), int64(1)}, f.history("sales", key("o", "same"), newest(9)))
	})
	t.Run("the oldest versions go first", func(t *testing.T) {
		write("trim", 1, 2, 3, 4, 5)
		require.Equal(t, []any{int64(5), int64(4), int64(3)}, f.history("sales", key("o", "trim"), newest(9)))
	})
	t.Run("a reader gets no more versions than asked for", func(t *testing.T) {
		require.Equal(t, []any{int64(5)}, f.history("sales", key("o", "trim"), newest(1)))
	})
	t.Run("fewer versions kept are fewer shown at once", func(t *testing.T) {
		f.table("fewer", versions(3))
		for v := range int64(3) {
			change := updateChange("fewer", key("o", "1"))
			change.PutColumn("v", v)
			f.update(change)
		}
		_, err := f.client.UpdateTable(&sdk.UpdateTableRequest{TableName: "fewer", TableOption: &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}})
		require.NoError(t, err)
		require.Equal(t, []any{int64(2)}, f.history("fewer", key("o", "1"), newest(9)))
	})

	base := now.now().UnixMilli()
	at := func(item string, offset int64, value any) {
		change := updateChange("sales", key("o", item))
		change.PutColumnWithTimestamp("v", value, base+offset)
		f.update(change)
	}
	at("times", 0, "a")
	at("times", 10, "b")
	at("times", 20, "c")
	t.Run("a time range takes its start and leaves its end", func(t *testing.T) {
		require.Equal(t, []any{"b", "a"}, f.history("sales", key("o", "times"), func(c *sdk.SingleRowQueryCriteria) {
			c.TimeRange = &sdk.TimeRange{Start: base, End: base + 20}
		}))
	})
	t.Run("one time selects one version", func(t *testing.T) {
		require.Equal(t, []any{"b"}, f.history("sales", key("o", "times"), func(c *sdk.SingleRowQueryCriteria) {
			c.TimeRange = &sdk.TimeRange{Specific: base + 10}
		}))
	})
	t.Run("one version can be deleted", func(t *testing.T) {
		change := updateChange("sales", key("o", "times"))
		change.DeleteColumnWithTimestamp("v", base+10)
		f.update(change)
		require.Equal(t, []any{"c", "a"}, f.history("sales", key("o", "times"), newest(9)))
	})
	t.Run("a version far off the clock is refused", func(t *testing.T) {
		change := updateChange("sales", key("o", "times"))
		change.PutColumnWithTimestamp("v", "x", base+2*86400*1000)
		_, err := f.client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: change})
		requireCode(t, err, "OTSParameterInvalid")
	})
	t.Run("a negative version is refused", func(t *testing.T) {
		change := updateChange("sales", key("o", "times"))
		change.PutColumnWithTimestamp("v", "x", -1)
		_, err := f.client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: change})
		requireCode(t, err, "OTSParameterInvalid", "Timestamp must be in range [0, INT64_MAX/1000).")
	})
}

func TestTimeToLive(t *testing.T) {
	const day = 24 * time.Hour
	now := newClock()
	f := start(t, on(now))
	f.table("nonces", func(r *sdk.CreateTableRequest) { r.TableOption.TimeToAlive = 86400 })

	t.Run("a row lives for its time to the millisecond", func(t *testing.T) {
		f.put("nonces", key("o", "row"), "v", "1")
		now.turn(day)
		require.NotNil(t, f.get("nonces", key("o", "row")))
		requireCode(t, f.tryPut("nonces", key("o", "row"), mustMiss), mustFail)
		now.turn(time.Millisecond)
		require.Nil(t, f.get("nonces", key("o", "row")))
	})
	t.Run("an expired row is absent to ranges and conditions", func(t *testing.T) {
		require.Empty(t, f.scan(criteria("nonces", lowest("o"), highest("o"), sdk.FORWARD)).Rows)
		requireCode(t, f.tryPut("nonces", key("o", "row"), mustBe), mustFail)
		require.NoError(t, f.tryPut("nonces", key("o", "row"), mustMiss, "v", "2"))
	})
	t.Run("an update keeps the row but not its expired columns", func(t *testing.T) {
		f.put("nonces", key("o", "part"), "old", "1")
		now.turn(day / 2)
		change := updateChange("nonces", key("o", "part"))
		change.PutColumn("new", "2")
		f.update(change)
		now.turn(day/2 + time.Millisecond)
		require.Equal(t, map[string]any{"new": "2"}, f.get("nonces", key("o", "part")))
	})
	t.Run("a longer time to live applies at once", func(t *testing.T) {
		f.put("nonces", key("o", "long"), "v", "1")
		_, err := f.client.UpdateTable(&sdk.UpdateTableRequest{TableName: "nonces", TableOption: &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}})
		require.NoError(t, err)
		now.turn(365 * day)
		require.NotNil(t, f.get("nonces", key("o", "long")))
	})
}

func TestExpiredRowsAreSweptAway(t *testing.T) {
	now := newClock()
	f := start(t, on(now))
	f.table("nonces", indexed, func(r *sdk.CreateTableRequest) {
		r.TableOption.TimeToAlive, r.TableOption.AllowUpdate = 86400, ptr(false)
	})
	fill := func(prefix string, n int) {
		for i := range n {
			f.put("nonces", key("o", fmt.Sprint(prefix, i)), "shard", "s", "due", int64(i))
		}
	}
	fill("old", 40)
	now.turn(25 * time.Hour)
	fill("new", 20) // each looks at four rows: once round all sixty
	_, err := f.client.UpdateTable(&sdk.UpdateTableRequest{TableName: "nonces", TableOption: &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}})
	require.NoError(t, err)
	require.Len(t, f.scan(criteria("nonces", lowest("o"), highest("o"), sdk.FORWARD)).Rows, 20, "what was swept does not come back")
	require.Len(t, f.due("sales_by_due", "s"), 20)
}

func TestAnExpiredRowsIndexEntryGoesWithItsSuccessor(t *testing.T) {
	now := newClock()
	f := start(t, on(now))
	f.table("sales", indexed, func(r *sdk.CreateTableRequest) {
		r.TableOption.TimeToAlive, r.TableOption.AllowUpdate = 86400, ptr(false)
	})
	f.put("sales", key("o", "1"), "shard", "s", "due", int64(1))
	now.turn(25 * time.Hour)
	require.Empty(t, f.due("sales_by_due", "s"))
	f.put("sales", key("o", "1"), "shard", "s", "due", int64(2))
	_, err := f.client.UpdateTable(&sdk.UpdateTableRequest{TableName: "sales", TableOption: &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1}})
	require.NoError(t, err)
	require.Equal(t, []string{"2 o/1 <nil>"}, f.due("sales_by_due", "s"))
}
