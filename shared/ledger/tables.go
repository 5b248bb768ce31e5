package ledger

import (
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

const (
	accountItem = "account"
	orderPrefix = "order/"
)

// AccountOf returns the owner if the key is that of an account's row.
func AccountOf(k store.Key) (owner string, ok bool) {
	if k.Sort != accountItem {
		return "", false
	}
	return tokenrow.Owner(k), true
}

// AfterAccount returns the key at which a scan of the table goes on after an owner's
// account.
func AfterAccount(owner string) store.Key { return keysOf(owner).item(accountItem + "\x00") }

// keys makes the keys of one owner's rows.
type keys struct{ partition string }

func keysOf(owner string) keys { return keys{tokenrow.Partition(owner)} }

func (k keys) account() store.Key             { return k.item(accountItem) }
func (k keys) order(orderID string) store.Key { return k.item(orderPrefix + orderID) }
func (k keys) token(token string) store.Key   { return tokenrow.KeyIn(k.partition, token) }

func (k keys) item(sort string) store.Key {
	return store.Key{Table: tokenrow.Sales(), Partition: k.partition, Sort: sort}
}
