package main

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
)

// masked passes on whole lines without secrets. Serverless Devs prints a function's
// variables where they differ, old values and new ones.
type masked struct {
	out     io.Writer
	replace *strings.Replacer
	named   *regexp.Regexp // a secret's name and what follows it
	rest    []byte         // of a line that has not ended
}

const hidden = "********"

// mask returns a writer that hides every secret of the deployment: its value wherever it
// stands, and whatever stands behind its name.
func (d *deployment) mask() *masked {
	var pairs, names []string
	for _, v := range slices.Concat(table(), settingValues()) {
		if !v.secret {
			continue
		}
		names = append(names, regexp.QuoteMeta(v.name))
		for part := range strings.SplitSeq(d.values.get(v.name), ",") {
			if part = strings.TrimSpace(part); len(part) > 3 {
				pairs = append(pairs, part, hidden)
			}
		}
	}
	return &masked{
		out: d.out, replace: strings.NewReplacer(pairs...),
		named: regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)(["']?\s*[:=]\s*)\S.*`),
	}
}

// Write passes on the lines that have ended.
func (m *masked) Write(p []byte) (int, error) {
	m.rest = append(m.rest, p...)
	end := bytes.LastIndexByte(m.rest, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	lines := m.rest[:end]
	m.rest = slices.Clone(m.rest[end:])
	return len(p), m.pass(lines)
}

// Close passes on a line that did not end.
func (m *masked) Close() error { return m.pass(m.rest) }

func (m *masked) pass(lines []byte) error {
	_, err := io.WriteString(m.out, m.named.ReplaceAllString(m.replace.Replace(string(lines)), "$1$2"+hidden))
	return err
}
