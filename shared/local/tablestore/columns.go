package tablestore

import (
	"slices"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
)

// addDefinedColumn fixes the types of more columns. Rows written before keep
// whatever they hold.
func (c *request) addDefinedColumn(r *otsprotocol.AddDefinedColumnRequest) (proto.Message, error) {
	err := c.redefine(r.GetTableName(), func(t *catalog.Table) error {
		t.Defined = slices.Clone(t.Defined)
		return addDefined(t, r.Columns)
	})
	return &otsprotocol.AddDefinedColumnResponse{}, err
}

func (c *request) deleteDefinedColumn(r *otsprotocol.DeleteDefinedColumnRequest) (proto.Message, error) {
	err := c.redefine(r.GetTableName(), func(t *catalog.Table) error {
		for _, name := range r.Columns {
			if err := undefine(t, name); err != nil {
				return err
			}
		}
		return nil
	})
	return &otsprotocol.DeleteDefinedColumnResponse{}, err
}

func undefine(t *catalog.Table, name string) error {
	for _, ix := range t.Indexes {
		if slices.Contains(ix.Keys, name) || slices.Contains(ix.Columns, name) {
			return ots.Invalid("Defined column: '%s' is used by index: '%s'.", name, ix.Name)
		}
	}

	i := slices.IndexFunc(t.Defined, func(d catalog.DefinedColumn) bool { return d.Name == name })
	if i < 0 {
		return ots.Invalid("Defined column: '%s' does not exist.", name)
	}

	t.Defined = slices.Delete(slices.Clone(t.Defined), i, i+1)
	return nil
}

// redefine changes a copy of a table's definition and puts it, and those of
// its indexes, in force.
func (c *request) redefine(name string, change func(*catalog.Table) error) error {
	return c.define(func(tx *engine.Tx, tables *catalog.Catalog) (*catalog.Catalog, error) {
		t, err := c.findBase(tables, name)
		if err != nil {
			return nil, err
		}

		updated := *t
		if err := change(&updated); err != nil {
			return nil, err
		}

		defined := append(updated.IndexTables(), &updated)
		for _, d := range defined {
			if err := catalog.Save(tx, d); err != nil {
				return nil, err
			}
		}

		return tables.With(defined...), nil
	})
}
