package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"aegis/shared/ledger"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

// accountRow is a line of the list of accounts.
type accountRow struct {
	Owner    string `json:"owner"`
	Verified bool   `json:"verified"`
	Machines int    `json:"machines"`
	Balance  int64  `json:"balance"`
	PaidIn   int64  `json:"paidIn"`
	State    state  `json:"state"`
}

// maxAccounts is a page of the list.
const maxAccounts = 200

// accounts answers the first accounts whose number begins with a text.
func (s *console) accounts(r *http.Request) (any, error) {
	prefix := r.URL.Query().Get("owner")
	rows, more := []accountRow{}, false
	err := s.eachOwner(r.Context(), func(owner string) (bool, error) {
		if !strings.HasPrefix(owner, prefix) {
			return true, nil
		}
		if more = len(rows) == maxAccounts; more {
			return false, nil
		}
		a, err := s.Ledger.Account(r.Context(), owner)
		rows = append(rows, accountRow{a.Owner, a.Verified, a.Machines, int64(a.Balance), int64(a.Deposited), s.stateOf(a)})
		return true, err
	})
	return map[string]any{"accounts": rows, "more": more}, err
}

// eachOwner calls do for each account in the order of the table, until it returns false.
func (s *console) eachOwner(ctx context.Context, do func(owner string) (bool, error)) error {
	for start := (store.Key{}); ; {
		rows, next, err := s.Books.Scan(ctx, tokenrow.Sales(), start, 1000)
		if err != nil {
			return err
		}
		for _, row := range rows {
			owner, ok := ledger.AccountOf(row.Key)
			if !ok {
				continue
			}
			if more, err := do(owner); err != nil || !more {
				return err
			}
		}
		if start = next; next.Table.Name == "" {
			return nil
		}
	}
}

// state is where an account is in the life of its instance.
type state string

const (
	none     state = "none"
	running  state = "running"
	expired  state = "expired"
	released state = "released" // and no other instance since
)

func (s *console) stateOf(a sale.Account) state {
	switch {
	case a.Instance != nil && a.Instance.ExpiredAt(s.Clock()):
		return expired
	case a.Instance != nil:
		return running
	case len(a.Released) > 0:
		return released
	}
	return none
}

// account answers one account with its orders and whether its books are right.
func (s *console) account(r *http.Request) (any, error) {
	owner := r.PathValue("owner")
	a, err := s.Ledger.Account(r.Context(), owner)
	if errors.Is(err, sale.ErrNoAccount) {
		return nil, notFound("no-account", owner)
	}
	if err != nil {
		return nil, err
	}

	shown := accountPage{
		accountRow: accountRow{a.Owner, a.Verified, a.Machines, int64(a.Balance), int64(a.Deposited), s.stateOf(a)},
		Instance:   s.instanceOf(a), Released: len(a.Released),
	}
	if shown.Orders, shown.More, err = s.orders(r.Context(), owner); err != nil {
		return nil, err
	}
	shown.Channels = channelsOf(shown.Orders)
	shown.Findings, err = s.findings(r.Context(), owner)
	return shown, err
}
