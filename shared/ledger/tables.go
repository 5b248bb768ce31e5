package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"aegis/shared/store"
)

// Sales is the table that holds everything of every owner.
func Sales() store.Table {
	return store.Table{Name: "sales", Partition: "owner", Sort: "item"}
}

// partition spreads owners over the table: ids are handed out in sequence, and
// neighbours would share one hot partition without the two leading digits of
// their hash.
func partition(owner string) string {
	sum := sha256.Sum256([]byte(owner))
	key := hex.AppendEncode(make([]byte, 0, 32), sum[:1])
	return string(append(append(key, ':'), owner...))
}

const (
	accountItem = "account"
	orderPrefix = "order/"
	tokenPrefix = "token/"
)

// AccountOf returns the owner whose account's row a key is of.
func AccountOf(k store.Key) (owner string, ok bool) {
	if k.Sort != accountItem {
		return "", false
	}
	_, owner, ok = strings.Cut(k.Partition, ":")
	return owner, ok
}

// keys makes the keys of one owner's rows.
type keys struct{ partition string }

func keysOf(owner string) keys { return keys{partition(owner)} }

func (k keys) account() store.Key             { return k.item(accountItem) }
func (k keys) order(orderID string) store.Key { return k.item(orderPrefix + orderID) }
func (k keys) token(token string) store.Key   { return k.item(tokenPrefix + token) }

func (k keys) item(sort string) store.Key {
	return store.Key{Table: Sales(), Partition: k.partition, Sort: sort}
}
