package tablestore_test

import (
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"
)

const (
	ignore   = sdk.RowExistenceExpectation_IGNORE
	mustBe   = sdk.RowExistenceExpectation_EXPECT_EXIST
	mustFail = "OTSConditionCheckFail"
	mustMiss = sdk.RowExistenceExpectation_EXPECT_NOT_EXIST
)

func TestSingleRows(t *testing.T) {
	f := start(t)
	f.table("sales")

	t.Run("a row comes back with every type of column", func(t *testing.T) {
		f.put("sales", key("o", "types"), "s", "text", "i", int64(-7), "d", 2.5, "b", true, "x", []byte{0, 1, 0xFF})
		want := map[string]any{"s": "text", "i": int64(-7), "d": 2.5, "b": true, "x": []byte{0, 1, 0xFF}}
		require.Equal(t, want, f.get("sales", key("o", "types")))
	})
	t.Run("an absent row is an empty answer", func(t *testing.T) {
		require.Nil(t, f.get("sales", key("o", "absent")))
	})
	t.Run("a row without columns exists", func(t *testing.T) {
		f.put("sales", key("o", "bare"))
		require.Equal(t, map[string]any{}, f.get("sales", key("o", "bare")))
	})
	t.Run("a put replaces the whole row", func(t *testing.T) {
		f.put("sales", key("o", "whole"), "a", "1", "b", "2")
		f.put("sales", key("o", "whole"), "c", "3")
		require.Equal(t, map[string]any{"c": "3"}, f.get("sales", key("o", "whole")))
	})
	t.Run("a put that expects no row fails on a row and leaves it", func(t *testing.T) {
		f.put("sales", key("o", "taken"), "a", "1")
		requireCode(t, f.tryPut("sales", key("o", "taken"), mustMiss, "a", "2"), mustFail, "Condition check failed.")
		require.Equal(t, map[string]any{"a": "1"}, f.get("sales", key("o", "taken")))
		require.NoError(t, f.tryPut("sales", key("o", "free"), mustMiss, "a", "2"))
	})
	t.Run("a put that expects a row fails without one", func(t *testing.T) {
		requireCode(t, f.tryPut("sales", key("o", "none"), mustBe), mustFail)
		require.Nil(t, f.get("sales", key("o", "none")))
	})
	t.Run("a deleted row is gone and deleting none is fine", func(t *testing.T) {
		f.put("sales", key("o", "gone"), "a", "1")
		require.NoError(t, f.tryDelete("sales", key("o", "gone"), mustBe))
		require.Nil(t, f.get("sales", key("o", "gone")))
		require.NoError(t, f.tryDelete("sales", key("o", "gone"), ignore))
		requireCode(t, f.tryDelete("sales", key("o", "gone"), mustBe), mustFail)
	})
}

func TestUpdateRow(t *testing.T) {
	f := start(t)
	f.table("sales")

	t.Run("an update merges, deletes and makes a row", func(t *testing.T) {
		change := updateChange("sales", key("o", "u"))
		change.PutColumn("a", "1")
		change.PutColumn("b", "2")
		f.update(change)
		change = updateChange("sales", key("o", "u"))
		change.DeleteColumn("a")
		change.PutColumn("c", "3")
		f.update(change)
		require.Equal(t, map[string]any{"b": "2", "c": "3"}, f.get("sales", key("o", "u")))
	})
	t.Run("deleting the last column leaves a bare row", func(t *testing.T) {
		f.put("sales", key("o", "last"), "a", "1")
		change := updateChange("sales", key("o", "last"))
		change.DeleteColumn("a")
		f.update(change)
		require.Equal(t, map[string]any{}, f.get("sales", key("o", "last")))
	})
	t.Run("only deletions leave an absent row absent", func(t *testing.T) {
		change := updateChange("sales", key("o", "never"))
		change.DeleteColumn("a")
		f.update(change)
		require.Nil(t, f.get("sales", key("o", "never")))
	})
	t.Run("an increment starts at zero, adds up and is returned", func(t *testing.T) {
		for _, want := range []int64{5, 10} {
			change := updateChange("sales", key("o", "n"))
			change.IncrementColumn("n", 5)
			change.SetReturnIncrementValue()
			change.AppendIncrementColumnToReturn("n")
			response := f.update(change)
			require.Equal(t, want, response.Columns[0].Value)
		}
	})
	t.Run("an increment of a text is refused and changes nothing", func(t *testing.T) {
		f.put("sales", key("o", "text"), "n", "seven")
		change := updateChange("sales", key("o", "text"))
		change.PutColumn("other", "1")
		change.IncrementColumn("n", 1)
		_, err := f.client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: change})
		requireCode(t, err, "OTSParameterInvalid")
		require.Equal(t, map[string]any{"n": "seven"}, f.get("sales", key("o", "text")))
	})
	t.Run("an increment beyond 64 bits is refused", func(t *testing.T) {
		f.put("sales", key("o", "max"), "n", int64(1<<63-1))
		change := updateChange("sales", key("o", "max"))
		change.IncrementColumn("n", 1)
		_, err := f.client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: change})
		requireCode(t, err, "OTSParameterInvalid")
	})
}

func TestColumnConditions(t *testing.T) {
	f := start(t)
	f.table("sales")
	f.put("sales", key("o", "account"), "rev", int64(3), "name", "x")

	try := func(condition sdk.ColumnFilter) error {
		change := putChange("sales", key("o", "account"), mustBe, "rev", int64(3), "name", "x")
		change.SetColumnCondition(condition)
		_, err := f.client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
		return err
	}
	rev := func(comparator sdk.ComparatorType, value any) *sdk.SingleColumnCondition {
		c := sdk.NewSingleColumnCondition("rev", comparator, value)
		c.FilterIfMissing = true
		return c
	}
	both := func(op sdk.LogicalOperator, filters ...sdk.ColumnFilter) *sdk.CompositeColumnValueFilter {
		c := sdk.NewCompositeColumnCondition(op)
		for _, f := range filters {
			c.AddFilter(f)
		}
		return c
	}
	for name, c := range map[string]struct {
		condition sdk.ColumnFilter
		holds     bool
	}{
		"equal":             {rev(sdk.CT_EQUAL, int64(3)), true},
		"equal to another":  {rev(sdk.CT_EQUAL, int64(4)), false},
		"not equal":         {rev(sdk.CT_NOT_EQUAL, int64(4)), true},
		"greater":           {rev(sdk.CT_GREATER_THAN, int64(2)), true},
		"not greater":       {rev(sdk.CT_GREATER_THAN, int64(3)), false},
		"at least":          {rev(sdk.CT_GREATER_EQUAL, int64(3)), true},
		"less":              {rev(sdk.CT_LESS_THAN, int64(4)), true},
		"at most":           {rev(sdk.CT_LESS_EQUAL, int64(2)), false},
		"of another type":   {rev(sdk.CT_EQUAL, "3"), false},
		"and":               {both(sdk.LO_AND, rev(sdk.CT_EQUAL, int64(3)), rev(sdk.CT_LESS_THAN, int64(3))), false},
		"or":                {both(sdk.LO_OR, rev(sdk.CT_EQUAL, int64(9)), rev(sdk.CT_EQUAL, int64(3))), true},
		"not":               {both(sdk.LO_NOT, rev(sdk.CT_EQUAL, int64(9))), true},
		"missing and loose": {sdk.NewSingleColumnCondition("absent", sdk.CT_EQUAL, int64(1)), true},
		"missing and strict": {&sdk.SingleColumnCondition{
			ColumnName: strPtr("absent"), Comparator: ptr(sdk.CT_EQUAL), ColumnValue: int64(1), FilterIfMissing: true,
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := try(c.condition); c.holds {
				require.NoError(t, err)
			} else {
				requireCode(t, err, mustFail)
			}
		})
	}
	t.Run("32 filters are taken, 33 refused", func(t *testing.T) {
		wide := sdk.NewCompositeColumnCondition(sdk.LO_OR)
		for range 31 {
			wide.AddFilter(rev(sdk.CT_EQUAL, int64(3)))
		}
		require.NoError(t, try(wide))
		wide.AddFilter(rev(sdk.CT_EQUAL, int64(3)))
		requireCode(t, try(wide), "OTSParameterInvalid", "The count of filter exceeds the max: 32.")
	})
	t.Run("a column of the key can be asked about", func(t *testing.T) {
		require.NoError(t, try(sdk.NewSingleColumnCondition("item", sdk.CT_EQUAL, "account")))
		requireCode(t, try(sdk.NewSingleColumnCondition("item", sdk.CT_EQUAL, "other")), mustFail)
	})
	t.Run("an operator without its conditions is refused", func(t *testing.T) {
		requireCode(t, try(both(sdk.LO_NOT)), "OTSParameterInvalid", "Invalid NOT operator: the number of sub-filters must be 1.")
		requireCode(t, try(both(sdk.LO_AND, rev(sdk.CT_EQUAL, int64(3)))), "OTSParameterInvalid",
			"Invalid AND/OR operator: the number of sub-filters must be more than 1.")
	})
	t.Run("an absent row misses every column", func(t *testing.T) {
		change := putChange("sales", key("o", "new"), ignore, "rev", int64(1))
		change.SetColumnCondition(rev(sdk.CT_EQUAL, int64(1)))
		_, err := f.client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
		requireCode(t, err, mustFail)
	})
}

func strPtr(s string) *string { return &s }
func ptr[T any](v T) *T       { return &v }
