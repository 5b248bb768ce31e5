package console

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"aegis/shared/ledger"
	"aegis/shared/sale"
)

// Time moves the clock of the sale and fires the timer.
type Time struct {
	Move func(ahead time.Duration) error
	Fire func(ctx context.Context, payload string) (report []byte, err error)
}

// due is an instance that the timer has to look at.
type due struct {
	Owner     string    `json:"owner"`
	Instance  string    `json:"instance"`
	Queue     string    `json:"queue"` // running or expired
	At        time.Time `json:"at"`    // when the timer acts
	Expires   time.Time `json:"expires"`
	AutoRenew int       `json:"autoRenew"`
	Channel   string    `json:"channel"`
}

// maxDue bounds the list of each shard; maxAhead is as far as the page looks.
const (
	maxDue   = 200
	maxAhead = 10 * 366 * 24 * time.Hour
)

// time answers the clock and what is due from the past on, the next first.
func (s *console) time(r *http.Request) (any, error) {
	now := s.Clock()
	all, err := s.dueUntil(r.Context(), now.Add(maxAhead))
	return map[string]any{
		"now": now, "offset": int64(time.Until(now).Round(time.Second).Seconds()), "due": all, "releaseAfter": int64(sale.DefaultReleaseAfter.Seconds()),
	}, err
}

// dueUntil reads the index of what is due, in both queues and all shards.
func (s *console) dueUntil(ctx context.Context, until time.Time) ([]due, error) {
	all := []due{}
	for _, queue := range []sale.DueQueue{sale.Running, sale.Expired} {
		for shard := range ledger.DueShards {
			found, _, err := s.Ledger.Due(ctx, ledger.DuePage{Queue: queue, Shard: shard, Until: until, Limit: maxDue})
			if err != nil {
				return nil, err
			}
			for _, d := range found {
				all = append(all, dueOf(queue, d))
			}
		}
	}
	slices.SortFunc(all, func(a, b due) int { return a.At.Compare(b.At) })
	return all, nil
}

func dueOf(queue sale.DueQueue, d ledger.Due) due {
	shown := due{
		Owner: d.Owner, Instance: d.Instance.ID, Queue: string(queue), At: d.Expiry, Expires: d.Expiry,
		AutoRenew: d.Instance.AutoRenewMonths, Channel: string(d.Instance.Channel),
	}
	if queue == sale.Expired {
		shown.At = d.Expiry.Add(sale.DefaultReleaseAfter)
	} else if next := d.Instance.NextRenewal(); !next.IsZero() {
		shown.At = next
	}
	return shown
}

// moveTime sets by how much the clock is ahead of the real one.
func (s *console) moveTime(r *http.Request) (any, error) {
	var input struct{ Seconds int64 }
	if err := decode(r, &input); err != nil {
		return nil, err
	}
	ahead := time.Duration(input.Seconds) * time.Second
	if input.Seconds < 0 || input.Seconds > int64(maxAhead.Seconds()) {
		return nil, invalid("offset", ahead.String())
	}
	return map[string]any{"offset": input.Seconds}, s.Time.Move(ahead)
}

// change is what a run of the timer did to an account.
type change struct {
	Owner  string `json:"owner"`
	Before look   `json:"before"`
	After  look   `json:"after"`
}

// look is an account at a moment.
type look struct {
	State   state     `json:"state"`
	Expires time.Time `json:"expires"`
	Balance int64     `json:"balance"`
	Orders  int       `json:"orders"`
}

// fire fires the timer and answers its report, and what it changed of the accounts that
// were due.
func (s *console) fire(r *http.Request) (any, error) {
	var input struct{ Payload string }
	if err := decode(r, &input); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"", "anytime", "check"}, input.Payload) {
		return nil, invalid("payload", input.Payload)
	}
	found, err := s.dueUntil(r.Context(), s.Clock())
	if err != nil {
		return nil, err
	}
	before, err := s.looks(r.Context(), found)
	if err != nil {
		return nil, err
	}

	report, err := s.Time.Fire(r.Context(), input.Payload)
	if err != nil {
		return nil, err
	}
	after, err := s.looks(r.Context(), found)
	return map[string]any{"report": json.RawMessage(report), "changes": changesOf(before, after), "due": len(before)}, err
}

func (s *console) looks(ctx context.Context, found []due) (map[string]look, error) {
	all := map[string]look{}
	for _, d := range found {
		a, err := s.Ledger.Account(ctx, d.Owner)
		if err != nil {
			return nil, err
		}
		orders, _, err := s.orders(ctx, d.Owner)
		if err != nil {
			return nil, err
		}
		one := look{State: s.stateOf(a), Balance: int64(a.Balance), Orders: len(orders)}
		if a.Instance != nil {
			one.Expires = a.Instance.Period.End()
		}
		all[d.Owner] = one
	}
	return all, nil
}

// changesOf lists the accounts that differ.
func changesOf(before, after map[string]look) []change {
	all := []change{}
	for owner, was := range before {
		if is := after[owner]; is != was {
			all = append(all, change{owner, was, is})
		}
	}
	slices.SortFunc(all, func(a, b change) int { return strings.Compare(a.Owner, b.Owner) })
	return all
}
