package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

// TokenStore is the store that the functions keep their tokens in.
type TokenStore interface {
	store.Client
	store.IndexReader
}

// Tokens is what the console needs to show tokens.
type Tokens struct {
	Store TokenStore

	// Resolve makes the call of an unfinished token again; nil: sales are not forwarded.
	Resolve func(ctx context.Context, s upstream.TokenStatus) (sale.Receipt, error)
}

// token is a ClientToken and what became of it.
type token struct {
	Owner      string            `json:"owner"`
	Token      string            `json:"token"`
	State      string            `json:"state"` // done, pending or free
	Operation  string            `json:"operation"`
	Parameters map[string]string `json:"parameters"`
	OrderID    string            `json:"orderId"`
	Instance   string            `json:"instance"`
	Forwarded  string            `json:"forwarded"` // the ClientToken that the endpoint knows
	Since      time.Time         `json:"since"`     // first reserved
	Lease      time.Time         `json:"lease"`     // until when its holder may forward
	Doubt      time.Time         `json:"doubt"`     // until when an unanswered forward may arrive
	Seller     string            `json:"seller"`    // the order that the seller behind has for it
	Held       bool              `json:"held"`      // the lease runs
}

// shownTokens is a page of the list.
const shownTokens = 100

// tokens answers a page of an account's tokens in their order.
func (s *console) tokens(r *http.Request) (any, error) {
	owner := r.PathValue("owner")
	rows, next, err := s.Tokens.Store.Range(r.Context(), store.Range{
		Table: tokenrow.Sales(), Partition: tokenrow.Partition(owner), Prefix: tokenrow.Prefix, Start: r.URL.Query().Get("start"), Limit: shownTokens,
	})
	if err != nil {
		return nil, err
	}

	shown := make([]token, 0, len(rows))
	for _, row := range rows {
		status, err := upstream.Status(r.Context(), s.Tokens.Store, owner, tokenrow.Token(row.Key))
		if err != nil {
			return nil, err
		}
		one, err := s.tokenOf(r.Context(), status)
		if err != nil {
			return nil, err
		}
		shown = append(shown, one)
	}
	return map[string]any{"tokens": shown, "next": next, "forwards": s.Tokens.Resolve != nil}, nil
}

// pendingTokens answers the unfinished tokens of all accounts, oldest first.
func (s *console) pendingTokens(r *http.Request) (any, error) {
	all, err := upstream.ListPending(r.Context(), s.Tokens.Store, shownTokens)
	if err != nil {
		return nil, err
	}
	shown := make([]token, 0, len(all))
	for _, status := range all {
		one, err := s.tokenOf(r.Context(), status)
		if err != nil {
			return nil, err
		}
		shown = append(shown, one)
	}
	return map[string]any{"tokens": shown, "forwards": s.Tokens.Resolve != nil}, nil
}

// tokenOf adds what the seller behind a reseller knows. Leases run by the real time.
func (s *console) tokenOf(ctx context.Context, t upstream.TokenStatus) (token, error) {
	shown := token{
		Owner: t.Owner, Token: t.Token, State: string(t.State), Operation: string(t.Operation), Parameters: t.Parameters, OrderID: t.OrderID,
		Instance: t.InstanceID, Forwarded: t.Forwarded, Since: t.Since, Lease: t.Lease, Doubt: t.AmbiguousUntil, Held: time.Now().Before(t.Lease),
	}
	if t.Forwarded == "" {
		return shown, nil
	}
	sold, err := s.Ledger.FindToken(ctx, t.Owner, t.Forwarded)
	if errors.Is(err, sale.ErrNoToken) {
		return shown, nil
	}
	shown.Seller = sold.OrderID
	return shown, err
}

// resolveToken makes the call of an unfinished token again, as admin token resolve does.
func (s *console) resolveToken(r *http.Request) (any, error) {
	var input struct{ Token string }
	if err := decode(r, &input); err != nil {
		return nil, err
	}
	owner := r.PathValue("owner")
	status, err := upstream.Status(r.Context(), s.Tokens.Store, owner, input.Token)
	if errors.Is(err, sale.ErrNoToken) {
		return nil, notFound("no-token", input.Token)
	}
	if err != nil {
		return nil, err
	}
	if status.State != tokenrow.Pending || s.Tokens.Resolve == nil {
		return nil, conflict("not-pending", input.Token)
	}

	var receipt sale.Receipt
	err = s.changed(r.Context(), "token resolve", "token "+input.Token+" of owner "+owner, func() (err error) {
		receipt, err = s.Tokens.Resolve(r.Context(), status)
		return err
	})
	return map[string]string{"orderId": receipt.OrderID, "instance": receipt.InstanceID}, err
}
