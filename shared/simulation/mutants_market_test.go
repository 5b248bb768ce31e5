package simulation_test

import "testing"

func marketMutants() []mutant {
	return []mutant{
		{"a message's token is checked", "marketplace/processor.go", "!Verify(c.Params, p.secret)", "false", "marketplace", "NeverSucceed"},
		{"an instance keeps its first owner", "marketplace/instances.go", "if owner != o.Owner {", "if false {", "marketplace", "NeverSucceed"},
		{"a batch fails for one message that has to come again", "marketplace/consumer.go", "if b.lastErr != nil {", "if false {", "marketplace", "Passing"},
		{"a letter that is not kept has to come again", "marketplace/consumer.go", "	case kept != nil:", "	case kept != nil && false:", "marketplace", "NotLost"},
		{"an order's token does not depend on the delivery", "marketplace/plan.go", "return &step{create, o.token(o.OrderID)}, nil", "return &step{create, o.token(o.OrderID, o.Call)}, nil", "marketplace", "HoweverOften"},
		{"repetitions are one letter", "marketplace/consumer.go", "if w.call.Params != nil {", "if false {", "marketplace", "Repetitions"},
		{"a letter with a lost answer is put again", "marketplace/deadletters.go", "unknown > 2 ||", "unknown > 0 ||", "marketplace", "LostAnswer"},
		{"a renewal ends an expiry within the term", "sale/market.go", "if instance.ReopenedBy(m.Ends) {", "if false {", "marketplace", "Arrears|PaidAgain"},
		{"an old renewal ends no expiry", "marketplace/plan.go", "if reopens && !e.open(p.clock()) {", "if false {", "marketplace", "Arrears"},
		{"a comparison reopens what is open at the marketplace", "marketplace/plan.go", "e.Ends.Equal(end) && i.ReopenedBy(end)", "false", "marketplace", "Reopens"},
		{"a transfer's end is that of the instance as it was read", "sale/market.go", "if instance.changedSince(m.Seen) {", "if false {", "marketplace", "OvertakenIsMadeAgain"},
		{"the hour begins again with each grant", "marketplace/plan.go", "granted.After(since)", "false", "marketplace", "HasWaited"},
		{"an upgraded trial is paid", "sale/market.go", "	raised.Trial = false\n", "", "marketplace", "UpgradedTrial"},
		{"a transfer gives no past time", "marketplace/retry.go", "if !ends.After(p.clock()) {", "if false {", "marketplace", "PastTime"},
		{"an earlier release's instance has a change number", "ledger/accountrow.go", "max(int(row.Int(colChange)), 1)", "int(row.Int(colChange))", "marketplace", "Overtaken"},
		{"a verified token is not kept", "marketplace/deadletters.go", `delete(params, "token")`, "", "marketplace", "NotTheToken"},
		{"the same refund a second time is held", "marketplace/processor.go", "if o.Action == refundRenewInstance {", "if o.Action == refundRenewInstance && false {", "marketplace", "SecondTime"},
		{"a refund undoes the last renewal alone", "sale/market.go", "last > 0 && segments[last].From.Equal(m.Ends)", "last > 0", "sale", "ArriveAgain|Renewal|Refund"},
		{"paid time is not frozen by a word alone", "sale/market.go", "!m.Confirmed && at.Now.Before(end.Add(-ExpiryTolerance))", "false", "sale", "Frozen"},
		{"a refund undoes renewals of the marketplace alone", "sale/segment.go", `return s.Cycle == "" && !s.Operator`, "return true", "sale", "Operator"},
		{"a refund before its renewal is recorded", "marketplace/plan.go", "case confirmed || !i.Refunded.IsZero():", "case true:", "marketplace", "Asked"},
		{"a refund that changes nothing is recorded", "marketplace/plan.go", "return recordRefund(o, i), nil", "return nil, nil", "marketplace", "Asked"},
		{"a refund's extension is not taken for the timer's", "marketplace/plan.go", `o.token(millis(o.ends), "extended", strconv.Itoa(i.Change))`, "s.token", "marketplace", "TimerExtends"},
		{"what a refund left is marked", "marketplace/plan.go", "renewal.Refunded = true", "_ = renewal", "marketplace", "Asked"},
		{"the marketplace's books may follow its word", "marketplace/plan.go", "if !e.Ends.IsZero() && e.Ends.Before(i.Period.End()) && !p.waited(o, i) {", "if false {", "marketplace", "Asked"},
		{"an answer that a renewal has overtaken confirms nothing", "sale/market.go", "return seen != 0 && seen != i.Change", "return false", "marketplace", "Overtaken"},
		{"the marketplace is asked before a term is shortened", "marketplace/plan.go", "if p.truth != nil && !confirmed && i.Expired.IsZero() {", "if false {", "marketplace", "Asked"},
		{"a parameter that hides another proves nothing", "marketplace/token.go", `return Ambiguous(params) == "" && `, "return ", "marketplace", "Hides"},
		{"a creation is handled first", "marketplace/consumer.go", "case w.order.Action == createInstance:", "case false:", "marketplace", "Life"},
		{"a renewal never shortens", "sale/market.go", "if m.Ends.After(instance.Period.End()) {", "if true {", "sale", "LaterEnd"},
		{"a refund alone releases the unexpired", "sale/release.go", "refunded := r.Refund && r.Channel == Market", "refunded := r.Refund", "sale", "Release"},
		{"an automatic renewal is for one expiry", "sale/autorenew.go", "!i.Period.End().Equal(r.Expiry)", "false", "renewals", "ByHand"},
		{"automatic renewals keep their hours", "sale/autorenew.go", "(now.Before(i.NextRenewal()) || !RenewalHours(now))", "false", "sale", "Hours"},
		{"a failed renewal is noted", "renewals/look.go", "r.count(&r.report.Refused)\n", "r.count(&r.report.Refused)\n\treturn false\n", "renewals", "Want"},
		{"a frozen instance is not upgraded", "sale/upgrade.go", "instance.ExpiredAt(at.Now) || ", "", "sale", "Frozen"},
		{"a timer's look is bounded by its time", "renewals/run.go", "if ctx.Err() != nil {\n			break", "if false {\n			break", "renewals", "OutOfTime"},
		{"a message is kept until its batch is answered for", "local/queue/deliver.go", "if !q.deliver(ctx, batch) {", "if _ = q.settle(batch); !q.deliver(ctx, batch) {", "local/queue", "Outlive"},
	}
}

// The same for the marketplace and the timer.
func TestEveryGuardOfAnInstancesLifeIsMissedWhenItIsGone(t *testing.T) {
	requireAllCaught(t, marketMutants())
}
