package tablestore

import (
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/limits"
	"aegis/shared/local/tablestore/internal/ots"
)

// maxTables is the number of tables and indexes an instance may have.
const maxTables = 64

// define runs a change of definitions alone in its commit, and publishes the
// catalog it returns before anything else is committed.
func (s *Server) define(change func(tx *engine.Tx, tables *catalog.Catalog) (*catalog.Catalog, error)) error {
	return s.engine.UpdateAlone(func(tx *engine.Tx) error {
		next, err := change(tx, s.catalog.Load())
		if err != nil {
			return err
		}
		tx.AfterCommit(func() { s.catalog.Store(next) })
		return nil
	})
}

func (c *request) createTable(r *otsprotocol.CreateTableRequest) (proto.Message, error) {
	t, err := c.newTable(r)
	if err != nil {
		return nil, err
	}

	err = c.define(func(tx *engine.Tx, tables *catalog.Catalog) (*catalog.Catalog, error) {
		if tables.Exists(c.instance, t.Name) {
			return nil, ots.Errorf(ots.ObjectAlreadyExist, "Requested table already exists.")
		}

		t.ID = engine.Bucket(tx.NextSequence(engine.Catalog))
		tx.Create(t.ID)
		made := []*catalog.Table{t}
		for _, meta := range indexesOf(r) {
			index, err := c.addIndex(tx, tables.With(made...), t, meta)
			if err != nil {
				return nil, err
			}
			made = append(made, index)
		}

		return c.admit(tx, tables, made)
	})

	return &otsprotocol.CreateTableResponse{}, err
}

// indexesOf are the indexes to make with a table; SDKs differ in where they
// put them.
func indexesOf(r *otsprotocol.CreateTableRequest) []*otsprotocol.IndexMeta {
	return append(slices.Clone(r.IndexMetas), r.TableMeta.IndexMeta...)
}

// admit stages new definitions if the instance has room for them.
func (c *request) admit(tx *engine.Tx, tables *catalog.Catalog, made []*catalog.Table) (*catalog.Catalog, error) {
	if tables.Count(c.instance)+len(made) > maxTables {
		return nil, ots.Errorf(ots.QuotaExhausted, "Number of tables exceeds the quota:%d.", maxTables)
	}
	for _, t := range made {
		if err := catalog.Save(tx, t); err != nil {
			return nil, err
		}
	}
	return tables.With(made...), nil
}

func (c *request) listTable(*otsprotocol.ListTableRequest) (proto.Message, error) {
	return &otsprotocol.ListTableResponse{TableNames: c.catalog.Load().Names(c.instance)}, nil
}

func (c *request) describeTable(r *otsprotocol.DescribeTableRequest) (proto.Message, error) {
	t, err := c.findTable(r.GetTableName())
	if err != nil {
		return nil, err
	}
	return describe(t), nil
}

func (c *request) updateTable(r *otsprotocol.UpdateTableRequest) (proto.Message, error) {
	if r.ReservedThroughput == nil && r.TableOptions == nil && r.StreamSpec == nil {
		return nil, ots.Invalid("Neither reserved throughput nor table options are specified in UpdateTable.")
	}

	var updated *catalog.Table
	err := c.redefine(r.GetTableName(), func(t *catalog.Table) error {
		updated = t
		return c.changeSettings(t, r)
	})
	if err != nil {
		return nil, err
	}

	return &otsprotocol.UpdateTableResponse{
		ReservedThroughputDetails: wireThroughput(updated.Throughput),
		TableOptions:              wireOptions(updated.Options),
		StreamDetails:             wireStream(updated),
	}, nil
}

// deleteTable removes a table with its indexes.
func (c *request) deleteTable(r *otsprotocol.DeleteTableRequest) (proto.Message, error) {
	err := c.define(func(tx *engine.Tx, tables *catalog.Catalog) (*catalog.Catalog, error) {
		t, err := c.findBase(tables, r.GetTableName())
		if err != nil {
			return nil, err
		}

		gone := append(t.IndexTables(), t)
		for _, d := range gone {
			tx.Drop(d.ID)
			catalog.Remove(tx, d)
		}

		tx.AfterCommit(func() { c.transactions.endTable(t.ID) })
		return tables.Without(gone...), nil
	})
	return &otsprotocol.DeleteTableResponse{}, err
}

// findTable is the table of that name, whose spelling is checked first.
func (c *request) findTable(name string) (*catalog.Table, error) {
	return c.findIn(c.catalog.Load(), name)
}

func (c *request) findIn(tables *catalog.Catalog, name string) (*catalog.Table, error) {
	if err := limits.TableName(name); err != nil {
		return nil, err
	}
	return tables.Find(c.instance, name)
}
