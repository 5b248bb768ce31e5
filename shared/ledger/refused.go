package ledger

import (
	"slices"
	"strings"

	"aegis/shared/store"
)

// A refused token is on the list of its account, and has a row that says so. Both
// are written in one atomic batch, so for every token at every revision: it is on
// the list if and only if its row is there and is a refusal. See the package comment.
//
// maxRefused bounds the list: the oldest refusal gives way. Its token is then as if
// it had never been asked for.
const maxRefused = 64

// colRefusedAt marks a token's row that is a refusal and nothing else.
const colRefusedAt = "refused_at"

func isRefusal(row store.Row) bool { return row.HasInt(colRefusedAt) }

// refusedTokens reads the list of an account's row, oldest first.
func refusedTokens(row store.Row) []string {
	text := row.String(colRefused)
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n") // no token has a line break: parse.go, DerivedToken
}

// addRefused returns the list with a token, and the tokens that gave way to it.
func addRefused(list []string, token string) (longer, evicted []string) {
	longer = append(slices.Clone(list), token)
	if over := len(longer) - maxRefused; over > 0 {
		return longer[over:], longer[:over]
	}
	return longer, nil
}

func removeRefused(list []string, token string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(t string) bool { return t == token })
}

func refusedColumn(list []string) store.Column {
	if len(list) == 0 {
		return store.None(colRefused)
	}
	return store.String(colRefused, strings.Join(list, "\n"))
}
