package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"aegis/shared/operations"
	"aegis/shared/pop"
	"aegis/shared/sale"
)

// GetSummary returns the operation that reads an owner's machines and instance.
func GetSummary() Operation {
	return asking(operations.GetSummary(), func(ctx context.Context, s *Service, c *activeCall, _ *parser) ([]pop.Field, error) {
		summary, err := s.backend.Summary(ctx, c.owner, c.precheck)
		if err != nil {
			return nil, err
		}
		return summaryFields(summary), nil
	})
}

// QueryPrice returns the operation that prices a sale without making it.
func QueryPrice() Operation {
	return asking(operations.QueryPrice(), func(ctx context.Context, s *Service, c *activeCall, p *parser) ([]pop.Field, error) {
		command := parsePriced(p)
		if p.err != nil {
			return nil, p.err
		}
		quote, err := s.backend.Quote(ctx, c.owner, command, c.precheck)
		if err != nil {
			return nil, err
		}
		return quoteFields(quote), nil
	})
}

// QueryOrders returns the operation that lists orders, and tells what became of a token.
func QueryOrders() Operation {
	return asking(operations.QueryOrders(), func(ctx context.Context, s *Service, c *activeCall, p *parser) ([]pop.Field, error) {
		q := parseOrderQuery(p)
		if p.err != nil {
			return nil, p.err
		}
		page, err := s.backend.QueryOrders(ctx, c.owner, q, c.precheck)
		if err != nil {
			return nil, err
		}
		return pageFields(page, q), nil
	})
}

// GetOrderDetail returns the operation that reads one order.
func GetOrderDetail() Operation {
	return asking(operations.GetOrderDetail(), func(ctx context.Context, s *Service, c *activeCall, p *parser) ([]pop.Field, error) {
		id := p.orderID("OrderId")
		if p.err != nil {
			return nil, p.err
		}
		order, err := s.backend.OrderDetail(ctx, c.owner, id, c.precheck)
		if err != nil {
			return nil, err
		}
		return orderFields(order), nil
	})
}

// asking returns an operation that changes nothing.
func asking(table operations.Operation, ask func(context.Context, *Service, *activeCall, *parser) ([]pop.Field, error)) Operation {
	return Operation{Action: table.Name, run: func(ctx context.Context, s *Service, c *activeCall) ([]pop.Field, error) {
		return ask(ctx, s, c, &parser{table: table, params: c.Params})
	}}
}

func parseOrderQuery(p *parser) sale.OrderQuery {
	return sale.OrderQuery{
		Token: p.clientToken(), OrderID: p.orderID("OrderId"), InstanceID: p.text("InstanceId"), Channel: sale.Channel(p.choice("Channel")),
		From: p.moment("CreateTimeStart"), To: p.moment("CreateTimeEnd"), Start: p.orderID("NextToken"), Limit: p.ranged("MaxResults"),
	}
}

// orderID reads the id of an order, which is part of a row's key: digits and letters.
func (p *parser) orderID(name string) string {
	id := p.text(name)
	foreign := func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }
	if len(id) > 64 || strings.ContainsFunc(id, foreign) {
		p.fail(pop.InvalidParameter(name, "It must be a value that QueryOrders answered."))
	}
	return id
}

// summaryFields returns the fields of GetSummary. The instance's id appears twice: the
// documentation's table spells it Instanceid (获取实例信息接口), every other answer of the API
// InstanceId. What an endpoint did not say is absent.
func summaryFields(s sale.Summary) []pop.Field {
	fields := []pop.Field{{Name: "TotalMachineNum", Value: strconv.Itoa(s.Machines)}}
	if s.InstanceID != "" {
		fields = append(fields, pop.Field{Name: "ExpireDateTimestamp", Value: strconv.FormatInt(s.Expires.UnixMilli(), 10), Number: true})
	}
	fields = append(fields, pop.Field{Name: "Instanceid", Value: s.InstanceID}, pop.Field{Name: "InstanceId", Value: s.InstanceID})
	if s.Status == "" {
		return fields
	}

	return append(fields,
		integer("VersionCode", s.VersionCode), integer("VmNumber", s.VmNumber), pop.Field{Name: "Status", Value: string(s.Status)},
		pop.Field{Name: "AutoRenew", Value: strconv.FormatBool(s.AutoRenew), Boolean: true}, pop.Field{Name: "ChargeType", Value: s.ChargeType})
}

func quoteFields(q sale.Quote) []pop.Field {
	var fields []pop.Field
	if q.Priced {
		fields = append(fields, pop.Field{Name: "OriginalPrice", Value: q.Original.String()}, pop.Field{Name: "TradePrice", Value: q.Trade.String()})
	}
	fields = append(fields, pop.Field{Name: "Balance", Value: q.Balance.String()})
	fields = appendMoment(fields, "ExpiresAfter", q.Expires)

	code, message := "", ""
	if q.Refusal != nil {
		refused := saleRefusal(q.Refusal)
		code, message = refused.Code, refused.Message
	}
	return append(fields, pop.Field{Name: "RefusalCode", Value: code}, pop.Field{Name: "RefusalMessage", Value: message})
}

func pageFields(page sale.OrderPage, q sale.OrderQuery) []pop.Field {
	list := &pop.List{Item: "Order"}
	for _, o := range page.Orders {
		list.Rows = append(list.Rows, orderFields(o))
	}

	fields := []pop.Field{{Name: "OrderList", List: list}, integer("MaxResults", q.Limit), {Name: "NextToken", Value: page.Next}}
	if t := page.Token; t != nil {
		fields = append(fields, pop.Field{Name: "TokenStatus", Value: string(t.State)})
		fields = appendMoment(fields, "PendingSince", t.Since)
		fields = appendMoment(fields, "RetryAt", t.RetryAt)
	}
	return fields
}

func orderFields(o sale.PlacedOrder) []pop.Field {
	fields := []pop.Field{
		{Name: "OrderId", Value: o.ID}, {Name: "Operation", Value: string(o.Operation)}, {Name: "InstanceId", Value: o.InstanceID},
	}
	fields = appendMoment(fields, "CreateTime", o.At)
	token := pop.Field{Name: "ClientToken", Value: sale.CallersToken(o.Token)}
	if o.Brief {
		return append(fields, token)
	}

	fields = append(fields,
		pop.Field{Name: "Channel", Value: string(o.Channel)}, pop.Field{Name: "Amount", Value: o.Amount.String()}, pop.Field{Name: "Credit", Value: o.Credit.String()},
		integer("VersionCode", o.VersionCode), integer("VmNumber", o.VmNumber))
	fields = appendMoment(fields, "ExpiresAfter", o.Expires)
	return append(fields, token, pop.Field{Name: "Reason", Value: o.Reason})
}

func integer(name string, value int) pop.Field {
	return pop.Field{Name: name, Value: strconv.Itoa(value), Number: true}
}

// appendMoment adds a time in UTC, in whole seconds, unless it is zero.
func appendMoment(fields []pop.Field, name string, t time.Time) []pop.Field {
	if t.IsZero() {
		return fields
	}
	return append(fields, pop.Field{Name: name, Value: t.UTC().Format("2006-01-02T15:04:05Z")})
}
