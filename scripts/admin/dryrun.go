package main

import (
	"context"
	"fmt"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/shared/store"
)

// dryRun is a store that prints what would be written and writes nothing. Conditions
// hold as they do for a real write, so that what would be refused is refused.
type dryRun struct {
	*store.Store
	print cli.Printer
}

// Commit prints the changes.
func (d dryRun) Commit(ctx context.Context, changes ...store.Change) error {
	for _, c := range changes {
		rows, err := d.Read(ctx, c.Key)
		if err != nil {
			return err
		}
		if !holds(c, rows[0]) {
			return store.ErrCondition
		}
	}
	for _, c := range changes {
		d.print.Say([]cli.Field{
			{Name: "would", Value: verb(c.Kind)}, {Name: "table", Value: c.Key.Table.Name},
			{Name: "row", Value: []string{c.Key.Partition, c.Key.Sort}}, {Name: "columns", Value: written(c)},
		}, "would %s %s %s %s: %s", verb(c.Kind), c.Key.Table.Name, c.Key.Partition, c.Key.Sort, strings.Join(written(c), " "))
	}
	return nil
}

// holds reports whether a row meets the condition of a change.
func holds(c store.Change, row store.Row) bool {
	switch c.Kind {
	case store.Inserted:
		return !row.Exists()
	case store.Updated:
		return row.Exists() && row.Int(c.Column) == c.Equals
	}
	return row.Exists()
}

func verb(k store.Kind) string {
	switch k {
	case store.Inserted:
		return "insert"
	case store.Updated:
		return "update"
	}
	return "delete"
}

// written lists the columns of a change as name=value. What is sealed stays so.
func written(change store.Change) []string {
	list := []string{}
	for _, c := range change.Columns {
		value := c.Value()
		if bytes, ok := value.([]byte); ok {
			value = fmt.Sprintf("(%d bytes)", len(bytes))
		}
		switch {
		case !c.IsNone():
			list = append(list, fmt.Sprintf("%s=%v", c.Name, value))
		case change.Kind == store.Updated:
			list = append(list, c.Name+" removed")
		}
	}
	return list
}
