package market

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
)

// Known tells whether the marketplace has an action of this name.
func Known(action string) bool {
	switch action {
	case createInstance, renewInstance, upgradeInstance, expiredInstance, releaseInstance, refundRenewInstance:
		return true
	}
	return false
}

// Order is a call as the ledger can sell it.
type Order struct {
	Action     string
	InstanceID string
	OrderID    string // the marketplace's, "" if the action has none
	Owner      string // of a createInstance; the other actions do not say
	Token      string
	Command    sale.Command
}

// ReadOrder makes an order of a call whose token has been verified. The error is
// a *Reject that names the parameter.
func ReadOrder(c Call, skus Skus, at time.Time) (Order, error) {
	r := &reader{Call: c, skus: skus, at: at}
	if !c.Received.IsZero() {
		r.at = c.Received
	}
	o := Order{Action: c.Params["action"], OrderID: c.Params["orderId"]}
	switch o.Action {
	case createInstance:
		r.create(&o)
	case renewInstance, refundRenewInstance:
		r.term(&o)
	case upgradeInstance:
		r.upgrade(&o)
	case expiredInstance:
		o.InstanceID = r.id("instanceId")
		o.Command = sale.MarketExpire{InstanceID: o.InstanceID, Sent: r.Received}
		o.Token = r.token(&o, r.stamp())
	case releaseInstance:
		o.InstanceID = r.id("instanceId")
		o.Command = sale.Release{InstanceID: o.InstanceID, Channel: sale.Market, Refund: r.truth("isRefund")}
		o.Token = sale.ReleaseToken(o.InstanceID)
	default:
		r.fail("No action is known as %.64q.", o.Action)
	}
	return o, r.err
}

func (r *reader) create(o *Order) {
	o.InstanceID, o.Owner = r.id("orderBizId"), r.owner()
	sku := r.sku()
	create := sale.MarketCreate{
		InstanceID: o.InstanceID, VersionCode: sku.VersionCode, VmNumber: sku.VmNumber,
		Term: sale.Term{Duration: sku.Duration, Cycle: sku.PricingCycle}, Sent: r.Received,
	}
	if r.Params["expiredOn"] != "" {
		create.Ends = r.moment("expiredOn")
	}
	o.Command, o.Token = create, r.token(o, r.id("orderId"))
}

func (r *reader) term(o *Order) {
	o.InstanceID = r.id("instanceId")
	term := sale.MarketTerm{InstanceID: o.InstanceID, Ends: r.moment("expiredOn"), Refund: o.Action == refundRenewInstance, Sent: r.Received}
	o.Command = term
	if term.Refund {
		o.Token = r.token(o, strconv.FormatInt(term.Ends.UnixMilli(), 10), r.stamp())
	} else {
		o.Token = r.token(o, r.id("orderId"))
	}
}

func (r *reader) upgrade(o *Order) {
	o.InstanceID = r.id("instanceId")
	sku := r.sku()
	o.Command = sale.MarketUpgrade{Upgrade: sale.Upgrade{InstanceID: o.InstanceID, VersionCode: sku.VersionCode, VmNumber: sku.VmNumber}}
	o.Token = r.token(o, r.id("orderId"))
}
