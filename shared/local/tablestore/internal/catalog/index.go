package catalog

import (
	"slices"

	"aegis/shared/local/tablestore/internal/limits"
	"aegis/shared/local/tablestore/internal/ots"
	"aegis/shared/local/tablestore/internal/plainbuffer"
	"aegis/shared/local/tablestore/internal/rows"
)

const (
	maxIndexes      = 5
	maxIndexKeys    = 4  // columns named as the index's key
	maxIndexColumns = 32 // attribute columns an index carries
)

// AddIndex adds an index to the definition and returns it as a table, or says
// why the table cannot have it. The index's key is completed with the table's
// own key columns.
func (t *Table) AddIndex(ix Index) (*Table, error) {
	if err := t.checkIndex(ix); err != nil {
		return nil, err
	}

	ix.Named = len(ix.Keys)
	for _, k := range t.Keys {
		if !slices.Contains(ix.Keys, k.Name) {
			ix.Keys = append(ix.Keys, k.Name)
		}
	}

	t.Indexes = append(slices.Clone(t.Indexes), ix)
	return t.IndexTable(ix), t.CheckIndexable()
}

// CheckShape refuses what no table could have: it needs no table and is checked
// before one is looked up.
func (ix *Index) CheckShape() error {
	if err := limits.TableName(ix.Name); err != nil {
		return err
	}

	switch {
	case len(ix.Keys) < 1 || len(ix.Keys) > maxIndexKeys:
		return ots.Invalid("The number of primary key columns must be in range: [1, %d] in index.", maxIndexKeys)
	case len(ix.Columns) > maxIndexColumns:
		return ots.Invalid("The number of attribute columns must be in range: [0, %d] in index.", maxIndexColumns)
	}

	return nil
}

func (t *Table) checkIndex(ix Index) error {
	if err := ix.CheckShape(); err != nil {
		return err
	}

	switch {
	case len(t.Indexes) >= maxIndexes:
		return ots.Invalid("Number of index per table exceeds the quota:%d.", maxIndexes)
	case ix.Local && ix.Keys[0] != t.Keys[0].Name:
		return ots.Invalid("The first column of a local index must be the partition key: '%s'.", t.Keys[0].Name)
	}

	if err := t.checkIndexKeys(ix.Keys); err != nil {
		return err
	}
	return t.checkIndexColumns(ix)
}

func (t *Table) checkIndexKeys(keys []string) error {
	for i, name := range keys {
		kind, found := t.KindOf(name)
		if !found || kind == plainbuffer.Double || kind == plainbuffer.Boolean {
			return ots.Invalid("Index column: '%s' must be a primary key column or a defined column of type INTEGER, STRING or BINARY.", name)
		}
		if slices.Contains(keys[:i], name) {
			return ots.Invalid("Duplicated column name: '%s'.", name)
		}
	}

	if i := slices.IndexFunc(t.Keys, func(k KeyColumn) bool { return k.AutoIncrement }); i >= 0 && t.Keys[i].Name == keys[0] {
		return ots.Invalid("The first index column can not be an AUTO_INCREMENT column: '%s'.", keys[0])
	}
	return nil
}

func (t *Table) checkIndexColumns(ix Index) error {
	for i, name := range ix.Columns {
		if _, found := t.KindOf(name); !found || t.IsKey(name) {
			return ots.Invalid("Attribute column: '%s' of an index must be a defined column.", name)
		}
		if slices.Contains(ix.Columns[:i], name) || slices.Contains(ix.Keys, name) {
			return ots.Invalid("Duplicated column name: '%s'.", name)
		}
	}
	return nil
}

// CheckIndexable refuses settings that a table with indexes cannot have: an
// index holds one version of a row, and expires only with the whole row.
func (t *Table) CheckIndexable() error {
	if len(t.Indexes) > 0 && t.Options.MaxVersions != 1 {
		return ots.Invalid("A table with indexes must have max_versions 1.")
	}
	if len(t.Indexes) > 0 && t.Options.TimeToLive != -1 && t.Options.AllowUpdate {
		return ots.Invalid("A table with indexes and a time to live must not allow updates.")
	}
	return nil
}

// IndexTable is the index as a table of its own, for reading.
func (t *Table) IndexTable(ix Index) *Table {
	table := &Table{ID: ix.ID, Instance: t.Instance, Name: ix.Name, Base: t.Name, Options: t.Options}
	for _, name := range ix.Keys {
		kind, _ := t.KindOf(name)
		table.Keys = append(table.Keys, KeyColumn{Name: name, Kind: kind})
	}

	for _, name := range ix.Columns {
		kind, _ := t.KindOf(name)
		table.Defined = append(table.Defined, DefinedColumn{Name: name, Kind: kind})
	}

	return table
}

// IndexTables are the table's indexes, each as a table.
func (t *Table) IndexTables() []*Table {
	tables := make([]*Table, len(t.Indexes))
	for i, ix := range t.Indexes {
		tables[i] = t.IndexTable(ix)
	}
	return tables
}

// Entry is the index's row for a row of the table: its encoded key and the
// columns it carries. A row without one of the key's columns has no entry, nor
// has one that holds another type there, from before the column was defined.
func (t *Table) Entry(ix *Index, key []plainbuffer.Cell, row *rows.Row) (place []byte, entry *rows.Row, err error) {
	if row == nil {
		return nil, nil, nil
	}

	cells := make([]plainbuffer.Cell, len(ix.Keys))
	for i, name := range ix.Keys {
		value, found := t.valueOf(name, key, row)
		if !found {
			return nil, nil, nil
		}
		cells[i] = plainbuffer.Cell{Name: name, Value: value, HasValue: true}
	}

	if place, err = EncodeKey(cells); err != nil {
		return nil, nil, err
	}
	entry = &rows.Row{Touched: row.Touched}
	for _, name := range ix.Columns {
		if c := row.Column(name); c != nil {
			entry.Set(name, c.Versions[0])
		}
	}

	return place, entry, nil
}

func (t *Table) valueOf(name string, key []plainbuffer.Cell, row *rows.Row) (plainbuffer.Value, bool) {
	for i := range t.Keys {
		if t.Keys[i].Name == name {
			return key[i].Value, true
		}
	}
	kind, defined := t.KindOf(name)
	v, found := row.Newest(name)
	return v.Value, found && defined && v.Value.Kind == kind
}

// CheckIndexedValues refuses a row whose indexed columns are too long to be
// part of a key.
func (t *Table) CheckIndexedValues(row *rows.Row) error {
	for i := range t.Indexes {
		for _, name := range t.Indexes[i].Keys {
			v, found := row.Newest(name)
			if n := len(v.Value.Bytes); found && n > maxKeyLength {
				return ots.Invalid("The length of index column: '%s' exceeds the MaxLength:%d with CurrentLength:%d.", name, maxKeyLength, n)
			}
		}
	}
	return nil
}
