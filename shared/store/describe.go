package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// Description is a table as the store has it.
type Description struct {
	Keys       []string // columns of the primary key, in their order
	TTLSeconds int      // 0: rows live for ever
	MaxVersion int
	Indexes    []IndexDescription
}

// IndexDescription is an index as the store has it.
type IndexDescription struct {
	Name    string
	Keys    []string // the table's key columns may follow the index's own
	Columns []string // carried
}

// Describe describes a table. It is for tools, not for functions.
func (s *Store) Describe(ctx context.Context, table string) (d Description, err error) {
	err = s.call(ctx, s.reads, func(c *tablestore.TableStoreClient) error {
		response, err := c.DescribeTable(&tablestore.DescribeTableRequest{TableName: table})
		if err != nil {
			return err
		}
		d = described(response)
		return nil
	})
	if err != nil {
		return Description{}, asRead("describe table "+table, err)
	}
	return d, nil
}

func described(r *tablestore.DescribeTableResponse) Description {
	d := Description{TTLSeconds: max(r.TableOption.TimeToAlive, 0), MaxVersion: r.TableOption.MaxVersion}
	for _, column := range r.TableMeta.SchemaEntry {
		d.Keys = append(d.Keys, *column.Name)
	}
	for _, index := range r.IndexMetas {
		d.Indexes = append(d.Indexes, IndexDescription{Name: index.IndexName, Keys: index.Primarykey, Columns: index.DefinedColumns})
	}
	return d
}

// Differences compares the table and its indexes with what they should be, and returns one
// text for each difference.
func (d Description) Differences(t Table, indexes ...Index) []string {
	keys := []string{t.Partition}
	if t.Sort != "" {
		keys = append(keys, t.Sort)
	}
	var all []string
	differ := func(what string, seen, want any) {
		if fmt.Sprint(seen) != fmt.Sprint(want) {
			all = append(all, fmt.Sprintf("%s of %s: %v, expected %v", what, t.Name, seen, want))
		}
	}
	differ("key columns", d.Keys, keys)
	differ("TTL in seconds", d.TTLSeconds, t.TTLSeconds)
	differ("versions", d.MaxVersion, 1)
	for _, index := range indexes {
		if index.Table.Name == t.Name {
			all = append(all, d.indexDifferences(index)...)
		}
	}
	return all
}

func (d Description) indexDifferences(want Index) []string {
	i := slices.IndexFunc(d.Indexes, func(i IndexDescription) bool { return i.Name == want.Name })
	if i < 0 {
		return []string{"there is no index " + want.Name + " of " + want.Table.Name}
	}
	seen := d.Indexes[i]
	keys := []string{want.Partition, want.Sort}
	if len(seen.Keys) < len(keys) || !slices.Equal(seen.Keys[:len(keys)], keys) {
		return []string{fmt.Sprintf("key columns of the index %s: %v, expected %v", want.Name, seen.Keys, keys)}
	}
	var all []string
	for _, column := range slices.Concat(want.Strings, want.Integers) {
		if !slices.Contains(seen.Columns, column) {
			all = append(all, "the index "+want.Name+" does not carry "+column)
		}
	}
	return all
}
