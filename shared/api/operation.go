package api

import (
	"context"
	"errors"
	"strconv"

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
}

// Operation is one action of the API.
type Operation struct {
	Action  string
	Granted bool // only for keys that it is granted to by name
	run     func(ctx context.Context, s *Service, c *activeCall) ([]pop.Field, error)
}

// CreateInstance returns the operation that buys an instance.
func CreateInstance() Operation {
	return selling(sale.CreateInstance, parseCreate, (*parser).clientToken, func(r sale.Receipt) []pop.Field {
		return []pop.Field{{Name: "OrderId", Value: r.OrderID}, {Name: "InstanceId", Value: r.InstanceID}}
	})
}

// UpgradeInstance returns the operation that raises an instance's edition or machines.
func UpgradeInstance() Operation {
	return selling(sale.UpgradeInstance, parseUpgrade, (*parser).clientToken, orderOnly)
}

// RenewInstance returns the operation that prolongs an instance.
func RenewInstance() Operation {
	return selling(sale.RenewInstance, parseRenew, (*parser).clientToken, orderOnly)
}

// ReleaseInstance returns the operation that gives up an expired instance. It answers a
// RequestId alone, as the published SDKs expect.
func ReleaseInstance() Operation {
	return selling(sale.ReleaseInstance, parseRelease, releaseToken, func(sale.Receipt) []pop.Field { return nil })
}

// GetSummary returns the operation that reads an owner's machines and instance.
func GetSummary() Operation {
	return Operation{Action: "GetSummary", run: func(ctx context.Context, s *Service, c *activeCall) ([]pop.Field, error) {
		summary, err := s.backend.Summary(ctx, c.owner, c.precheck)
		if err != nil {
			return nil, err
		}
		return summaryFields(summary), nil
	}}
}

// SetRenewal returns the operation that sets how an instance is renewed. Its
// ClientToken is optional, because the operation is idempotent.
func SetRenewal() Operation {
	return selling(sale.SetRenewal, parseSetRenewal, optionalToken, idempotent)
}

// SetMachineNumber returns the operation that records how many machines an owner runs.
// A renewal compares VmNumber with it.
func SetMachineNumber() Operation {
	return granted(selling(sale.SetMachineNumber, parseSetMachineNumber, optionalToken, idempotent))
}

// DepositBalance returns the operation that pays money in, once for each reference.
func DepositBalance() Operation {
	return granted(selling(sale.DepositBalance, parseDeposit, depositToken, orderOnly))
}

// AdjustBalance returns the operation that corrects a balance.
func AdjustBalance() Operation {
	return granted(selling(sale.AdjustBalance, parseAdjust, (*parser).clientToken, orderOnly))
}

// All returns the operations of the POP endpoint.
func All() []Operation {
	return []Operation{
		CreateInstance(), UpgradeInstance(), RenewInstance(), ReleaseInstance(), GetSummary(),
		SetRenewal(), SetMachineNumber(), DepositBalance(), AdjustBalance(),
	}
}

// granted returns the operation restricted to keys that it is granted to by name:
// owners must not pay in for themselves.
func granted(o Operation) Operation {
	o.Granted = true
	return o
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

// summaryFields returns the fields of GetSummary. The instance's id appears twice: the
// documentation's table spells it Instanceid (获取实例信息接口), every other answer of the API
// InstanceId.
func summaryFields(s sale.Summary) []pop.Field {
	fields := []pop.Field{{Name: "TotalMachineNum", Value: strconv.Itoa(s.Machines)}}
	if s.InstanceID != "" {
		fields = append(fields, pop.Field{Name: "ExpireDateTimestamp", Value: strconv.FormatInt(s.Expires.UnixMilli(), 10), Number: true})
	}
	return append(fields, pop.Field{Name: "Instanceid", Value: s.InstanceID}, pop.Field{Name: "InstanceId", Value: s.InstanceID})
}

// selling returns an operation that sells: parse and tokenOf read its command and its
// token, and answer turns the receipt into fields.
func selling(action sale.Operation, parse func(*parser) sale.Command, tokenOf func(*parser) string, answer func(sale.Receipt) []pop.Field) Operation {
	return Operation{Action: string(action), run: func(ctx context.Context, s *Service, c *activeCall) ([]pop.Field, error) {
		p := &parser{params: c.Params}
		command, token := parse(p), tokenOf(p)
		if p.err != nil {
			return nil, p.err
		}
		if token == "" {
			token = sale.DerivedToken(string(action), c.AccessKeyID, c.Nonce) // a nonce is used once
		}

		receipt, err := s.backend.Sell(ctx, sale.Purchase{
			Owner: c.owner, Token: token, Caller: c.AccessKeyID, Command: command, Ceiling: c.ceiling,
		}, c.precheck)
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
