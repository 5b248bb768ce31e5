package api

import (
	"context"
	"errors"

	"aegis/shared/operations"
	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// Version is the only version of the API (aegis product, 2016-11-11).
const Version = "2016-11-11"

// Backend makes sales and answers queries. A ledger.Ledger and an upstream.Backend are
// backends.
type Backend interface {
	Sell(ctx context.Context, p sale.Purchase, precheck store.Precheck) (sale.Receipt, error)
	Summary(ctx context.Context, owner string, precheck store.Precheck) (sale.Summary, error)
	Quote(ctx context.Context, owner string, c sale.Command, precheck store.Precheck) (sale.Quote, error)
	QueryOrders(ctx context.Context, owner string, q sale.OrderQuery, precheck store.Precheck) (sale.OrderPage, error)
	OrderDetail(ctx context.Context, owner, orderID string, precheck store.Precheck) (sale.PlacedOrder, error)
}

// Operation is one action of the API, as its line of the table says.
type Operation struct {
	Action  string
	Granted bool // only for keys that it is granted to by name
	run     func(ctx context.Context, s *Service, c *activeCall) ([]pop.Field, error)
}

// CreateInstance returns the operation that buys an instance.
func CreateInstance() Operation {
	return selling(operations.CreateInstance(), parseCreate, (*parser).clientToken, func(r sale.Receipt) []pop.Field {
		return []pop.Field{{Name: "OrderId", Value: r.OrderID}, {Name: "InstanceId", Value: r.InstanceID}}
	})
}

// UpgradeInstance returns the operation that raises an instance's edition or machines.
func UpgradeInstance() Operation {
	return selling(operations.UpgradeInstance(), parseUpgrade, (*parser).clientToken, orderOnly)
}

// RenewInstance returns the operation that prolongs an instance.
func RenewInstance() Operation {
	return selling(operations.RenewInstance(), parseRenew, (*parser).clientToken, orderOnly)
}

// ReleaseInstance returns the operation that gives up an expired instance. It answers a
// RequestId alone, as the published SDKs expect.
func ReleaseInstance() Operation {
	return selling(operations.ReleaseInstance(), parseRelease, releaseToken, func(sale.Receipt) []pop.Field { return nil })
}

// SetRenewal returns the operation that sets how an instance is renewed. Its
// ClientToken is optional, because the operation is idempotent.
func SetRenewal() Operation {
	return selling(operations.SetRenewal(), parseSetRenewal, (*parser).clientToken, idempotent)
}

// SetMachineNumber returns the operation that records how many machines an owner runs.
// A renewal compares VmNumber with it.
func SetMachineNumber() Operation {
	return selling(operations.SetMachineNumber(), parseSetMachineNumber, (*parser).clientToken, idempotent)
}

// DepositBalance returns the operation that pays money in, once for each reference.
func DepositBalance() Operation {
	return selling(operations.DepositBalance(), parseDeposit, depositToken, orderOnly)
}

// AdjustBalance returns the operation that corrects a balance.
func AdjustBalance() Operation {
	return selling(operations.AdjustBalance(), parseAdjust, (*parser).clientToken, orderOnly)
}

// All returns the operations of the POP endpoint, in the order of the table.
func All() []Operation {
	return []Operation{
		CreateInstance(), UpgradeInstance(), RenewInstance(), ReleaseInstance(), GetSummary(), SetRenewal(),
		QueryPrice(), QueryOrders(), GetOrderDetail(),
		SetMachineNumber(), DepositBalance(), AdjustBalance(),
	}
}

// idempotent answers the order, if anything was changed.
func idempotent(r sale.Receipt) []pop.Field {
	if r.OrderID == "" {
		return nil
	}
	return orderOnly(r)
}

func orderOnly(r sale.Receipt) []pop.Field {
	return []pop.Field{{Name: "OrderId", Value: r.OrderID}}
}

// selling returns an operation that sells: parse and tokenOf read its command and its
// token, and answer turns the receipt into fields.
func selling(table operations.Operation, parse func(*parser) sale.Command, tokenOf func(*parser) string, answer func(sale.Receipt) []pop.Field) Operation {
	return Operation{Action: table.Name, Granted: table.Granted, run: func(ctx context.Context, s *Service, c *activeCall) ([]pop.Field, error) {
		p := &parser{table: table, params: c.Params}
		purchase := sale.Purchase{Owner: c.owner, Caller: c.AccessKeyID, Command: parse(p), Token: tokenOf(p), Limits: p.limits(), Budget: c.budget}
		if p.err != nil {
			return nil, p.err
		}
		if purchase.Token == "" {
			purchase.Token = sale.DerivedToken(table.Name, c.AccessKeyID, c.Nonce) // a nonce is used once
		}

		receipt, err := s.backend.Sell(ctx, purchase, c.precheck)
		if err != nil && !isSoAlready(err) {
			return nil, err
		}

		c.replayed, c.charged = receipt.Replayed, receipt.Charged
		return answer(receipt), nil
	}}
}

// isSoAlready reports whether a refusal means that the requested state already holds.
func isSoAlready(err error) bool {
	refusal, ok := errors.AsType[*sale.Refusal](err)
	return ok && refusal.Code == sale.NotApplicable
}
