package app

import (
	"aegis/shared/access"
	"aegis/shared/audit"
	"aegis/shared/ledger"
	"aegis/shared/marketplace"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

// Tables returns all tables of the system.
func Tables() []store.Table {
	return []store.Table{tokenrow.Sales(), access.Keys(), access.Nonces(), access.Ceilings(), marketplace.Instances(), marketplace.DeadLetters(), audit.Table()}
}

// Indexes returns all indexes of the tables.
func Indexes() []store.Index { return []store.Index{ledger.ByDue(), upstream.ByUnfinished()} }
