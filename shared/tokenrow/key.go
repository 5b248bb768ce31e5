package tokenrow

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"aegis/shared/store"
)

// Sales returns the table that holds everything of every owner: the account, the
// orders and the tokens.
func Sales() store.Table {
	return store.Table{Name: "sales", Partition: "owner", Sort: "item"}
}

// Prefix starts the sort keys of token rows.
const Prefix = "token/"

// Key returns the key of a token's row.
func Key(owner, token string) store.Key { return KeyIn(Partition(owner), token) }

// KeyIn returns the key of a token's row in the partition of its owner.
func KeyIn(partition, token string) store.Key {
	return store.Key{Table: Sales(), Partition: partition, Sort: Prefix + token}
}

// Token returns the token whose row a key is of.
func Token(k store.Key) string { return strings.TrimPrefix(k.Sort, Prefix) }

// Partition returns the partition key of an owner's rows. It starts with two digits
// of the owner's hash: owner numbers are handed out in sequence, and neighbours would
// share one hot partition.
func Partition(owner string) string {
	sum := sha256.Sum256([]byte(owner))
	key := hex.AppendEncode(make([]byte, 0, 32), sum[:1])
	key = append(key, ':')
	return string(append(key, owner...))
}

// Owner returns the owner whose row a key is of.
func Owner(k store.Key) string {
	_, owner, _ := strings.Cut(k.Partition, ":")
	return owner
}
