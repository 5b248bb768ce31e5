package cli

import (
	"fmt"
	"strings"
)

// DidYouMean returns ", did you mean X?" for the name that a word resembles most, or
// nothing if it resembles none of them, or is one.
func DidYouMean(word string, names []string) string {
	if name, ok := Closest(word, names); ok && name != word {
		return fmt.Sprintf(", did you mean %s?", name)
	}
	return ""
}

// Closest returns the name that a word resembles most: at most a third of it differs.
func Closest(word string, names []string) (closest string, ok bool) {
	best := max(1, len(word)/3) + 1
	for _, name := range names {
		if d := distance(strings.ToLower(word), strings.ToLower(name)); d < best {
			closest, best = name, d
		}
	}
	return closest, closest != ""
}

// distance is the number of letters to insert, delete or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}

	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}

	return row[len(b)]
}
