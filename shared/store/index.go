package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// Index is a global index of a table with a sort column. It contains the rows that have
// both of the index's key columns, ordered by Partition (a string) and then Sort (an
// integer), and carries the columns listed. Tablestore updates it shortly after the
// table.
type Index struct {
	Name      string
	Table     Table
	Partition string
	Sort      string
	Strings   []string // columns carried, by type
	Integers  []string
}

// Shard returns which of a number of shards something belongs to. The entries of one day,
// or of one moment, would otherwise share one partition of an index.
func Shard(of string, shards uint32) int {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(of)) // it never fails
	return int(hash.Sum32() % shards)
}

// IndexReader reads an index. A Client of a store that has indexes implements it.
type IndexReader interface {
	// Find reads one page of a partition of an index, in order of the sort column. next is where the following page starts, zero after the last.
	Find(ctx context.Context, r IndexRange) (rows []Row, next Cursor, err error)
}

// IndexRange asks for one page of a partition of an index.
type IndexRange struct {
	Index     Index
	Partition string
	Below     int64  // sort values less than this
	Start     Cursor // where the page starts, as returned in next; zero is the beginning
	Limit     int    // rows at most, 1 to 5,000
}

// Cursor is the position of a row in a partition of an index.
type Cursor struct {
	Sort int64
	Key  Key // of the table's row; without a table: no place
}

// Zero reports whether the cursor has no position.
func (p Cursor) Zero() bool { return p.Key.Table.Name == "" }

// Find implements IndexReader. Like Read, it changes nothing.
func (s *Store) Find(ctx context.Context, r IndexRange) ([]Row, Cursor, error) {
	var rows []Row
	var next Cursor
	err := s.call(ctx, s.reads, func(c *tablestore.TableStoreClient) error {
		response, err := c.GetRange(indexRequest(r))
		if err != nil {
			return err
		}
		rows, next = indexPage(r, response)
		return nil
	})
	if err != nil {
		return nil, Cursor{}, asRead(fmt.Sprintf("range over %s of %s", r.Partition, r.Index.Name), err)
	}

	return rows, next, nil
}

func indexRequest(r IndexRange) *tablestore.GetRangeRequest {
	low := indexKey(r)
	high := indexKey(r)
	if r.Start.Zero() {
		low.AddPrimaryKeyColumnWithMinValue(r.Index.Sort)
		low.AddPrimaryKeyColumnWithMinValue(r.Index.Table.Partition)
		low.AddPrimaryKeyColumnWithMinValue(r.Index.Table.Sort)
	} else {
		low.AddPrimaryKeyColumn(r.Index.Sort, r.Start.Sort)
		low.AddPrimaryKeyColumn(r.Index.Table.Partition, r.Start.Key.Partition)
		low.AddPrimaryKeyColumn(r.Index.Table.Sort, r.Start.Key.Sort)
	}

	high.AddPrimaryKeyColumn(r.Index.Sort, r.Below)
	high.AddPrimaryKeyColumnWithMinValue(r.Index.Table.Partition)
	high.AddPrimaryKeyColumnWithMinValue(r.Index.Table.Sort)
	return &tablestore.GetRangeRequest{RangeRowQueryCriteria: &tablestore.RangeRowQueryCriteria{
		TableName: r.Index.Name, MaxVersion: 1, Limit: int32(r.Limit), Direction: tablestore.FORWARD,
		StartPrimaryKey: low, EndPrimaryKey: high,
		ColumnsToGet: slices.Concat(r.Index.Strings, r.Index.Integers),
	}}
}

func indexKey(r IndexRange) *tablestore.PrimaryKey {
	k := &tablestore.PrimaryKey{}
	k.AddPrimaryKeyColumn(r.Index.Partition, r.Partition)
	return k
}

func indexPage(r IndexRange, response *tablestore.GetRangeResponse) (rows []Row, next Cursor) {
	for _, row := range response.Rows {
		rows = append(rows, Row{Key: placeOf(r.Index.Table, row.PrimaryKey).Key, Columns: columns(row.Columns)})
	}
	if response.NextStartPrimaryKey != nil {
		next = placeOf(r.Index.Table, response.NextStartPrimaryKey)
	}
	return rows, next
}

// placeOf returns the cursor of an index's key: the index's two columns and then the
// table's two.
func placeOf(t Table, pk *tablestore.PrimaryKey) Cursor {
	k := pk.PrimaryKeys
	return Cursor{Sort: k[1].Value.(int64), Key: Key{t, k[2].Value.(string), k[3].Value.(string)}}
}

// EnsureIndexes creates the indexes that do not exist yet, on existing tables, and
// enters the existing rows. It is for set-up tools, not for functions.
func (s *Store) EnsureIndexes(ctx context.Context, indexes ...Index) error {
	for _, i := range indexes {
		err := s.call(ctx, s.writes, func(c *tablestore.TableStoreClient) error { return ensureIndex(c, i) })
		if err != nil {
			return fmt.Errorf("create index %s of table %s: %w", i.Name, i.Table.Name, err)
		}
	}
	return nil
}

// ensureIndex defines the missing columns first, then the index.
func ensureIndex(c *tablestore.TableStoreClient, i Index) error {
	d, err := c.DescribeTable(&tablestore.DescribeTableRequest{TableName: i.Table.Name})
	if err != nil {
		return err
	}

	if slices.ContainsFunc(d.IndexMetas, func(m *tablestore.IndexMeta) bool { return m.IndexName == i.Name }) {
		return nil
	}

	request := &tablestore.AddDefinedColumnRequest{TableName: i.Table.Name}
	i.define(func(name string, kind tablestore.DefinedColumnType) {
		defined := func(s *tablestore.DefinedColumnSchema) bool { return s.Name == name }
		if !slices.ContainsFunc(d.TableMeta.DefinedColumns, defined) {
			request.AddDefinedColumn(name, kind)
		}
	})
	if len(request.DefinedColumns) > 0 {
		if _, err := c.AddDefinedColumn(request); err != nil {
			return err
		}
	}

	_, err = c.CreateIndex(&tablestore.CreateIndexRequest{MainTableName: i.Table.Name, IndexMeta: i.meta(), IncludeBaseData: true})
	return err
}

// define names the index's columns with their types.
func (i Index) define(add func(name string, kind tablestore.DefinedColumnType)) {
	for _, name := range append([]string{i.Partition}, i.Strings...) {
		add(name, tablestore.DefinedColumn_STRING)
	}
	for _, name := range append([]string{i.Sort}, i.Integers...) {
		add(name, tablestore.DefinedColumn_INTEGER)
	}
}

func (i Index) meta() *tablestore.IndexMeta {
	meta := &tablestore.IndexMeta{IndexName: i.Name}
	meta.AddPrimaryKeyColumn(i.Partition)
	meta.AddPrimaryKeyColumn(i.Sort)
	for _, name := range slices.Concat(i.Strings, i.Integers) {
		meta.AddDefinedColumn(name)
	}
	return meta
}
