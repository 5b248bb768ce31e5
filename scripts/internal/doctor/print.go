package doctor

import (
	"fmt"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
)

// Show prints a result: one line, and one more for what to do; in JSON, one object.
func (r Result) Show(p cli.Printer) {
	fields := []cli.Field{
		{Name: "check", Value: r.Name}, {Name: "state", Value: r.State}, {Name: "assumption", Value: r.Assumption},
		{Name: "seen", Value: r.Seen}, {Name: "mend", Value: r.Mend}, {Name: "seconds", Value: r.Took.Round(time.Millisecond).Seconds()},
	}
	text := fmt.Sprintf("%-7s  %-9s  %s: %s", r.State, r.Name, r.Assumption, r.Seen)
	if r.State == Failed {
		text = fmt.Sprintf("%-7s  %-9s  assumed: %s; seen: %s", r.State, r.Name, r.Assumption, r.Seen)
	}
	p.Say(fields, "%s", text)
	if r.Mend != "" && !p.JSON {
		fmt.Fprintf(p.Out, "%s%s\n", strings.Repeat(" ", 20), cli.Clean("mend: "+r.Mend))
	}
}

// List prints what the checks are.
func List(p cli.Printer) {
	for _, c := range Checks() {
		fields := []cli.Field{{Name: "check", Value: c.Name}, {Name: "assumption", Value: c.Assumption}, {Name: "local", Value: c.Local}}
		where := ""
		if c.Local {
			where = " (also of a local stack)"
		}
		p.Say(fields, "%-9s  %s%s", c.Name, c.Assumption, where)
	}
}
