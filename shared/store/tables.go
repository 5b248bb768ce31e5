package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// EnsureTables makes the tables that do not exist yet. One that exists is left
// as it is. It is for set-up tools, not for functions.
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
