package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

func TestATableIsDescribedAsItWasMade(t *testing.T) {
	table := store.Table{Name: "t", Partition: "owner", Sort: "item", TTLSeconds: 86_400}
	indexed := store.Table{Name: "u", Partition: "owner", Sort: "item"}
	index := store.Index{Name: "u_by", Table: indexed, Partition: "day", Sort: "at", Strings: []string{"text"}}
	s, _ := storetest.Start(t, table, indexed)
	require.NoError(t, s.EnsureIndexes(t.Context(), index))

	d, err := s.Describe(t.Context(), "t")
	require.NoError(t, err)
	require.Empty(t, d.Differences(table, index), "the index is of another table")
	d, err = s.Describe(t.Context(), "u")
	require.NoError(t, err)
	require.Empty(t, d.Differences(indexed, index))

	_, err = s.Describe(t.Context(), "none")
	require.ErrorContains(t, err, "describe table none: ")
}

func TestEachDifferenceOfATableIsNamed(t *testing.T) {
	table := store.Table{Name: "t", Partition: "owner", Sort: "item", TTLSeconds: 86_400}
	index := store.Index{Name: "t_by", Table: table, Partition: "day", Sort: "at", Strings: []string{"text"}}
	d := store.Description{Keys: []string{"owner"}, TTLSeconds: 0, MaxVersion: 3}
	require.Equal(t, []string{
		"key columns of t: [owner], expected [owner item]", "TTL in seconds of t: 0, expected 86400", "versions of t: 3, expected 1",
		"there is no index t_by of t",
	}, d.Differences(table, index))

	d = store.Description{Keys: []string{"owner", "item"}, TTLSeconds: 86_400, MaxVersion: 1, Indexes: []store.IndexDescription{{Name: "t_by", Keys: []string{"at", "day"}}}}
	require.Equal(t, []string{"key columns of the index t_by: [at day], expected [day at]"}, d.Differences(table, index))
	d.Indexes[0].Keys = []string{"day", "at", "owner", "item"}
	require.Equal(t, []string{"the index t_by does not carry text"}, d.Differences(table, index))
}
