package main

import (
	"context"
	"crypto/rand"
	"errors"

	"aegis/scripts/internal/cli"
	"aegis/shared/ledger"
	"aegis/shared/sale"
)

// order makes one order of an operator and prints what it came to. token "": one of
// its own. While the outcome is open the same order is sent again.
func (a *admin) order(ctx context.Context, o owner, token string, c sale.Command) error {
	if token == "" {
		token = sale.DerivedToken("operator", rand.Text())
	}
	p := sale.Purchase{Owner: string(o), Token: token, Caller: "operator", Command: c}
	var receipt sale.Receipt
	err := a.change(ctx, "order "+string(c.Operation()), "owner "+string(o), reasonOf(c), o.state(a), func() (err error) {
		receipt, err = a.ledger.Sell(ctx, p, nil)
		for try := 0; errors.Is(err, sale.ErrUnavailable) && try < 5; try++ {
			receipt, err = a.ledger.Sell(ctx, p, nil)
		}
		return err
	})
	if refusal, ok := errors.AsType[*sale.Refusal](err); ok && refusal.Code == sale.NotApplicable {
		a.Say([]cli.Field{{Name: "nothing to do", Value: refusal.Reason()}}, "nothing to do: %s", refusal.Reason())
		return nil
	}
	if err != nil {
		return err
	}
	a.printReceipt(receipt)
	return nil
}

// reasonOf is why an operator makes an order: its reason, or a deposit's reference.
func reasonOf(c sale.Command) string {
	for _, p := range c.Parameters() {
		if p.Name == "Reason" || p.Name == "Reference" {
			return p.Value
		}
	}
	return ""
}

func (a *admin) printReceipt(r sale.Receipt) {
	fields := []cli.Field{{Name: "order", Value: r.OrderID}, {Name: "replayed", Value: r.Replayed}}
	if r.Replayed {
		a.Say(fields, "was done before: order %s", r.OrderID)
		return
	}
	a.done(fields, "order %s", r.OrderID)
}

type listOrders struct {
	owned
	Limit int `default:"100" range:"1..100000" help:"Orders at most, the newest."`
}

// Run lists an owner's orders.
func (c *listOrders) Run(ctx context.Context, a *admin) error {
	if err := a.exists(ctx, c.Owner); err != nil {
		return err
	}
	return a.printOrders(ctx, c.Owner, c.Limit)
}

// printOrders writes an owner's newest orders, at most limit of them.
func (a *admin) printOrders(ctx context.Context, o owner, limit int) error {
	var rows [][]any
	for start, left := "", limit; left > 0; {
		orders, next, err := a.ledger.Orders(ctx, string(o), start, min(left, 1000))
		if err != nil {
			return err
		}
		for _, r := range orders {
			rows = append(rows, orderRow(r))
		}
		if left, start = left-len(orders), next; next == "" {
			break
		}
	}
	a.Table([]string{"order", "at", "operation", "channel", "charged", "paid in", "instance", "edition", "machines", "until",
		"client token", "key", "reason"}, rows)
	return nil
}

func orderRow(r ledger.Order) []any {
	return []any{r.ID, when(r.At), r.Operation, r.Channel, r.Amount.String(), r.Credit.String(), r.InstanceID, r.VersionCode, r.VmNumber,
		when(r.Expires), r.Token, r.Caller, r.Reason}
}
