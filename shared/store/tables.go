package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// EnsureTables creates the tables that do not exist yet and leaves existing ones
// unchanged. It is for set-up tools, not for functions.
func (s *Store) EnsureTables(ctx context.Context, tables ...Table) error {
	for _, t := range tables {
		err := s.call(ctx, s.writes, func(c *tablestore.TableStoreClient) error {
			_, err := c.CreateTable(createRequest(t))
			return err
		})
		var ots *tablestore.OtsError
		if errors.As(err, &ots) && ots.Code == "OTSObjectAlreadyExist" {
			continue
		}
		if err != nil {
			return fmt.Errorf("create table %s: %w", t.Name, err)
		}
	}

	return nil
}

func createRequest(t Table) *tablestore.CreateTableRequest {
	meta := &tablestore.TableMeta{TableName: t.Name}
	meta.AddPrimaryKeyColumn(t.Partition, tablestore.PrimaryKeyType_STRING)
	if t.Sort != "" {
		meta.AddPrimaryKeyColumn(t.Sort, tablestore.PrimaryKeyType_STRING)
	}

	option := &tablestore.TableOption{TimeToAlive: -1, MaxVersion: 1}
	if t.TTLSeconds > 0 {
		option.TimeToAlive = t.TTLSeconds
	}

	return &tablestore.CreateTableRequest{TableMeta: meta, TableOption: option, ReservedThroughput: &tablestore.ReservedThroughput{}}
}

// Scan reads one page of a whole table, at most limit rows, in key order. start is the
// zero Key for the first page; next is the zero Key after the last page. It is for
// tools, not for functions.
func (s *Store) Scan(ctx context.Context, t Table, start Key, limit int) (rows []Row, next Key, err error) {
	err = s.call(ctx, s.reads, func(c *tablestore.TableStoreClient) error {
		response, err := c.GetRange(scanRequest(t, start, limit))
		if err != nil {
			return err
		}
		rows, next = nil, Key{}
		for _, row := range response.Rows {
			rows = append(rows, Row{Key: keyOf(t, row.PrimaryKey), Columns: columns(row.Columns)})
		}
		if response.NextStartPrimaryKey != nil {
			next = keyOf(t, response.NextStartPrimaryKey)
		}
		return nil
	})
	if err != nil {
		return nil, Key{}, asRead("scan table "+t.Name, err)
	}

	return rows, next, nil
}

func scanRequest(t Table, start Key, limit int) *tablestore.GetRangeRequest {
	low := &tablestore.PrimaryKey{}
	high := &tablestore.PrimaryKey{}
	for _, name := range []string{t.Partition, t.Sort} {
		if name == "" {
			continue
		}
		low.AddPrimaryKeyColumnWithMinValue(name)
		high.AddPrimaryKeyColumnWithMaxValue(name)
	}

	if start.Table.Name != "" {
		low = primaryKey(start)
	}
	return &tablestore.GetRangeRequest{RangeRowQueryCriteria: &tablestore.RangeRowQueryCriteria{
		TableName: t.Name, MaxVersion: 1, Limit: int32(limit), Direction: tablestore.FORWARD, StartPrimaryKey: low, EndPrimaryKey: high,
	}}
}

func keyOf(t Table, pk *tablestore.PrimaryKey) Key {
	k := Key{Table: t, Partition: pk.PrimaryKeys[0].Value.(string)}
	if t.Sort != "" {
		k.Sort = pk.PrimaryKeys[1].Value.(string)
	}
	return k
}
