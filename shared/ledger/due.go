package ledger

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// The columns by which the index finds accounts whose instance the timer has to
// process: in which queue, and when. The index is sharded, because one day's instances
// would otherwise share one of its partitions.
const (
	colShard = "due_shard" // queue/number
	colDue   = "due"

	// DueShards is the number of shards of each queue.
	DueShards = 8
)

// ByDue returns the index of what is due. It carries what the timer needs to decide
// whether to act, so that an account is read only when something is done to it. The
// columns of an index cannot be changed, so an index with other columns has another
// name (sales_by_due carried no change number and may be dropped).
func ByDue() store.Index {
	return store.Index{
		Name: "sales_due", Table: tokenrow.Sales(), Partition: colShard, Sort: colDue,
		Strings: []string{colInstance, colSoldBy}, Integers: []string{colExpires, colAutoRenew, colExpired, colTried, colChange},
	}
}

func appendDue(c store.Columns, a sale.Account) store.Columns {
	on, at, ok := a.Due()
	if !ok {
		return append(c, store.None(colShard), store.None(colDue))
	}
	return append(c, store.String(colShard, shard(on, store.Shard(a.Owner, DueShards))), store.Int(colDue, at.UnixMilli()))
}

func shard(on sale.DueQueue, number int) string { return string(on) + "/" + strconv.Itoa(number) }

// Due is an instance that the timer has to process, as the index has it. The index lags
// a little behind the accounts, so every action is decided again on the account.
type Due struct {
	Owner    string
	Instance sale.Instance // only ID, Channel, Change, AutoRenewMonths, Expired, RenewalTried
	Expiry   time.Time     // of its term
}

// DuePage asks for one page of a shard of a queue.
type DuePage struct {
	Queue sale.DueQueue
	Shard int       // 0 to DueShards − 1
	Until time.Time // due at or before this time
	Start store.Cursor
	Limit int
}

// Due reads a page of what is due, the longest due first. next is zero after the last
// page.
func (l *Ledger) Due(ctx context.Context, p DuePage) (due []Due, next store.Cursor, err error) {
	finder, ok := l.store.(store.IndexReader)
	if !ok {
		return nil, store.Cursor{}, fmt.Errorf("find what is due: this store has no indexes")
	}

	rows, next, err := finder.Find(ctx, store.IndexRange{
		Index: ByDue(), Partition: shard(p.Queue, p.Shard), Below: p.Until.UnixMilli() + 1, Start: p.Start, Limit: p.Limit,
	})
	if err != nil {
		return nil, store.Cursor{}, fmt.Errorf("find what is due of %s: %w", shard(p.Queue, p.Shard), err)
	}

	for _, row := range rows {
		due = append(due, Due{Owner: tokenrow.Owner(row.Key), Expiry: readMoment(row, colExpires), Instance: sale.Instance{
			ID: row.String(colInstance), AutoRenewMonths: int(row.Int(colAutoRenew)),
			Expired: readMoment(row, colExpired), RenewalTried: readMoment(row, colTried),
			Channel: soldBy(row.String(colInstance), row.String(colSoldBy)), Change: int(row.Int(colChange)),
			Period: sale.Period{Anchor: readMoment(row, colExpires)},
		}})
	}

	return due, next, nil
}
