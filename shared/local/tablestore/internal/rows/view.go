package rows

import (
	"slices"

	"aegis/shared/local/tablestore/internal/plainbuffer"
)

// Selection says which cells of a row a reader wants. The zero value selects
// every version of every column.
type Selection struct {
	Columns     []string // names wanted, key columns among them; none: all
	StartColumn string   // first name wanted, inclusive; "": from the first
	EndColumn   string   // end of the names wanted, exclusive; "": to the last
	MaxVersions int      // newest versions wanted of each column; 0: all
	From, Until int64    // instants wanted (ms), [From, Until); Until 0: no bound
	Offset      int      // columns to leave out before the first
	Limit       int      // columns wanted after that; 0: all
}

// Cells are the selected cells of the row, by name ascending and newest first.
func (s *Selection) Cells(row *Row) []plainbuffer.Cell {
	cells := make([]plainbuffer.Cell, 0, len(row.Columns))
	seen := 0
	for i := range row.Columns {
		column := &row.Columns[i]
		if !s.wants(column.Name) {
			continue
		}
		before := len(cells)
		cells = s.versions(cells, column)
		if len(cells) == before {
			continue
		}
		if seen++; seen <= s.Offset {
			cells = cells[:before]
		} else if s.Limit > 0 && seen == s.Offset+s.Limit {
			break
		}
	}

	return cells
}

func (s *Selection) wants(name string) bool {
	if s.StartColumn != "" && name < s.StartColumn || s.EndColumn != "" && name >= s.EndColumn {
		return false
	}
	return len(s.Columns) == 0 || slices.Contains(s.Columns, name)
}

func (s *Selection) versions(cells []plainbuffer.Cell, column *Column) []plainbuffer.Cell {
	taken := 0
	for _, v := range column.Versions {
		if s.MaxVersions > 0 && taken == s.MaxVersions {
			break
		}
		if v.Time < s.From || s.Until > 0 && v.Time >= s.Until {
			continue
		}
		taken++
		cells = append(cells, plainbuffer.Cell{
			Name: column.Name, Value: v.Value, HasValue: true, Time: v.Time, HasTime: true,
		})
	}

	return cells
}
