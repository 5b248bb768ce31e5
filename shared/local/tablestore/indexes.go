package tablestore

import (
	"bytes"
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
	"aegis/shared/local/tablestore/internal/rows"
)

// createIndex adds an index to a table, filled with the rows that are there if
// asked for, in one commit.
func (c *request) createIndex(r *otsprotocol.CreateIndexRequest) (proto.Message, error) {
	asked := indexOf(r.IndexMeta)
	if err := asked.CheckShape(); err != nil {
		return nil, err
	}

	err := c.define(func(tx *engine.Tx, tables *catalog.Catalog) (*catalog.Catalog, error) {
		t, err := c.findBase(tables, r.GetMainTableName())
		if err != nil {
			return nil, err
		}

		updated := *t
		index, err := c.addIndex(tx, tables, &updated, r.IndexMeta)
		if err != nil {
			return nil, err
		}
		if r.GetIncludeBaseData() {
			if err := fillIndex(tx, &updated, &updated.Indexes[len(updated.Indexes)-1]); err != nil {
				return nil, err
			}
		}

		next, err := c.admit(tx, tables, []*catalog.Table{index})
		if err != nil {
			return nil, err
		}

		return next.With(&updated), catalog.Save(tx, &updated)
	})

	return &otsprotocol.CreateIndexResponse{}, err
}

// addIndex adds an index to the definition and stages its bucket.
func (c *request) addIndex(tx *engine.Tx, tables *catalog.Catalog, t *catalog.Table, meta *otsprotocol.IndexMeta) (*catalog.Table, error) {
	if tables.Exists(c.instance, meta.GetName()) || meta.GetName() == t.Name {
		return nil, ots.Errorf(ots.ObjectAlreadyExist, "Requested index already exists.")
	}

	asked := indexOf(meta)
	asked.ID = engine.Bucket(tx.NextSequence(engine.Catalog))
	index, err := t.AddIndex(asked)
	if err == nil {
		tx.Create(index.ID)
	}

	return index, err
}

func indexOf(meta *otsprotocol.IndexMeta) catalog.Index {
	return catalog.Index{
		Name:    meta.GetName(),
		Keys:    slices.Clone(meta.PrimaryKey),
		Columns: slices.Clone(meta.DefinedColumn),
		Sync:    meta.GetIndexUpdateMode() == otsprotocol.IndexUpdateMode_IUM_SYNC_INDEX,
		Local:   meta.GetIndexType() == otsprotocol.IndexType_IT_LOCAL_INDEX,
	}
}

// fillIndex stages the entries of the rows that are there.
func fillIndex(tx *engine.Tx, t *catalog.Table, ix *catalog.Index) error {
	for place, stored := range tx.Range(t.ID, nil, nil, false) {
		row, err := rows.Decode(place, stored)
		if err != nil {
			return err
		}
		key, err := t.DecodeKey(place)
		if err != nil {
			return err
		}
		if err := t.CheckIndexedValues(row); err != nil {
			return err
		}
		at, entry, err := t.Entry(ix, key, row)
		if err != nil {
			return err
		}
		if entry != nil {
			tx.Put(ix.ID, at, entry.Encode(at))
		}
	}
	return nil
}

func (c *request) dropIndex(r *otsprotocol.DropIndexRequest) (proto.Message, error) {
	err := c.define(func(tx *engine.Tx, tables *catalog.Catalog) (*catalog.Catalog, error) {
		t, err := c.findBase(tables, r.GetMainTableName())
		if err != nil {
			return nil, err
		}

		i := slices.IndexFunc(t.Indexes, func(ix catalog.Index) bool { return ix.Name == r.GetIndexName() })
		if i < 0 {
			return nil, ots.Errorf(ots.ObjectNotExist, "Requested index does not exist.")
		}

		index := t.IndexTable(t.Indexes[i])
		updated := *t
		updated.Indexes = slices.Delete(slices.Clone(t.Indexes), i, i+1)
		tx.Drop(index.ID)
		catalog.Remove(tx, index)
		return tables.Without(index).With(&updated), catalog.Save(tx, &updated)
	})
	return &otsprotocol.DropIndexResponse{}, err
}

// findBase is findIn for what only a table can do, not an index.
func (c *request) findBase(tables *catalog.Catalog, name string) (*catalog.Table, error) {
	t, err := c.findIn(tables, name)
	if err != nil {
		return nil, err
	}
	if t.IsIndex() {
		return nil, ots.Invalid("'%s' is an index of table '%s'.", t.Name, t.Base)
	}
	return t, nil
}

// reindex stages what a change of a row means for the table's indexes. Old is
// the row as stored, whether it has expired or not.
func reindex(tx *engine.Tx, t *catalog.Table, key []plainbuffer.Cell, old, new *rows.Row) error {
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		was, _, err := t.Entry(ix, key, old)
		if err != nil {
			return err
		}
		at, entry, err := t.Entry(ix, key, new)
		if err != nil {
			return err
		}
		if was != nil && !bytes.Equal(was, at) {
			tx.Delete(ix.ID, was)
		}
		if entry != nil {
			tx.Put(ix.ID, at, entry.Encode(at))
		}
	}
	return nil
}

func wireIndexes(t *catalog.Table) []*otsprotocol.IndexMeta {
	metas := make([]*otsprotocol.IndexMeta, 0, len(t.Indexes))
	for _, ix := range t.Indexes {
		meta := &otsprotocol.IndexMeta{
			Name: proto.String(ix.Name), PrimaryKey: ix.Keys[:ix.Named], DefinedColumn: ix.Columns,
			IndexUpdateMode: otsprotocol.IndexUpdateMode_IUM_ASYNC_INDEX.Enum(),
			IndexType:       otsprotocol.IndexType_IT_GLOBAL_INDEX.Enum(),
			IndexSyncPhase:  otsprotocol.IndexSyncPhase_ISP_INCR.Enum(),
		}
		if ix.Sync {
			meta.IndexUpdateMode = otsprotocol.IndexUpdateMode_IUM_SYNC_INDEX.Enum()
		}
		if ix.Local {
			meta.IndexType = otsprotocol.IndexType_IT_LOCAL_INDEX.Enum()
		}
		metas = append(metas, meta)
	}

	return metas
}
