package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// Format is how a command prints. Commands embed it.
type Format struct {
	JSON bool `name:"json" help:"Print JSON, one object a line."`
}

// Printer prints results: for people within Width columns and with nothing that a
// terminal would act on, or as JSON, one object a line.
type Printer struct {
	Out  io.Writer
	JSON bool
}

// Field is a named value of a result.
type Field struct {
	Name  string // such as "paid in", which is paidIn in JSON
	Value any
}

// Say prints a sentence; in JSON, the fields.
func (p Printer) Say(fields []Field, format string, args ...any) {
	if p.JSON {
		p.object(fields)
		return
	}
	fmt.Fprintln(p.Out, Clean(fmt.Sprintf(format, args...)))
}

// Fields prints one field a line; in JSON, one object.
func (p Printer) Fields(fields ...Field) {
	if p.JSON {
		p.object(fields)
		return
	}

	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, f := range fields {
		fmt.Fprintf(w, "%s\t%s\n", f.Name, Clean(show(f.Value)))
	}

	_ = w.Flush() // a buffer takes everything
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(p.Out, strings.TrimRight(line, " \n"))
	}
}

// Table prints rows of named values. Columns that do not fit into Width follow their
// row on lines of their own, so that nothing is cut. In JSON each row is an object.
func (p Printer) Table(names []string, rows [][]any) {
	if p.JSON {
		for _, row := range rows {
			p.object(pair(names, row))
		}
		return
	}

	t := newTable(names, rows)
	t.line(p.Out, t.heads())
	for _, row := range t.rows {
		t.line(p.Out, row)
		t.rest(p.Out, names, row)
	}
}

func pair(names []string, row []any) []Field {
	fields := make([]Field, len(names))
	for i, name := range names {
		fields[i] = Field{name, row[i]}
	}
	return fields
}

// object writes fields in their order, which a map would lose.
func (p Printer) object(fields []Field) {
	var line bytes.Buffer
	for i, f := range fields {
		value, err := json.Marshal(f.Value)
		if err != nil { // a value that JSON cannot have, such as an infinite number
			value, _ = json.Marshal(fmt.Sprint(f.Value))
		}
		fmt.Fprintf(&line, "%s%q:%s", separator(i), camel(f.Name), value)
	}
	fmt.Fprintf(p.Out, "{%s}\n", line.String())
}

func separator(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// camel writes a name as JSON has it: "paid in" is paidIn.
func camel(name string) string {
	words := strings.Fields(strings.ToLower(name))
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// show writes a value for people; what is not set is nothing.
func show(value any) string {
	if value == nil {
		return ""
	}
	if list, ok := value.([]string); ok {
		return strings.Join(list, " ")
	}
	return fmt.Sprint(value)
}

// table is rows as people see them.
type table struct {
	names  []string
	rows   [][]string
	widths []int // of the columns that fit side by side
}

func newTable(names []string, rows [][]any) *table {
	t := &table{names: names}
	widths := make([]int, len(names))
	for i, name := range names {
		widths[i] = utf8.RuneCountInString(name)
	}
	for _, row := range rows {
		var cells []string
		for i, value := range row {
			cells = append(cells, Clean(show(value)))
			widths[i] = max(widths[i], utf8.RuneCountInString(cells[i]))
		}
		t.rows = append(t.rows, cells)
	}

	for used := 0; len(t.widths) < len(widths); {
		width := widths[len(t.widths)]
		if used += width + 2; used-2 > Width && len(t.widths) > 0 {
			break
		}
		t.widths = append(t.widths, width)
	}
	return t
}

func (t *table) heads() []string {
	var heads []string
	for _, name := range t.names {
		heads = append(heads, strings.ToUpper(name))
	}
	return heads
}

// line prints the columns that fit.
func (t *table) line(out io.Writer, cells []string) {
	var line strings.Builder
	for i, width := range t.widths {
		line.WriteString(cells[i] + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(cells[i]))+2))
	}
	fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
}

// rest prints the columns that do not fit and are not empty.
func (t *table) rest(out io.Writer, names []string, cells []string) {
	const indent = "    "
	line := ""
	flush := func() {
		if line != "" {
			fmt.Fprintln(out, indent+line)
		}
		line = ""
	}

	for i := len(t.widths); i < len(cells); i++ {
		if cells[i] == "" {
			continue
		}
		for _, word := range strings.Fields(names[i] + ": " + cells[i] + ";") {
			if line != "" && utf8.RuneCountInString(indent+line+" "+word) > Width {
				flush()
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
	}

	line = strings.TrimSuffix(line, ";")
	flush()
}
