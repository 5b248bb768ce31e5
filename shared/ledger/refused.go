package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"aegis/shared/store"
)

// maxRefused bounds an account's list of refused tokens. The oldest is dropped first;
// its next refusal is fenced again.
const maxRefused = 64

// refusedTokens reads the list of an account's row, oldest first: a hash of each token.
func refusedTokens(row store.Row) []string {
	text := row.String(colRefused)
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// refusedHash returns the hash that represents a token in the list. A token may contain
// any characters that a caller sends.
func refusedHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:16])
}

func addRefused(list []string, token string) []string {
	longer := append(slices.Clone(list), refusedHash(token))
	return longer[max(len(longer)-maxRefused, 0):]
}

func removeRefused(list []string, token string) []string {
	hash := refusedHash(token)
	return slices.DeleteFunc(slices.Clone(list), func(t string) bool { return t == hash })
}

func refusedColumn(list []string) store.Column {
	if len(list) == 0 {
		return store.None(colRefused)
	}
	return store.String(colRefused, strings.Join(list, "\n"))
}
