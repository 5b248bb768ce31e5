package marketplace

import (
	"strconv"
	"time"

	"aegis/shared/sale"
)

// The marketplace's actions.
const (
	createInstance      = "createInstance"
	renewInstance       = "renewInstance"
	upgradeInstance     = "upgradeInstance"
	expiredInstance     = "expiredInstance"
	releaseInstance     = "releaseInstance"
	refundRenewInstance = "refundRenewInstance"
	orderPay            = "orderPay" // a notice that needs no work: the order follows as createInstance
)

// IsKnownAction reports whether the marketplace has an action of this name.
func IsKnownAction(action string) bool {
	switch action {
	case createInstance, renewInstance, upgradeInstance, expiredInstance, releaseInstance, refundRenewInstance:
		return true
	}
	return false
}

// Order is a valid call of the marketplace. Its command and its token may depend on the
// current instance, so the OrderProcessor makes them: see plan.
type Order struct {
	Action     string
	InstanceID string
	OrderID    string // the marketplace's; "" if the call has none
	Owner      string // of a createInstance; the other actions do not say
	Call       string // identifies the call: equal when redelivered, different when the marketplace repeats the call

	create  sale.MarketCreate
	ends    time.Time // of a renewal or a refund
	upgrade sale.MarketUpgrade
	refund  bool // of a release: the buyer was paid back

	received time.Time // when it was first held; zero: it has just arrived
}

// paid reports whether the buyer has paid for what the order grants.
func (o Order) paid() bool {
	return o.Action == createInstance || o.Action == renewInstance || o.Action == upgradeInstance
}

// ParseOrder returns the order of a call whose token has been verified. The error is a
// *PermanentError that names the parameter.
func ParseOrder(c Call, skus Skus) (Order, error) {
	r := &reader{Call: c, skus: skus}
	o := Order{Action: c.Params["action"], OrderID: c.Params["orderId"], Call: c.ID}

	switch o.Action {
	case createInstance:
		r.create(&o)
	case renewInstance:
		o.InstanceID = r.id("instanceId")
		o.ends = r.moment("expiredOn")
		r.id("orderId")
	case refundRenewInstance:
		o.InstanceID = r.id("instanceId")
		o.ends = r.moment("expiredOn")
	case upgradeInstance:
		r.upgrade(&o)
	case expiredInstance:
		o.InstanceID = r.id("instanceId")
	case releaseInstance:
		o.InstanceID = r.id("instanceId")
		o.refund = r.truth("isRefund")
	default:
		r.fail("No action is known as %.64q.", o.Action)
	}

	return o, r.err
}

func (r *reader) create(o *Order) {
	o.InstanceID = r.id("orderBizId")
	o.Owner = r.owner()
	r.id("orderId")
	sku := r.sku()
	o.create = sale.MarketCreate{
		InstanceID: o.InstanceID, VersionCode: sku.VersionCode, VmNumber: sku.VmNumber,
		Term: sale.Term{Duration: sku.Duration, Cycle: sku.PricingCycle}, Trial: r.truth("trial"),
	}
	if o.create.Trial && sku.TrialDuration > 0 {
		o.create.Term = sale.Term{Duration: sku.TrialDuration, Cycle: sku.TrialCycle}
	}
	if r.Params["expiredOn"] != "" {
		o.create.Ends = r.moment("expiredOn")
	}
}

// upgrade reads the target of an upgrade. Extra billing items carry the new total; a
// call without them leaves the machines unchanged. The Chinese page requires the
// orderId; the international one and both samples lack it.
func (r *reader) upgrade(o *Order) {
	o.InstanceID = r.id("instanceId")
	if o.OrderID != "" {
		r.id("orderId")
	}

	sku := r.sku()
	o.upgrade = sale.MarketUpgrade{InstanceID: o.InstanceID, VersionCode: sku.VersionCode}
	if r.Params[sku.VmNumberParameter] != "" {
		o.upgrade.VmNumber = sku.VmNumber
	}
}

// token returns the token of the order. The same order always has the same token.
func (o Order) token(parts ...string) string {
	return sale.DerivedToken(append([]string{"market", o.Action, o.InstanceID}, parts...)...)
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
