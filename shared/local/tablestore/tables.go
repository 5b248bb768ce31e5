package tablestore

import (
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
)

// maxTables is the number of tables an instance may have.
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

func (c *call) createTable(r *otsprotocol.CreateTableRequest) (proto.Message, error) {
	t, err := c.newTable(r)
	if err != nil {
		return nil, err
	}
	err = c.define(func(tx *engine.Tx, tables *catalog.Catalog) (*catalog.Catalog, error) {
		if tables.Exists(c.instance, t.Name) {
			return nil, ots.Errorf(ots.ObjectAlreadyExist, "Requested table already exists.")
		}
		if len(tables.Names(c.instance)) >= maxTables {
			return nil, ots.Errorf(ots.QuotaExhausted, "Number of tables exceeds the quota:%d.", maxTables)
		}
		t.ID = engine.Bucket(tx.NextSequence(engine.Catalog))
		tx.Create(t.ID)
		return tables.With(t), catalog.Save(tx, t)
	})
	return &otsprotocol.CreateTableResponse{}, err
}

func (c *call) listTable(*otsprotocol.ListTableRequest) (proto.Message, error) {
	return &otsprotocol.ListTableResponse{TableNames: c.catalog.Load().Names(c.instance)}, nil
}

func (c *call) describeTable(r *otsprotocol.DescribeTableRequest) (proto.Message, error) {
	t, err := c.findTable(r.GetTableName())
	if err != nil {
		return nil, err
	}
	return describe(t), nil
}

func (c *call) updateTable(r *otsprotocol.UpdateTableRequest) (proto.Message, error) {
	if r.StreamSpec.GetEnableStream() {
		return nil, noStreams()
	}
	if r.ReservedThroughput == nil && r.TableOptions == nil && r.StreamSpec == nil {
		return nil, ots.Invalid("Neither reserved throughput nor table options are specified in UpdateTable.")
	}
	var updated catalog.Table
	err := c.define(func(tx *engine.Tx, tables *catalog.Catalog) (*catalog.Catalog, error) {
		t, err := c.findIn(tables, r.GetTableName())
		if err != nil {
			return nil, err
		}
		updated = *t
		if err := c.changeSettings(&updated, r); err != nil {
			return nil, err
		}
		return tables.With(&updated), catalog.Save(tx, &updated)
	})
	if err != nil {
		return nil, err
	}
	return &otsprotocol.UpdateTableResponse{
		ReservedThroughputDetails: wireThroughput(updated.Throughput),
		TableOptions:              wireOptions(updated.Options),
		StreamDetails:             &otsprotocol.StreamDetails{EnableStream: proto.Bool(false)},
	}, nil
}

func (c *call) deleteTable(r *otsprotocol.DeleteTableRequest) (proto.Message, error) {
	err := c.define(func(tx *engine.Tx, tables *catalog.Catalog) (*catalog.Catalog, error) {
		t, err := c.findIn(tables, r.GetTableName())
		if err != nil {
			return nil, err
		}
		tx.Drop(t.ID)
		catalog.Remove(tx, t)
		return tables.Without(t), nil
	})
	return &otsprotocol.DeleteTableResponse{}, err
}

// findTable is the table of that name, whose spelling is checked first.
func (c *call) findTable(name string) (*catalog.Table, error) {
	return c.findIn(c.catalog.Load(), name)
}

func (c *call) findIn(tables *catalog.Catalog, name string) (*catalog.Table, error) {
	if err := catalog.CheckTableName(name); err != nil {
		return nil, err
	}
	return tables.Find(c.instance, name)
}
