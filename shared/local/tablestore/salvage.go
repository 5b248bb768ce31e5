package tablestore

import (
	"errors"
	"fmt"

	"aegis/shared/local/tablestore/internal/catalog"
	"aegis/shared/local/tablestore/internal/engine"
)

// Verified is what a data folder that is whole holds.
type Verified struct {
	Path   string // of the data file
	Commit uint64 // number of the newest commit
	Tables int    // indexes included
	Rows   uint64 // those of indexes and definitions included
}

// Verify reads the whole data file of a folder that no process uses, and changes
// nothing. Its error is one line: the file, what is wrong, what to do.
func Verify(dir string) (Verified, error) {
	r, err := engine.Verify(dir)
	if err != nil {
		return Verified{}, err
	}
	return Verified{Path: r.Path, Commit: r.Commit, Tables: r.Buckets - 1, Rows: r.Rows}, nil
}

// Salvaged is what Salvage kept, and what it did not.
type Salvaged struct {
	Commit uint64          // the commit whose rows were kept
	Tables []SalvagedTable // by name
	Damage []string        // what was left out, a line each
}

// SalvagedTable is what was kept of one table.
type SalvagedTable struct {
	Name  string // instance/table
	Rows  uint64
	State string // for people: whole, or what is missing
}

// Salvage copies what is whole of a damaged data folder, which is only read,
// into a new one. Indexes are made again from their tables, so that they agree
// with them.
func Salvage(dir, to string) (*Salvaged, error) {
	kept, err := engine.Salvage(dir, to)
	if err != nil {
		return nil, err
	}

	store, err := engine.Open(to)
	if err != nil {
		return nil, fmt.Errorf("open what was salvaged: %w", err)
	}

	tables, err := repair(store)
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, fmt.Errorf("make the indexes again: %w", err)
	}

	return report(kept, tables), nil
}

// repair makes every bucket that a definition names, and every index again.
func repair(store *engine.Engine) (tables *catalog.Catalog, err error) {
	err = store.UpdateAlone(func(tx *engine.Tx) error {
		if tables, err = catalog.Load(tx); err != nil {
			return err
		}

		for _, t := range tables.All() {
			if t.IsIndex() {
				continue
			}
			tx.Create(t.ID)
			if err := repairIndexes(tx, t); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}

		return nil
	})
	return tables, err
}

func repairIndexes(tx *engine.Tx, t *catalog.Table) error {
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		tx.Create(ix.ID)
		for place := range tx.Range(ix.ID, nil, nil, false) {
			tx.Delete(ix.ID, append([]byte(nil), place...))
		}
		if err := fillIndex(tx, t, ix); err != nil {
			return err
		}
		if err := catalog.Save(tx, t.IndexTable(*ix)); err != nil {
			return err
		}
	}
	return nil
}

func report(kept *engine.Salvaged, tables *catalog.Catalog) *Salvaged {
	names := map[engine.Bucket]string{engine.Catalog: "definitions of tables"}
	indexes := map[engine.Bucket]bool{}
	for _, t := range tables.All() {
		names[t.ID], indexes[t.ID] = t.Instance+"/"+t.Name, t.IsIndex()
	}

	result := &Salvaged{Commit: kept.Commit, Damage: kept.Damage}
	for _, b := range kept.Buckets {
		name, known := names[b.Bucket]
		if !known {
			name = fmt.Sprintf("bucket %d, whose table's definition is lost", b.Bucket)
		}
		result.Tables = append(result.Tables, SalvagedTable{Name: name, Rows: b.Rows, State: state(b, indexes[b.Bucket])})
	}
	return result
}

func state(b engine.SalvagedBucket, isIndex bool) string {
	switch {
	case b.Whole:
		return "whole"
	case isIndex:
		return "made again from its table"
	case !b.Known:
		return "what was committed is not known"
	case b.Lost > 0:
		return fmt.Sprintf("rows lost: %d", b.Lost)
	}
	return "some rows are not those that were committed last"
}
