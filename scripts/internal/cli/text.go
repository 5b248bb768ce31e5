package cli

import (
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
)

// Clean writes what a terminal would act on instead of show (escape sequences, line
// breaks, invisible direction marks) as Go writes it in a string: \x1b, \n, \u202e.
func Clean(text string) string {
	return cleaned(text, "")
}

// CleanLines is Clean for text of several lines: line breaks and tabs stay.
func CleanLines(text string) string {
	return cleaned(text, "\n\t")
}

func cleaned(text, kept string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) || strings.ContainsRune(kept, r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}

	return b.String()
}

// IsTerminal reports whether people see what is written to w at once.
func IsTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
