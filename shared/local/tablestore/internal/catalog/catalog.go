package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"aegis/shared/local/tablestore/internal/checksum"
	"aegis/shared/local/tablestore/internal/engine"
	"aegis/shared/local/tablestore/internal/ots"
)

// Catalog is a snapshot of every table and index of every instance. It is
// never changed: With and Without make new ones.
type Catalog struct {
	tables map[name]*Table
}

type name struct{ instance, table string }

// Load reads the catalog from the store.
func Load(tx *engine.Tx) (*Catalog, error) {
	c := &Catalog{tables: make(map[name]*Table)}
	for key, stored := range tx.Range(engine.Catalog, nil, nil, false) {
		definition, err := checksum.Check(key, stored)
		if err != nil {
			return nil, fmt.Errorf("read the definition of table %q: %w", key, err)
		}
		t := new(Table)
		if err := json.Unmarshal(definition, t); err != nil {
			return nil, fmt.Errorf("read the definition of table %q: %w", key, err)
		}
		c.tables[name{t.Instance, t.Name}] = t
	}

	return c, nil
}

// Save stages the table's definition.
func Save(tx *engine.Tx, t *Table) error {
	definition, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("write the definition of table %s: %w", t.Name, err)
	}
	key := storeKey(t)
	tx.Put(engine.Catalog, key, checksum.Stamp(key, append(make([]byte, checksum.Size), definition...)))
	return nil
}

// Remove stages the removal of the table's definition.
func Remove(tx *engine.Tx, t *Table) { tx.Delete(engine.Catalog, storeKey(t)) }

func storeKey(t *Table) []byte { return []byte(t.Instance + "\x00" + t.Name) }

// With is the catalog with the tables added or replaced.
func (c *Catalog) With(tables ...*Table) *Catalog {
	next := &Catalog{tables: maps.Clone(c.tables)}
	for _, t := range tables {
		next.tables[name{t.Instance, t.Name}] = t
	}
	return next
}

// Without is the catalog with the tables removed.
func (c *Catalog) Without(tables ...*Table) *Catalog {
	next := &Catalog{tables: maps.Clone(c.tables)}
	for _, t := range tables {
		delete(next.tables, name{t.Instance, t.Name})
	}
	return next
}

// Find is the table or index, or OTSObjectNotExist.
func (c *Catalog) Find(instance, table string) (*Table, error) {
	if t := c.tables[name{instance, table}]; t != nil {
		return t, nil
	}
	return nil, ots.Errorf(ots.ObjectNotExist, "Requested table does not exist.")
}

// Current is the definition in force of a table found earlier: it may have
// been updated since, or dropped, and then even created again.
func (c *Catalog) Current(t *Table) (*Table, error) {
	now, err := c.Find(t.Instance, t.Name)
	if err != nil {
		return nil, err
	}
	if now.ID != t.ID {
		return nil, ots.Errorf(ots.ObjectNotExist, "Requested table does not exist.")
	}
	return now, nil
}

// Exists reports whether the name is taken by a table or an index.
func (c *Catalog) Exists(instance, table string) bool {
	return c.tables[name{instance, table}] != nil
}

// All are the tables and indexes of every instance, by instance and name.
func (c *Catalog) All() []*Table {
	all := slices.Collect(maps.Values(c.tables))
	slices.SortFunc(all, func(a, b *Table) int {
		return cmp.Or(cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// Count is the number of an instance's tables and indexes.
func (c *Catalog) Count(instance string) int {
	count := 0
	for n := range c.tables {
		if n.instance == instance {
			count++
		}
	}
	return count
}

// Names are the names of an instance's tables, without indexes, ascending.
func (c *Catalog) Names(instance string) []string {
	names := make([]string, 0, len(c.tables))
	for n, t := range c.tables {
		if n.instance == instance && !t.IsIndex() {
			names = append(names, n.table)
		}
	}
	slices.Sort(names)
	return names
}
