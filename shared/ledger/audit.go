package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"aegis/shared/laws"
	"aegis/shared/sale"
)

// Audit checks an owner's books against the laws: every order, the account, and that
// each order's token answers that order. prices are the catalogue's; with nil, the
// price of time is not checked. Audit reads page by page. If others sell to the owner
// meanwhile, it may see part of a commit; a finding from that is gone when the audit is
// repeated.
func (l *Ledger) Audit(ctx context.Context, owner string, prices laws.Prices) ([]error, error) {
	s, err := l.account(ctx, owner)
	if err != nil {
		return nil, fmt.Errorf("audit owner %s: %w", owner, err)
	}

	orders, wrong, err := l.auditOrders(ctx, owner)
	if err != nil {
		return nil, err
	}

	if s.stored.Int(colSchema) < schema && s.account.Deposited != 0 { // its opening order comes with the next commit
		orders = append(orders, laws.Order{ID: openingID, Operation: string(sale.DepositBalance), Credit: int64(s.account.Deposited), Reason: "opening balance"})
	}
	return append(wrong, laws.Audit(lawsAccount(s.account), orders, prices)...), nil
}

// auditOrders returns all orders of an owner, and what is wrong with their tokens.
func (l *Ledger) auditOrders(ctx context.Context, owner string) (all []laws.Order, wrong []error, err error) {
	for start := ""; ; {
		page, next, err := l.Orders(ctx, owner, start, 500)
		if err != nil {
			return nil, nil, err
		}

		for _, o := range page {
			order, fault, err := l.auditOrder(ctx, owner, o)
			if err != nil {
				return nil, nil, err
			}
			if fault != nil {
				wrong = append(wrong, fault)
			}
			all = append(all, order)
		}

		if start = next; next == "" {
			return all, wrong, nil
		}
	}
}

// auditOrder returns an order with what its token bought. fault is not nil if the token
// does not answer the order.
func (l *Ledger) auditOrder(ctx context.Context, owner string, o Order) (order laws.Order, fault, err error) {
	order = lawsOrder(o)
	if o.Token == "" {
		return order, nil, nil
	}

	t, err := l.FindToken(ctx, owner, o.Token)
	if err != nil && !errors.Is(err, sale.ErrNoToken) {
		return order, nil, err
	}
	if t.OrderID != o.ID {
		fault = fmt.Errorf("order %s: its token answers order %q", o.ID, t.OrderID)
	}
	order.Longest, order.Until = bought(t.Parameters)
	return order, fault, nil
}

// bought returns the longest possible term that a token's parameters bought, and the
// end that the marketplace gave.
func bought(parameters map[string]string) (longest time.Duration, until time.Time) {
	const day = 24 * time.Hour
	n, _ := strconv.Atoi(parameters["Duration"]) // absent: 0
	unit := map[string]time.Duration{"Year": 366 * day, "Month": 31 * day, "Day": day, "Hour": time.Hour}[parameters["PricingCycle"]]
	if ms, err := strconv.ParseInt(parameters["ExpiredOn"], 10, 64); err == nil {
		until = time.UnixMilli(ms)
	}
	return time.Duration(n) * unit, until
}

func lawsOrder(o Order) laws.Order {
	return laws.Order{
		ID: o.ID, Token: o.Token, Operation: string(o.Operation), Channel: string(o.Channel), Instance: o.InstanceID, Reason: o.Reason,
		Rev: o.Rev, Amount: int64(o.Amount), Credit: int64(o.Credit), Edition: o.VersionCode, Machines: o.VmNumber, At: o.At, Expires: o.Expires,
	}
}

func lawsAccount(a sale.Account) laws.Account {
	books := laws.Account{Deposited: int64(a.Deposited), Balance: int64(a.Balance)}
	if i := a.Instance; i != nil {
		books.Instance = i.ID
		books.Channel = string(i.Channel)
		books.Expires = i.Period.End()
		books.Edition, books.Machines = i.VersionCode, i.VmNumber
	}
	return books
}
