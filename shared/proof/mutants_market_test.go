package proof_test

import "testing"

func marketMutants() []mutant {
	return []mutant{
		{"a message's token is checked", "market/desk.go", "!Verify(c.Params, d.secret)", "false", "market", "NeverSucceed"},
		{"an instance keeps its first owner", "market/instances.go", "if owner != o.Owner {", "if false {", "market", "NeverSucceed"},
		{"a batch fails for one message that has to come again", "market/consumer.go", "if b.why != nil {", "if false {", "market", "Passing"},
		{"a letter that is not kept has to come again", "market/consumer.go", "parked != nil {", "parked != nil && false {", "market", "NotLost"},
		{"an order's token does not depend on the delivery", "market/order.go", `r.token(o, r.id("orderId"))`, `r.token(o, r.id("orderId"), r.stamp())`, "market", "HoweverOften"},
		{"repetitions are one letter", "market/consumer.go", `if w.order.Token != "" && w.err == nil {`, "if false {", "market", "Repetitions"},
		{"a creation is handled first", "market/consumer.go", "case w.order.Action == createInstance:", "case false:", "market", "Life"},
		{"the last word on a term holds", "sale/market.go", "!sent.IsZero() && sent.Before(i.Told)", "false", "sale", "Later"},
		{"a renewal never shortens", "sale/market.go", "(m.Refund || ends.Before(m.Ends))", "true", "sale", "Later"},
		{"a refund alone releases the unexpired", "sale/release.go", "refunded := r.Refund && r.Channel == Market", "refunded := r.Refund", "sale", "Release"},
		{"an automatic renewal is for one expiry", "sale/autorenew.go", "!i.Period.End().Equal(r.Expiry)", "false", "renewals", "ByHand"},
		{"automatic renewals keep their hours", "sale/autorenew.go", "(now.Before(i.NextRenewal()) || !RenewalHours(now))", "false", "sale", "Hours"},
		{"a failed renewal is noted", "renewals/look.go", "r.count(&r.report.Refused)\n", "r.count(&r.report.Refused)\n\treturn false\n", "renewals", "Want"},
		{"a frozen instance is not upgraded", "sale/upgrade.go", "|| instance.ExpiredAt(at.Now)", "", "sale", "Frozen"},
		{"a timer's look is bounded by its time", "renewals/run.go", "if ctx.Err() != nil {\n				return", "if false {\n				return", "renewals", "OutOfTime"},
		{"a message is kept until its batch is answered for", "local/queue/deliver.go", "if !q.deliver(ctx, batch) {", "if _ = q.settle(batch); !q.deliver(ctx, batch) {", "local/queue", "Outlive"},
	}
}

// The same for the marketplace and the timer.
func TestEveryGuardOfAnInstancesLifeIsMissedWhenItIsGone(t *testing.T) {
	requireAllCaught(t, marketMutants())
}
