package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// figure is one measurement. Compared with its floor of the same run it says how much
// of a cost is ours: the absolute value is that of the machine and its neighbours.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Floor string  `json:"floor,omitempty"` // what Of is
	Of    float64 `json:"of,omitempty"`
	Goal  string  `json:"goal,omitempty"`
}

// report prints figures as they come and keeps them for -json and -compare.
type report struct {
	out     io.Writer
	before  map[string]figure // of the run to compare with
	Figures []figure          `json:"figures"`
}

// openReport reads the figures of an earlier run, if a file of it is named.
func openReport(out io.Writer, compare string) (*report, error) {
	r := &report{out: out, before: make(map[string]figure)}
	if compare == "" {
		return r, nil
	}

	text, err := os.ReadFile(compare)
	if err != nil {
		return nil, fmt.Errorf("read the run to compare with: %w", err)
	}
	var old report
	if err := json.Unmarshal(text, &old); err != nil {
		return nil, fmt.Errorf("read the run to compare with: %s: %w", compare, err)
	}
	for _, f := range old.Figures {
		r.before[f.Name] = f
	}
	return r, nil
}

func (r *report) add(f figure) {
	r.Figures = append(r.Figures, f)
	fmt.Fprintf(r.out, "%-46s %9s %-4s", f.Name, short(f.Value), f.Unit)
	if f.Of != 0 {
		fmt.Fprintf(r.out, "  %.2f × %s (%s)", f.Value/f.Of, f.Floor, short(f.Of))
	}
	if f.Goal != "" {
		fmt.Fprintf(r.out, "  goal %s", f.Goal)
	}
	if old, ok := r.before[f.Name]; ok && old.Value != 0 {
		fmt.Fprintf(r.out, "  %s", change(f, old))
	}

	fmt.Fprintln(r.out)
}

// change compares ratios to the floor where there is one, since both runs met other
// neighbours.
func change(f, old figure) string {
	if f.Of != 0 && old.Of != 0 {
		return fmt.Sprintf("[ratio was %.2f: × %.2f]", old.Value/old.Of, f.Value/f.Of/(old.Value/old.Of))
	}
	return fmt.Sprintf("[was %s: × %.2f]", short(old.Value), f.Value/old.Value)
}

// skip reports what could not be measured here, and why.
func (r *report) skip(name string, why error) {
	fmt.Fprintf(r.out, "%-46s   skipped: %v\n", name, why)
}

func (r *report) title(name string) { fmt.Fprintf(r.out, "\n%s\n", name) }

func (r *report) writeJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// short writes three significant digits, and whole numbers above a hundred.
func short(v float64) string {
	switch {
	case v >= 100 || v == float64(int(v)):
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
