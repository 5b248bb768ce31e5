package ledger

import (
	"crypto/sha256"
	"encoding/hex"

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
	return hex.EncodeToString(sum[:1]) + ":" + owner
}

const (
	accountItem = "account"
	orderPrefix = "order/"
	tokenPrefix = "token/"
)

func item(owner, sort string) store.Key {
	return store.Key{Table: Sales(), Partition: partition(owner), Sort: sort}
}

func accountKey(owner string) store.Key        { return item(owner, accountItem) }
func orderKey(owner, orderID string) store.Key { return item(owner, orderPrefix+orderID) }
func tokenKey(owner, token string) store.Key   { return item(owner, tokenPrefix+token) }
