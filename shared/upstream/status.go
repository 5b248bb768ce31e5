package upstream

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// shards spread the unfinished tokens of the index: every forward passes through it.
const shards = 8

// ByUnfinished is the index of tokens that are PENDING, oldest first.
func ByUnfinished() store.Index {
	return store.Index{Name: "sales_by_unfinished", Table: ledger.Sales(), Partition: colUnfinished, Sort: colSince}
}

func shardOf(owner, token string) string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(owner + "/" + token)) // it never fails
	return "pending/" + strconv.Itoa(int(hash.Sum32()%shards))
}

// Standing is what is known of a token.
type Standing struct {
	Owner, Token string
	State        State // "": nobody asked for it yet, or it was sold by the ledger
	Operation    sale.Operation
	Parameters   map[string]string
	Since        time.Time // first reserved
	Lease        time.Time // until when its holder may forward
	Doubt        time.Time // until when an earlier forward may arrive, before 1971: there was none
	OrderID      string
	InstanceID   string
}

// Look tells where a token stands. It changes nothing.
func Look(ctx context.Context, gate store.Gate, owner, token string) (Standing, error) {
	rows, err := gate.Read(ctx, ledger.TokenKey(owner, token))
	if err != nil {
		return Standing{}, fmt.Errorf("look up a token of owner %s: %w", owner, err)
	}
	if !rows[0].Exists() {
		return Standing{}, ledger.ErrNoToken
	}
	r := readRecord(rows[0])
	s := Standing{
		Owner: owner, Token: token, State: r.state, Operation: sale.Operation(rows[0].String("operation")),
		Since: r.since, Lease: r.lease, Doubt: r.doubt, OrderID: r.order, InstanceID: r.instance,
	}
	if err := json.Unmarshal([]byte(rows[0].String("parameters")), &s.Parameters); err != nil {
		return Standing{}, fmt.Errorf("read a token of owner %s: %w", owner, err)
	}
	return s, nil
}

// Unfinished lists the tokens that are PENDING, oldest first, at most limit.
func Unfinished(ctx context.Context, s interface {
	store.Gate
	store.Finder
}, limit int) ([]Standing, error) {
	var all []Standing
	for shard := range shards {
		rows, _, err := s.Find(ctx, store.IndexRange{Index: ByUnfinished(), Partition: "pending/" + strconv.Itoa(shard), Below: 1 << 62, Limit: limit})
		if err != nil {
			return nil, fmt.Errorf("list unfinished tokens: %w", err)
		}
		for _, row := range rows {
			standing, err := Look(ctx, s, ownerOf(row.Key), strings.TrimPrefix(row.Key.Sort, "token/"))
			if err != nil {
				return nil, err
			}
			if standing.State == Pending { // the index may lag behind
				all = append(all, standing)
			}
		}
	}
	slices.SortFunc(all, func(a, b Standing) int { return a.Since.Compare(b.Since) })
	return all[:min(limit, len(all))], nil
}

func ownerOf(k store.Key) string {
	_, owner, _ := strings.Cut(k.Partition, ":")
	return owner
}
