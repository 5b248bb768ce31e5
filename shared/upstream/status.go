package upstream

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// shards is the number of partitions of the index that pending tokens are spread over.
// Every forward writes to it.
const shards = 8

// ByUnfinished returns the index of tokens that are PENDING, oldest first.
func ByUnfinished() store.Index {
	return store.Index{Name: "sales_by_unfinished", Table: tokenrow.Sales(), Partition: tokenrow.Unfinished, Sort: tokenrow.Since}
}

func shardOf(owner, token string) string {
	return shardName(store.Shard(owner+"/"+token, shards))
}

func shardName(shard int) string { return "pending/" + strconv.Itoa(shard) }

// TokenStatus is everything known about a token.
type TokenStatus struct {
	Owner, Token   string
	State          tokenrow.State
	Operation      sale.Operation
	Parameters     map[string]string
	Forwarded      string    // the ClientToken that the endpoint knows; "" if there is none
	Since          time.Time // first reserved
	Lease          time.Time // until when its holder may forward
	AmbiguousUntil time.Time // until when an unanswered forward may arrive; zero if there was none
	SoldElsewhere  bool      // the endpoint says that it is sold, and did not name the order
	OrderID        string
	InstanceID     string
}

// Status returns the status of a token. It changes nothing.
func Status(ctx context.Context, client store.Client, owner, token string) (TokenStatus, error) {
	rows, err := client.Read(ctx, tokenrow.Key(owner, token))
	if err != nil {
		return TokenStatus{}, fmt.Errorf("look up a token of owner %s: %w", owner, err)
	}
	if !rows[0].Exists() {
		return TokenStatus{}, sale.ErrNoToken
	}

	r := readRecord(rows[0])
	s := TokenStatus{
		Owner: owner, Token: token, State: r.state, Operation: sale.Operation(rows[0].String(tokenrow.Operation)),
		Since: r.since, Lease: r.lease, SoldElsewhere: r.sold, OrderID: r.order, InstanceID: r.instance,
	}
	if rows[0].String(tokenrow.StateColumn) != "" && s.Operation != sale.ReleaseInstance {
		s.Forwarded = r.forwards(owner, token)
	}
	if doubt := r.doubtAfter(); doubt > 0 {
		s.AmbiguousUntil = time.UnixMilli(doubt)
	}
	if s.Parameters, err = tokenrow.ReadFingerprint(rows[0].Columns).ParametersByName(); err != nil {
		return TokenStatus{}, fmt.Errorf("read a token of owner %s: %w", owner, err)
	}
	return s, nil
}

// ListPending lists the tokens that are PENDING, oldest first, at most limit.
func ListPending(ctx context.Context, s interface {
	store.Client
	store.IndexReader
}, limit int) ([]TokenStatus, error) {
	var all []TokenStatus
	for shard := range shards {
		rows, _, err := s.Find(ctx, store.IndexRange{Index: ByUnfinished(), Partition: shardName(shard), Below: 1 << 62, Limit: limit})
		if err != nil {
			return nil, fmt.Errorf("list pending tokens: %w", err)
		}
		for _, row := range rows {
			status, err := Status(ctx, s, tokenrow.Owner(row.Key), tokenrow.Token(row.Key))
			if err != nil {
				return nil, err
			}
			if status.State == tokenrow.Pending { // the index may lag behind
				all = append(all, status)
			}
		}
	}

	slices.SortFunc(all, func(a, b TokenStatus) int { return a.Since.Compare(b.Since) })
	return all[:min(limit, len(all))], nil
}
